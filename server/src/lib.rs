//! The `jiyue` program as a library: command line, configuration, HTTP, and the list of followers.
//!
//! This room puts the other rooms together. It holds no rule of the domain, no SQL and no GraphQL type.
#![forbid(unsafe_code)]

pub mod admin;
pub mod audit;
pub mod cache;
pub mod check;
pub mod clock;
pub mod command;
pub mod configuration;
pub mod demo;
mod demo_accounts;
pub mod export;
pub mod followers;
pub mod http;
pub mod import;
mod log;
pub mod mirror;
pub mod operations;
pub mod purge;
pub mod reindex;
pub mod start;
mod webhooks;
pub mod words;

pub use http::{App, serve};
