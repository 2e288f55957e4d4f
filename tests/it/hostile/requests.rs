//! Hostile requests as bytes on a connection, each with what must be answered.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::documents;
use super::process::BODY_TIMEOUT;
use crate::door::http::{Answer, escape};

const MEGABYTE: usize = 1 << 20;

/// A request, and the refusal that is due.
pub struct Request {
    pub name: &'static str,
    head: String,
    /// The body is this, so many times.
    body: Vec<u8>,
    times: usize,
    pub statuses: &'static [u16],
    pub code: Option<&'static str>,
    pub limit: Option<&'static str>,
    /// Whether the server may answer nothing: what was sent is no HTTP.
    pub may_hang_up: bool,
    /// How long the server has to wait before it can know: what it is waiting for does not come.
    pub patience: Duration,
}

/// What came of a request.
pub enum Sent {
    Answered(Answer),
    HungUp,
}

impl Request {
    fn new(name: &'static str, head: String, body: Vec<u8>) -> Self {
        let statuses: &[u16] = &[400];
        Self {
            name,
            head,
            body,
            times: 1,
            statuses,
            code: None,
            limit: None,
            may_hang_up: false,
            patience: Duration::ZERO,
        }
    }

    fn post(name: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::typed(name, "application/json", body)
    }

    fn typed(name: &'static str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: application/graphql-response+json\r\n\
             Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Self::new(name, head, body)
    }

    fn get(name: &'static str, parameters: &str) -> Self {
        let head = format!(
            "GET /graphql?{parameters} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Accept: application/graphql-response+json\r\n\r\n"
        );
        Self::new(name, head, Vec::new())
    }

    fn asking(name: &'static str, query: &str, variables: &Json) -> Self {
        Self::post(name, json!({"query": query, "variables": variables}).to_string())
    }

    fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    fn statuses(self, statuses: &'static [u16]) -> Self {
        Self { statuses, ..self }
    }

    /// Refused by this limit; by none that is named, if it is the body's.
    fn limit(self, limit: &'static str) -> Self {
        let statuses: &[u16] = if limit == "body_bytes" { &[413] } else { &[400] };
        Self { code: Some("LIMIT_EXCEEDED"), limit: Some(limit), statuses, ..self }
    }

    /// Sends it on a connection of its own and reads what comes, even while it is still being sent.
    pub async fn send(&self, address: SocketAddr) -> Sent {
        let mut connection = TcpStream::connect(address).await.expect("the server takes connections");
        let (mut reading, mut writing) = connection.split();
        let write = async {
            writing.write_all(self.head.as_bytes()).await?;
            for _ in 0..self.times {
                writing.write_all(&self.body).await?;
            }
            std::io::Result::Ok(())
        };
        let mut bytes = Vec::new();
        // Whoever refuses may answer and hang up before everything is sent; nobody sends the rest of it.
        let read = reading.read_to_end(&mut bytes);
        tokio::pin!(read);
        tokio::select! {
            _ = &mut read => {}
            _ = write => drop(read.await),
        }
        if bytes.is_empty() { Sent::HungUp } else { Sent::Answered(Answer::read(&bytes)) }
    }
}

/// Questions as pages ask them.
pub fn harmless() -> Vec<Request> {
    let ask = |(name, document, variables): &(&'static str, &str, &str)| {
        let variables: Json = serde_json::from_str(variables).expect("JSON");
        Request::asking(name, document, &variables)
    };
    schema::operations().iter().map(ask).collect()
}

/// Everything hostile.
pub fn requests() -> Vec<Request> {
    let mut all: Vec<Request> = Vec::new();
    for document in documents::documents() {
        let request = Request::asking(document.name, &document.query, &document.variables);
        all.push(match document.limit {
            Some(limit) => request.limit(limit),
            None => request.code(document.code),
        });
    }
    all.extend(bodies());
    all.extend(types());
    all.extend(lines());
    all
}

fn large(name: &'static str, query: usize, variables: usize) -> Request {
    Request::asking(name, &format!("{{position}}{}", " ".repeat(query)), &json!({"v": "v".repeat(variables)}))
}

