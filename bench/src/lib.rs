//! `bench`: measures, and prints each figure beside what it is compared with and beside a ceiling, from one run.
//!
//! This room publishes nothing and asserts nothing but that answers are right; a figure is worth something only with its
//! machine and its command.
#![forbid(unsafe_code)]

pub mod answers;
mod backends;
pub mod ceiling;
mod city;
pub mod door;
pub mod fill;
pub mod growth;
pub mod import;
mod load;
mod process;
pub mod read;
pub mod relevance;
pub mod search;
pub mod sharing;
pub mod tags;

use std::pin::Pin;

/// Work that takes its time. Boxed, so that it is compiled in this crate and not again in each that waits for it.
pub type Work<'w, T> = Pin<Box<dyn Future<Output = anyhow::Result<T>> + Send + 'w>>;
