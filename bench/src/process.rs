//! Processes that the bench starts and measures: the server, the ceilings, and the backends of PostgreSQL.
//!
//! Times and sizes are Linux's own, from /proc; this room knows nothing of what the processes do.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How many milliseconds a tick of /proc has: USER_HZ is 100 on every Linux that Rust runs on.
const TICK_MILLISECONDS: f64 = 10.0;

/// A process that ends with its owner.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Starts a program that listens on `address`, and waits until it accepts connections.
    ///
    /// # Errors
    /// When it cannot be started or ends at once.
    pub async fn start(command: &mut Command, address: SocketAddr) -> anyhow::Result<Self> {
        let child = command.stdin(Stdio::null()).spawn().context("a process cannot be started")?;
        let mut served = Self { child, address };
        for _ in 0..60_000 {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(served);
            }
            if let Some(status) = served.child.try_wait()? {
                anyhow::bail!("a process ended at once: {status}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        anyhow::bail!("a process does not listen after a minute")
    }

    /// Its identifier.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Milliseconds of processor time that it has used.
    pub fn cpu(&self) -> f64 {
        cpu(self.pid()).unwrap_or(0.0)
    }
}

/// A free port of this machine.
///
/// # Errors
/// When there is none.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A program that was built beside this one.
///
/// # Errors
/// When it was not.
pub fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    anyhow::ensure!(path.exists(), "{name} is not beside this program: build it with the same profile");
    Ok(path)
}

/// Milliseconds of processor time that a process has used; nothing if it is gone.
pub fn cpu(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) * TICK_MILLISECONDS)
}

/// What a process holds in memory, in MB.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Memory {
    /// Its own (RssAnon).
    pub private: f64,
    /// Pages of files that it has mapped (RssFile).
    pub mapped: f64,
}

/// What a process holds in memory now.
pub fn memory(pid: u32) -> Memory {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    };
    Memory { private: of("RssAnon:"), mapped: of("RssFile:") }
}

/// Looks at what a process holds in memory again and again; the most of it is told at the end.
pub struct Watched {
    over: Arc<AtomicBool>,
    most: tokio::task::JoinHandle<Memory>,
}

impl Watched {
    /// Begins to look.
    pub fn begin(pid: u32) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        Self { most: tokio::spawn(most_memory(pid, over.clone())), over }
    }

    /// The most that was seen.
    ///
    /// # Errors
    /// When looking failed.
    pub async fn end(self) -> anyhow::Result<Memory> {
        self.over.store(true, Ordering::Relaxed);
        Ok(self.most.await?)
    }
}

async fn most_memory(pid: u32, over: Arc<AtomicBool>) -> Memory {
    let mut most = Memory::default();
    while !over.load(Ordering::Relaxed) {
        let now = memory(pid);
        most = Memory { private: most.private.max(now.private), mapped: most.mapped.max(now.mapped) };
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    most
}

/// The machine, in a line: processors, memory, system.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(Path::new(path)).unwrap_or_default();
    let model = read("/proc/cpuinfo");
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let total = read("/proc/meminfo");
    let total = total.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) >> 20;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = read("/proc/sys/kernel/osrelease");
    let model = model.trim_start_matches([':', ' ', '\t']);
    format!("{cores} x {model}, {total} GiB, Linux {}", system.trim())
}

/// Asks for a path by GET; the status.
///
/// # Errors
/// When nobody answers.
pub async fn status(address: SocketAddr, path: &str) -> anyhow::Result<u16> {
    let text = text(address, path, "").await?;
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")
}

/// Asks for a path by GET, with the operator's key if it is not empty; the whole answer with its head.
///
/// # Errors
/// When nobody answers.
pub async fn text(address: SocketAddr, path: &str, key: &str) -> anyhow::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    let key = if key.is_empty() { String::new() } else { format!("Jiyue-Operator-Key: {key}\r\n") };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{key}Connection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
