//! A connection that is kept: one request after the other, each answer read to its end.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Question;
use crate::door::http::{Answer, escape};

/// A client on one connection, which is made anew when the server ends it.
pub struct Wire {
    address: SocketAddr,
    connection: Option<TcpStream>,
}

/// A question as an address.
pub fn address(question: &Question) -> String {
    format!("/graphql?query={}&variables={}", escape(&question.query), escape(&question.variables.to_string()))
}

impl Wire {
    pub fn to(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends a body by POST, or asks by GET for an address.
    pub async fn send(&mut self, what: &Result<Vec<u8>, String>) -> Answer {
        let accept = "Host: x\r\nAccept: application/graphql-response+json\r\n";
        let bytes = match what {
            Ok(body) => {
                let length = body.len();
                let head = format!(
                    "POST /graphql HTTP/1.1\r\n{accept}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
                );
                [head.as_bytes(), body].concat()
            }
            Err(address) => format!("GET {address} HTTP/1.1\r\n{accept}\r\n").into_bytes(),
        };
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => TcpStream::connect(self.address).await.expect("the server"),
        };
        connection.write_all(&bytes).await.expect("sent");
        let (answer, kept) = read(&mut connection).await;
        if kept {
            self.connection = Some(connection);
        }
        answer
    }
}

/// One answer, and whether the connection is kept.
async fn read(connection: &mut TcpStream) -> (Answer, bool) {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name).map(str::trim));
            let length: usize = value("content-length:").and_then(|text| text.parse().ok()).expect("a length");
            if bytes.len() >= end + 4 + length {
                return (Answer::read(&bytes), value("connection:") != Some("close"));
            }
        }
        let read = connection.read_buf(&mut bytes).await.expect("an answer");
        assert!(read > 0, "the server hung up: {}", String::from_utf8_lossy(&bytes));
    }
}