fn bodies() -> Vec<Request> {
    let batch = format!("[{}]", vec![r#"{"query":"{position}"}"#; 1_000].join(","));
    let deep = |open: &str, close: &str| {
        format!(r#"{{"query":"{{position}}","variables":{{"v":{}1{}}}}}"#, open.repeat(10_000), close.repeat(10_000))
    };
    let malformed: [(&str, Vec<u8>); 16] = [
        ("nothing", b"".into()),
        ("half an object", b"{\"query\":\"{position}\"".into()),
        ("a number", b"17".into()),
        ("null", b"null".into()),
        ("a text", b"\"{position}\"".into()),
        ("no JSON", b"query={position}".into()),
        ("a batch of a thousand", batch.into()),
        ("an object without a query", b"{}".into()),
        ("a query that is a number", b"{\"query\":1}".into()),
        ("a query that is a list", b"{\"query\":[\"{position}\"]}".into()),
        ("variables that are a list", b"{\"query\":\"{position}\",\"variables\":[]}".into()),
        ("a name that is an object", b"{\"query\":\"{position}\",\"operationName\":{}}".into()),
        ("invalid UTF-8", b"{\"query\":\"{position \xff\xfe}\"}".into()),
        ("a lone surrogate in the query", b"{\"query\":\"{position #\\ud800}\"}".into()),
        ("a lone surrogate in a variable", b"{\"query\":\"{position}\",\"variables\":{\"v\":\"\\udfff\"}}".into()),
        ("a raw NUL", b"{\"query\":\"{position \0}\"}".into()),
    ];
    let mut all: Vec<_> =
        malformed.into_iter().map(|(name, body)| Request::post(name, body).code("BAD_REQUEST")).collect();
    all.extend([
        Request::post("an escaped NUL", b"{\"query\":\"{position \\u0000}\"}").code("GRAPHQL_PARSE_FAILED"),
        Request::post("lists in lists in a variable", deep("[", "]")).limit("json_nesting"),
        Request::post("objects in objects in a variable", deep("{\"a\":", "}")).limit("json_nesting"),
        large("a query of half a megabyte", MEGABYTE / 2, 0).limit("query_bytes"),
        large("variables of half a megabyte", 0, MEGABYTE / 2).limit("variables_bytes"),
        large("a query of 5 MB", 5 * MEGABYTE, 0).limit("body_bytes"),
        large("variables of 5 MB", 0, 5 * MEGABYTE).limit("body_bytes"),
    ]);
    all
}

fn types() -> Vec<Request> {
    let body = r#"{"query":"{position}"}"#;
    let named = [
        ("text/plain", "text/plain"),
        ("a form", "application/x-www-form-urlencoded"),
        ("application/graphql", "application/graphql"),
        ("the type of answers", "application/graphql-response+json"),
        ("XML", "application/xml"),
        ("JSON in GBK", "application/json; charset=gbk"),
        ("two types", "application/json, text/plain"),
        ("any type", "*/*"),
        ("no type at all", ""),
        ("a type that is none", "\u{7f}application/json"),
    ];
    let refused = named.map(|(name, content_type)| Request::typed(name, content_type, body).statuses(&[415, 400]));
    let mut all: Vec<_> = refused.into_iter().collect();
    let mut zipped = Request::post("a compressed body", body).statuses(&[415]).code("UNSUPPORTED_MEDIA_TYPE");
    zipped.head = zipped.head.replace("Content-Length", "Content-Encoding: gzip\r\nContent-Length");
    all.push(zipped);
    // Parts bring files, and files need a header that no form has.
    let parts = Request::typed("a form of parts", "multipart/form-data; boundary=x", body);
    all.push(parts.statuses(&[403]).code("PREFLIGHT_REQUIRED"));
    all
}

/// What goes wrong before there is a question.
fn lines() -> Vec<Request> {
    let head = |line: &str, headers: &str| format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    let json = "Content-Type: application/json\r\n";
    let post = |name, headers: &str, body: &[u8]| {
        Request::new(name, head("POST /graphql", &format!("{json}{headers}")), body.to_vec())
    };
    let piece = [format!("{MEGABYTE:x}\r\n").into_bytes(), vec![b' '; MEGABYTE], b"\r\n".to_vec()].concat();
    let pieces = Request { times: 128, ..post("128 MB in pieces", "Transfer-Encoding: chunked\r\n", &piece) };
    let stalls =
        Request { patience: BODY_TIMEOUT, ..post("a body that stalls", "Content-Length: 100\r\n", b"{\"query\":") };
    let letters = "a".repeat(MEGABYTE);
    let many: String = (0..5_000).map(|at| format!("X-{at}: y\r\n")).collect();
    let hang_up = |request: Request| Request { may_hang_up: true, ..request };
    vec![
        pieces.limit("body_bytes"),
        stalls.statuses(&[408]).code("TIMEOUT"),
        post("pieces without a size", "Transfer-Encoding: chunked\r\n", b"zz\r\n"),
        hang_up(post("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n", b"{}")),
        hang_up(post("a length below nothing", "Content-Length: -1\r\n", b"{}")),
        hang_up(post("a length beyond numbers", "Content-Length: 99999999999999999999\r\n", b"{}")),
        post("a length beyond memory", "Content-Length: 9999999999999\r\n", b"{}").limit("body_bytes"),
        hang_up(Request::new("a header of 1 MB", head("GET /healthz", &format!("X-Long: {letters}\r\n")), Vec::new()))
            .statuses(&[431]),
        hang_up(Request::new("5,000 headers", head("GET /healthz", &many), Vec::new())).statuses(&[431]),
        hang_up(Request::get("an address of 1 MB", &letters)).statuses(&[414, 431]),
        hang_up(Request::new("no HTTP", "\0\u{1}\u{2}\r\n\r\n".to_owned(), Vec::new())),
        Request::get("no query", "").code("BAD_REQUEST"),
        Request::get("1,000 parameters", &"query=%7Bposition%7D&".repeat(1_000)).code("BAD_REQUEST"),
        Request::get("a query that is no UTF-8", "query=%ff%fe").statuses(&[400]),
        Request::get("broken escapes", "query=%7Bposition%7D%zz%").statuses(&[400]),
        Request::get("variables that are no JSON", "query=%7Bposition%7D&variables=%7B").code("BAD_REQUEST"),
        Request::get("a mutation by GET", &format!("query={}", escape("mutation { a }")))
            .statuses(&[405])
            .code("METHOD_NOT_ALLOWED"),
        Request::get("a deep query by GET", &format!("query={}", escape(&"{a".repeat(5_000)))).limit("nesting"),
        Request::new("another method", head("PUT /graphql", ""), Vec::new()).statuses(&[405]),
        Request::new("a path upwards", head("GET /files/../../etc/passwd", ""), Vec::new()).statuses(&[404]),
    ]
}
