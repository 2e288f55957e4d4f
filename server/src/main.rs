//! The `jiyue` program.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;
use server::command::CommandLine;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// By how much work that can wait stands behind who reads and publishes (`nice`).
#[cfg(unix)]
const BEHIND: i32 = 10;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    // Before there are threads: they take their priority from this one.
    #[cfg(unix)]
    if line.command.can_wait()
        && let Err(error) = rustix::process::nice(BEHIND)
    {
        eprintln!("jiyue: this runs beside others as one of them: {error}");
    }
    run(line)
}

#[tokio::main]
async fn run(line: CommandLine) -> ExitCode {
    server::command::run(line).await
}
