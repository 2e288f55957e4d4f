//! The black-box tests, one module a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test reports")]

mod accounts;
mod addresses;
mod cache;
mod checks;
mod clock;
mod desk;
mod door;
mod executor;
mod export;
mod feed;
mod filled;
mod generated;
mod hostile;
mod import;
mod inputs;
mod kill;
mod language;
mod limits;
mod log;
mod nodes;
mod operations;
mod oracle;
mod readers;
mod reading;
mod refusals;
mod search;
mod sharing;
mod short_pages;
mod structure;
mod tags;
mod tidy;
mod town;
mod uploads;
mod webhooks;
mod whole;
