//! The line of the log that each request gets when its answer has been sent, and what handlers add to it.
//!
//! No personal data: not the address of the client but its network, not the query string, no variables, no headers.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Method, StatusCode};
use http_body::{Frame, SizeHint};

use super::metrics::{Metrics, known_method};
use super::{ClientAddress, RequestId};
use crate::log;

/// The most characters of an operation's name in the log.
const LONGEST_NAME: usize = 64;
/// The status that is logged where the client had gone before there was an answer.
const GONE: u16 = 499;
/// What is asked by machines, again and again.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// What handlers tell about a request for its line in the log.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<Words>);

#[derive(Debug, Default)]
struct Words {
    operation: OnceLock<String>,
    outcome: OnceLock<&'static str>,
    sql: OnceLock<(u64, Duration)>,
}

impl Told {
    /// The name of the operation; what is no name of GraphQL is left out.
    pub fn operation(&self, name: &str) {
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            let _ = self.0.operation.set(name.chars().take(LONGEST_NAME).collect());
        }
    }

    /// The code of what went wrong; the first that is told stays.
    pub fn outcome(&self, code: &'static str) {
        let _ = self.0.outcome.set(code);
    }

    /// Whether it was told that the request took too long.
    pub fn is_late(&self) -> bool {
        self.0.outcome.get() == Some(&"TIMEOUT")
    }

    /// The statements of an operation, and their time.
    pub fn sql(&self, statements: u64, took: Duration) {
        let _ = self.0.sql.set((statements, took));
    }
}

/// The code of a refusal; an extension of its answer, for the log.
#[derive(Debug, Clone, Copy)]
pub struct Code(pub &'static str);

/// A request that is being answered; when it is dropped, it is over, and its line is written.
pub struct Line {
    pub(super) id: RequestId,
    pub(super) client: ClientAddress,
    pub(super) method: Method,
    pub(super) route: &'static str,
    pub(super) told: Told,
    pub(super) metrics: Arc<Metrics>,
    begun: Instant,
    status: u16,
    bytes: u64,
    whole: bool,
}

impl Line {
    /// A request that begins now.
    pub fn begin(
        id: RequestId,
        client: ClientAddress,
        method: Method,
        route: &'static str,
        told: Told,
        metrics: Arc<Metrics>,
    ) -> Self {
        metrics.in_flight.inc();
        let begun = Instant::now();
        Self { id, client, method, route, told, metrics, begun, status: GONE, bytes: 0, whole: false }
    }

    /// The answer is there; what is left is to send it.
    pub fn answered(&mut self, status: StatusCode) {
        self.status = status.as_u16();
    }

    fn outcome(&self) -> &'static str {
        match self.status {
            GONE => "CLIENT_GONE",
            _ if !self.whole => "BROKEN_OFF",
            status => self.told.0.outcome.get().copied().unwrap_or(match status {
                ..400 => "OK",
                404 => "NOT_FOUND",
                405 => "METHOD_NOT_ALLOWED",
                408 => "TIMEOUT",
                413 => "LIMIT_EXCEEDED",
                415 => "UNSUPPORTED_MEDIA_TYPE",
                400..500 => "BAD_REQUEST",
                503 => "UNAVAILABLE",
                500.. => "INTERNAL",
            }),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.metrics.in_flight.dec();
        self.metrics.request(self.route, &self.method, self.status, took);
        // Probes come every few seconds and tell nothing as long as they are answered well.
        if PROBES.contains(&self.route) && self.status < 400 {
            return;
        }
        let sql = self.told.0.sql.get();
        tracing::info!(
            target: log::REQUEST,
            id = self.id.as_str(),
            method = known_method(&self.method),
            route = self.route,
            status = self.status,
            outcome = self.outcome(),
            operation = self.told.0.operation.get().map(String::as_str),
            milliseconds = took.as_secs_f64() * 1000.0,
            statements = sql.map(|(statements, _)| *statements),
            sql_milliseconds = sql.map(|(_, took)| took.as_secs_f64() * 1000.0),
            bytes = self.bytes,
            network = self.client.network().map(tracing::field::display),
            "request"
        );
    }
}

/// The body of an answer, which knows how much of it was sent.
pub struct Sent {
    body: Body,
    line: Line,
}

impl Sent {
    /// The body of the request of `line`.
    pub fn new(body: Body, mut line: Line) -> Self {
        line.whole = body.is_end_stream() || line.method == Method::HEAD;
        Self { body, line }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => self.line.bytes += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(error)) => tracing::error!(id = self.line.id.as_str(), %error, "an answer broke off"),
            None => {}
        }
        // The last piece may be the end already, and then nobody asks for more.
        self.line.whole = frame.is_none() || self.body.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
