//! A load generator: keep-alive connections that ask one question after the other and check each answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What is asked: bodies of requests, one after the other and again from the first.
#[derive(Debug, Clone)]
pub struct Questions {
    /// The beginning of each body.
    pub head: String,
    /// What differs.
    pub middles: Vec<String>,
    /// The end of each body.
    pub tail: String,
}

impl Questions {
    /// The same question again and again.
    pub fn one(body: &str) -> Self {
        Self { head: body.to_owned(), middles: vec![String::new()], tail: String::new() }
    }

    /// A document with variables.
    pub fn of(document: &str, variables: Vec<String>) -> Self {
        let head = format!("{{\"query\":{},\"variables\":", serde_json::Value::from(document));
        Self { head, middles: variables, tail: "}".to_owned() }
    }

    /// The body of the question at `at`.
    pub fn body(&self, at: usize) -> String {
        format!("{}{}{}", self.head, self.middles[at % self.middles.len()], self.tail)
    }
}

/// What a run came to.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Answers, of all connections.
    pub answers: usize,
    /// Answers in a second, of all connections.
    pub rate: f64,
    /// The time that half of the answers took at most.
    pub median: Duration,
    /// The time that 99 of 100 answers took at most.
    pub slowest: Duration,
    /// Bytes of an answer's body, on average.
    pub bytes: usize,
}

/// Asks `address` for `period` over so many connections.
///
/// # Errors
/// When a connection breaks, or an answer is not 200 without errors.
pub async fn drive(
    address: SocketAddr,
    questions: &Arc<Questions>,
    connections: usize,
    period: Duration,
) -> anyhow::Result<Figures> {
    let begun = Instant::now();
    let askers = (0..connections).map(|place| {
        // Each connection begins elsewhere.
        let from = questions.middles.len() * place / connections;
        tokio::spawn(ask(address, questions.clone(), from, begun + period))
    });
    let (mut took, mut bytes) = (Vec::new(), 0);
    for asker in askers.collect::<Vec<_>>() {
        let (times, size) = asker.await??;
        took.extend(times);
        bytes += size;
    }
    let elapsed = begun.elapsed();
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    anyhow::ensure!(!took.is_empty(), "no answer came");
    Ok(Figures {
        answers: took.len(),
        rate: took.len() as f64 / elapsed.as_secs_f64(),
        median: at(0.5),
        slowest: at(0.99),
        bytes: bytes / took.len(),
    })
}

async fn ask(
    address: SocketAddr,
    questions: Arc<Questions>,
    from: usize,
    until: Instant,
) -> anyhow::Result<(Vec<Duration>, usize)> {
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let (mut times, mut size, mut at) = (Vec::new(), 0, from);
    let mut buffer = Vec::with_capacity(1 << 16);
    while Instant::now() < until {
        let request = request(address, &questions.body(at));
        at += 1;
        let begun = Instant::now();
        connection.write_all(request.as_bytes()).await?;
        size += answer(&mut connection, &mut buffer).await?.len();
        times.push(begun.elapsed());
    }
    Ok((times, size))
}

fn request(address: SocketAddr, body: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Asks one question after the other on one connection, and tells where the answers came from.
pub struct Asker {
    connection: TcpStream,
    address: SocketAddr,
    buffer: Vec<u8>,
}

/// An answer, and where it came from.
pub struct Answered {
    /// The header `Jiyue-Cache`.
    pub state: String,
    /// The body.
    pub body: String,
}

impl Asker {
    /// One that asks `address`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn at(address: SocketAddr) -> anyhow::Result<Self> {
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        Ok(Self { connection, address, buffer: Vec::new() })
    }

    /// Asks; with a position, for an answer that is not older.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is not 200 without errors.
    pub async fn ask(&mut self, body: &str, after: Option<i64>) -> anyhow::Result<Answered> {
        let plain = request(self.address, body);
        let after = after.map_or_else(String::new, |position| format!("\r\nJiyue-After: {position}"));
        let request = plain.replacen("\r\nAccept:", &format!("{after}\r\nAccept:"), 1);
        self.connection.write_all(request.as_bytes()).await?;
        let body = answer(&mut self.connection, &mut self.buffer).await?.to_owned();
        let head = String::from_utf8_lossy(&self.buffer).to_ascii_lowercase();
        let state = head.split("jiyue-cache:").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or_default();
        Ok(Answered { state: state.trim().to_ascii_uppercase(), body })
    }
}

/// Asks one question on a connection of its own; the body of the answer.
///
/// # Errors
/// When the connection breaks, or the answer is not 200 without errors.
pub async fn once(address: SocketAddr, body: &str) -> anyhow::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(request(address, body).as_bytes()).await?;
    let mut buffer = Vec::new();
    Ok(answer(&mut connection, &mut buffer).await?.to_owned())
}

/// Reads one answer whole; its body.
async fn answer<'b>(connection: &mut TcpStream, buffer: &'b mut Vec<u8>) -> anyhow::Result<&'b str> {
    buffer.clear();
    let (head, length, well) = loop {
        if connection.read_buf(buffer).await? == 0 {
            bail!("the server hung up");
        }
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else { continue };
        let text = std::str::from_utf8(&buffer[..head]).context("a head that is not text")?.to_ascii_lowercase();
        let length = text.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next());
        break (head, length.context("no length")?.trim().parse::<usize>()?, text.starts_with("http/1.1 200"));
    };
    while buffer.len() < head + length {
        if connection.read_buf(buffer).await? == 0 {
            bail!("the server hung up");
        }
    }
    let body = std::str::from_utf8(&buffer[head..head + length]).context("a body that is not text")?;
    if !well || body.contains("\"errors\":[") || body.starts_with("{\"data\":null") {
        bail!("not an answer: {body}");
    }
    Ok(body)
}
