//! The server as it runs in production, in a process of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::process::{Served, beside, free_address, status};

/// The operator's key of such a server, by which its metrics are read.
const KEY: &str = "bench-bench-bench-bench-bench-bench-bench";

/// A running server and the folder that goes with it.
pub struct Server {
    /// The process.
    pub process: Served,
    /// How long it took from its start to its first answer.
    pub started: Duration,
    _folder: TempDir,
}

impl Server {
    /// The operator's key.
    pub fn key(&self) -> &'static str {
        KEY
    }

    /// Starts `jiyue serve`, the program beside this one or `program`, over a database that is up to date, with so many
    /// megabytes for its cache.
    ///
    /// # Errors
    /// When it does not start or does not answer.
    pub async fn start(program: Option<PathBuf>, database_url: &str, cache: u32) -> anyhow::Result<Self> {
        let program = program.map_or_else(|| beside("jiyue"), Ok)?;
        let folder = tempfile::tempdir().context("a folder for the server")?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let address = free_address()?;
        let mut command = Command::new(program);
        let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("JIYUE_"));
        for (name, _) in ours {
            command.env_remove(name);
        }
        command.arg("serve").current_dir(folder.path()).stdout(Stdio::null()).stderr(log).envs([
            ("JIYUE_LISTEN", address.to_string()),
            ("JIYUE_DATA_DIR", folder.path().display().to_string()),
            ("JIYUE_DATABASE_URL", absolute(database_url)?),
            ("JIYUE_FILES_URL", "https://files.example".to_owned()),
            ("JIYUE_MODE", "production".to_owned()),
            ("JIYUE_OPERATOR_KEY", KEY.to_owned()),
            ("JIYUE_CACHE_MEGABYTES", cache.to_string()),
            ("JIYUE_CACHE_COMPARED", "0".to_owned()),
            ("JIYUE_LOG_FORMAT", "json".to_owned()),
        ]);
        let begun = Instant::now();
        let process = Served::start(&mut command, address).await?;
        while status(address, "/readyz").await? != 200 {
            anyhow::ensure!(begun.elapsed() < Duration::from_secs(60), "the server is not ready after a minute");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Self { process, started: begun.elapsed(), _folder: folder })
    }
}

/// The address of the database from any folder.
fn absolute(url: &str) -> anyhow::Result<String> {
    match url.strip_prefix("sqlite://") {
        Some(path) => Ok(format!("sqlite://{}", std::path::absolute(path)?.display())),
        None => Ok(url.to_owned()),
    }
}
