//! What our figures are held against: the same bytes from memory, the same shape from memory, the same statements by
//! the bare drivers. The servers run as processes of their own, so that their processor time is told apart.

mod bytes;
pub mod drivers;
mod shape;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use axum::Router;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::Work;
use crate::process::{Served, free_address};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Ceiling {
    /// An axum handler that answers stored bytes.
    Bytes,
    /// async-graphql that resolves stored answers field by field.
    Shape,
}

/// What such a server answers.
#[derive(Serialize, Deserialize)]
pub struct Stored {
    /// The document that is asked.
    pub document: String,
    /// Answers as the server sends them.
    pub bodies: Vec<String>,
    /// The data of the same answers, in which every object says its type as [`TYPE`].
    pub data: Vec<serde_json::Value>,
}

/// Under which name stored objects say their type.
pub const TYPE: &str = "__t";

/// Starts such a server as a process of its own.
///
/// # Errors
/// When it cannot be started.
pub async fn start(ceiling: Ceiling, stored: &Path) -> anyhow::Result<Served> {
    let address = free_address()?;
    let name = if ceiling == Ceiling::Bytes { "bytes" } else { "shape" };
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["ceiling", name, "--listen", &address.to_string()]).arg("--stored").arg(stored);
    Served::start(&mut command, address).await
}

/// Serves until the process is ended.
///
/// # Errors
/// When the file cannot be read or the address is taken.
pub fn serve(ceiling: Ceiling, stored: &Path, listen: SocketAddr) -> Work<'_, ()> {
    Box::pin(served(ceiling, stored, listen))
}

async fn served(ceiling: Ceiling, stored: &Path, listen: SocketAddr) -> anyhow::Result<()> {
    let stored: Stored = serde_json::from_slice(&std::fs::read(stored).context("what is to be answered")?)?;
    let router: Router = match ceiling {
        Ceiling::Bytes => bytes::router(stored),
        Ceiling::Shape => shape::router(stored)?,
    };
    let listener = TcpListener::bind(listen).await?;
    Ok(axum::serve(listener, router).await?)
}
