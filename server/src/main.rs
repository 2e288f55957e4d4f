//! The `jiyue` program.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    server::command::run(server::command::CommandLine::parse()).await
}
