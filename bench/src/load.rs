//! A load generator: keep-alive connections that ask the same again and again and check each answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a run came to.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Answers in a second, of all connections.
    pub rate: f64,
    /// The time that half of the answers took at most.
    pub median: Duration,
    /// The time that 99 of 100 answers took at most.
    pub slowest: Duration,
    /// Bytes of an answer's body.
    pub bytes: usize,
}

/// Asks `address` for `period` over so many connections.
///
/// # Errors
/// When a connection breaks, or an answer is not 200 without errors.
pub async fn drive(address: SocketAddr, body: &str, connections: usize, period: Duration) -> anyhow::Result<Figures> {
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let begun = Instant::now();
    let askers = (0..connections).map(|_| tokio::spawn(ask(address, request.clone(), begun + period)));
    let mut took = Vec::new();
    let mut bytes = 0;
    for asker in askers.collect::<Vec<_>>() {
        let (times, size) = asker.await??;
        took.extend(times);
        bytes = size;
    }
    let elapsed = begun.elapsed();
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    anyhow::ensure!(!took.is_empty(), "no answer came");
    Ok(Figures { rate: took.len() as f64 / elapsed.as_secs_f64(), median: at(0.5), slowest: at(0.99), bytes })
}

async fn ask(address: SocketAddr, request: String, until: Instant) -> anyhow::Result<(Vec<Duration>, usize)> {
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let mut times = Vec::new();
    let mut buffer = Vec::with_capacity(1 << 16);
    let mut size = 0;
    while Instant::now() < until {
        let begun = Instant::now();
        connection.write_all(request.as_bytes()).await?;
        size = answer(&mut connection, &mut buffer).await?;
        times.push(begun.elapsed());
    }
    Ok((times, size))
}

/// Reads one answer whole; the size of its body.
async fn answer(connection: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<usize> {
    buffer.clear();
    loop {
        if connection.read_buf(buffer).await? == 0 {
            bail!("the server hung up");
        }
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else { continue };
        let text = std::str::from_utf8(&buffer[..head]).context("a head that is not text")?.to_ascii_lowercase();
        let length = text.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.context("no length")?.trim().parse()?;
        while buffer.len() < head + length {
            if connection.read_buf(buffer).await? == 0 {
                bail!("the server hung up");
            }
        }
        let body = &buffer[head..head + length];
        if !text.starts_with("http/1.1 200") || body.starts_with(b"{\"errors\"") {
            bail!("not an answer: {}", String::from_utf8_lossy(body));
        }
        return Ok(length);
    }
}
