//! A real server on a free port, and a small HTTP/1.1 client over a plain connection that speaks to it.

use std::net::SocketAddr;

use serde_json::Value as Json;
use server::App;
use server::http::Settings;
use tests::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that answers until it is closed.
pub struct Door {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Door {
    /// Serves the library of a test.
    pub async fn open(world: &World) -> Self {
        Self::of(App::new(world.library.clone()).with_search(world.search.clone())).await
    }

    /// Serves the library of a test with other settings.
    pub async fn with(world: &World, settings: Settings) -> Self {
        let app = App::new(world.library.clone()).with_search(world.search.clone());
        Self::of(app.with_settings(settings)).await
    }

    /// Serves an app.
    pub async fn of(app: App) -> Self {
        Self::at("127.0.0.1:0", app).await
    }

    /// Serves an app at an address.
    pub async fn at(address: &str, app: App) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = async move {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(server::serve(listener, app, ended));
        Self { address, stop, serving }
    }

    /// Sends one request on a connection of its own and reads the answer whole.
    pub async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut connection = self.connect().await;
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        connection.write_all(head.as_bytes()).await.expect("the head");
        // A server that refuses a large body may hang up before it has read it.
        let _ = connection.write_all(body).await;
        rest(connection).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection on which nothing was sent yet.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the server")
    }

    /// Begins a request on a connection of its own: sends `text` as it is.
    pub async fn begin(&self, text: &str) -> TcpStream {
        let mut connection = self.connect().await;
        connection.write_all(text.as_bytes()).await.expect("sent");
        connection
    }

    /// The value of a line of the metrics.
    pub async fn metric(&self, line: &str) -> Option<f64> {
        let answer = self.get("/metrics", &[]).await;
        assert_eq!(answer.status, 200);
        let found = answer.text().lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(' '));
        found.map(|value| value.parse().expect("a number"))
    }

    pub async fn get(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", target, headers, b"").await
    }

    /// Asks for something, reads a little of the answer and hangs up.
    pub async fn leave(&self, target: &str) {
        let mut connection = TcpStream::connect(self.address).await.expect("the server");
        let head = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        connection.write_all(head.as_bytes()).await.expect("the head");
        let mut little = [0; 1000];
        connection.read_exact(&mut little).await.expect("some of it");
    }

    /// Asks by POST as a front end does.
    pub async fn ask(&self, query: &str, variables: &Json, headers: &[(&str, &str)]) -> Answer {
        let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
        let mut all = vec![("Content-Type", "application/json")];
        all.extend(headers);
        self.send("POST", "/graphql", &all, body.as_bytes()).await
    }

    /// Ends the server and sees that it ended well.
    pub async fn close(self) {
        self.stop.send(()).expect("it still serves");
        self.serving.await.expect("no panic");
    }
}

/// What the server still sends, until it hangs up.
pub async fn rest(mut connection: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = connection.read_to_end(&mut bytes).await;
    Answer::read(&bytes)
}

/// The pieces of a body, put together.
fn joined(mut pieces: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = pieces.windows(2).position(|two| two == b"\r\n").expect("a size");
        let size = std::str::from_utf8(&pieces[..end]).expect("a size");
        let size = usize::from_str_radix(size, 16).expect("a size");
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&pieces[end + 2..end + 2 + size]);
        pieces = &pieces[end + 4 + size..];
    }
}

impl Answer {
    /// What came over a connection.
    pub fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = std::str::from_utf8(&bytes[..end]).expect("a head of text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
        let headers = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut answer = Self { status: status.parse().expect("a status"), headers, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == "chunked" {
            assert_ne!(answer.header("content-encoding"), "", "every other answer is sent with its length");
            answer.body = joined(&answer.body);
        }
        if let Ok(length) = answer.header("content-length").parse::<usize>()
            && !answer.body.is_empty()
        {
            assert_eq!(length, answer.body.len(), "the body is whole");
        }
        answer
    }

    /// The value of a header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} is sent twice");
        value
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }
}

/// A text as a part of an address.
pub fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
