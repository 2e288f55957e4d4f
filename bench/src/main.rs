//! `bench`: measures, and prints each figure beside what it is compared with and beside a ceiling, from one run.
//!
//! This room publishes nothing and asserts nothing; a figure is worth something only with its machine and its command.
#![forbid(unsafe_code)]

mod city;
mod door;
mod load;

use std::time::Duration;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Jiyue on this machine. Build with --release, and let nothing else run.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The door: what it costs to ask at all, next to the stock server of the GraphQL library.
    Door {
        /// Seconds for each figure.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// Connections that ask at the same time.
        #[arg(long, default_value_t = 16)]
        connections: usize,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().what {
        What::Door { seconds, connections } => door::measure(Duration::from_secs(seconds), connections).await,
    }
}
