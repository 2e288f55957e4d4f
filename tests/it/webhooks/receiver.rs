//! A system that is told of changes: a server of its own, which answers as it is told to and keeps what it got.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a receiver does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Answers with this status.
    Answers(u16),
    /// Sends whoever asks elsewhere.
    Redirects,
    /// Answers without end.
    Babbles,
    /// Takes the request and says nothing.
    IsSilent,
    /// Hangs up.
    HangsUp,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Got {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The titles of the contents that it tells of.
    pub fn titles(&self) -> Vec<String> {
        let json = self.json();
        let effects = json["data"]["changed"]["effects"]["nodes"].as_array().cloned().unwrap_or_default();
        effects.iter().filter_map(|effect| effect["subject"]["title"].as_str().map(str::to_owned)).collect()
    }
}

/// A receiver on a free port.
pub struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    manner: Arc<Mutex<Manner>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (got, manner) = (Arc::<Mutex<Vec<Got>>>::default(), Arc::new(Mutex::new(manner)));
        let (kept, told) = (got.clone(), manner.clone());
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, kept.clone(), told.clone()));
            }
        });
        Self { port, got, manner, serving }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().expect("what it got").clone()
    }

    pub fn becomes(&self, manner: Manner) {
        *self.manner.lock().expect("its manner") = manner;
    }

    /// Nobody listens there any more.
    pub fn dies(&self) {
        self.serving.abort();
    }
}

async fn answer(mut connection: TcpStream, kept: Arc<Mutex<Vec<Got>>>, manner: Arc<Mutex<Manner>>) {
    while let Some(request) = read(&mut connection).await {
        kept.lock().expect("what it got").push(request);
        let manner = *manner.lock().expect("its manner");
        let text = match manner {
            Manner::Answers(status) => format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok"),
            Manner::Redirects => "HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_owned(),
            Manner::Babbles => "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            Manner::IsSilent => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                return;
            }
            Manner::HangsUp => return,
        };
        if connection.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        let piece = format!("400\r\n{}\r\n", "x".repeat(1024));
        if manner == Manner::Babbles {
            while connection.write_all(piece.as_bytes()).await.is_ok() {}
            return;
        }
    }
}

/// The next request; nothing when the other side has gone.
async fn read(connection: &mut TcpStream) -> Option<Got> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut lines = head.lines();
            let path = lines.next()?.split(' ').nth(1)?.to_owned();
            let header =
                |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
            let headers: Vec<_> = lines.filter_map(header).collect();
            let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse::<usize>().ok()?;
            if bytes.len() >= end + 4 + length {
                return Some(Got { path, headers, body: bytes[end + 4..end + 4 + length].to_vec() });
            }
        }
        match connection.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
