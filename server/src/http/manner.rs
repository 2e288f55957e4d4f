//! How a question may be answered from what is kept, as its head says: whether at all, how new the answer must be, and by
//! which bytes the answer is found again without reading them.

use axum::http::{HeaderMap, HeaderName, Method, Uri, header};
use bytes::Bytes;
use library::Position;

use super::executed::{EXPLAIN, wants_explanation};
use super::graphql::Asker;
use super::{App, Mode, Refused, operator, view};
use crate::cache::Key;

/// The header by which a reader says which change it must see.
const AFTER: &str = "jiyue-after";
/// The header by which the operator asks for an execution.
const CACHE: &str = "jiyue-cache";
/// A key that must be read before anything is answered.
const ONCE: &str = "idempotency-key";

/// That the answer to a request is to be compared, although it is kept; an extension of it.
#[derive(Debug, Clone, Copy)]
pub struct IsSample;

/// How a question may be answered.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Whether the answer to it may be anybody's: decided before anything is looked up.
    pub is_open: bool,
    /// Whether it came by GET, so that other caches may keep the answer.
    pub by_get: bool,
    /// What finds the answer by the bytes of the request.
    pub request: Option<Key>,
    /// The answer is not older than this.
    pub least: Position,
    /// Whether an answer that is kept is compared with a new execution.
    pub is_sample: bool,
}

impl Manner {
    /// How the request may be answered; waits until this node has reached what it must see.
    ///
    /// # Errors
    /// Refuses a position that is none, or that the log has not reached.
    pub async fn of(
        app: &App,
        asker: &Asker,
        (method, is_sample): (&Method, bool),
        body: &Bytes,
    ) -> Result<Self, Refused> {
        let headers = &asker.headers;
        let after = after(headers)?;
        if after > app.library.known_position() {
            reach(app, after).await?;
        }
        let is_open = is_open(app, asker);
        let is_plain = is_open && app.cache.is_on() && !headers.contains_key(ONCE);
        let request = is_plain.then(|| request(headers, method, &asker.uri, body));
        // What this node has answered to a deed by now is seen by everybody who asks from now on.
        let least = after.max(app.library.known_position());
        Ok(Self { is_open, by_get: *method != Method::POST, request, least, is_sample })
    }
}

fn after(headers: &HeaderMap) -> Result<Position, Refused> {
    let mut given = headers.get_all(AFTER).iter();
    let position = match given.next() {
        None => Some(0),
        Some(text) => text.to_str().ok().and_then(|text| text.trim().parse().ok()).filter(|position| *position >= 0),
    };
    let message = "Jiyue-After is a position of the change log, as payloads have it.";
    position.filter(|_| given.next().is_none()).ok_or_else(|| Refused::bad_request(message))
}

async fn reach(app: &App, after: Position) -> Result<(), Refused> {
    match app.library.refresh().await {
        Ok(reached) if reached >= after => Ok(()),
        Ok(_) => Err(Refused::bad_request("The change log has not reached the position in Jiyue-After.")),
        Err(library::Error::TimedOut) => Err(Refused::timed_out()),
        Err(error) => {
            tracing::error!(%error, "a reader cannot see what it must");
            Err(Refused::internal())
        }
    }
}

/// Whether the head has nothing that makes the answer somebody's own.
fn is_open(app: &App, asker: &Asker) -> bool {
    let headers = &asker.headers;
    // The key opens in production what is closed to others.
    let is_operators = asker.arrived.operator.0 && app.settings.mode == Mode::Production;
    let is_bypass = |value: &header::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"bypass");
    let wants_execution = asker.arrived.operator.0 && headers.get(CACHE).is_some_and(is_bypass);
    !headers.contains_key(header::AUTHORIZATION)
        && view::is_public(headers)
        && !is_operators
        && !wants_execution
        && !wants_explanation(&asker.arrived, headers)
}

/// Whether a head has nothing by which more than an answer that is anybody's is asked for; [`Manner::of`] looks closer.
pub fn is_plain(headers: &HeaderMap) -> bool {
    const CLOSER: [&str; 6] = [AFTER, CACHE, ONCE, view::AUDIENCE, view::PREVIEW, EXPLAIN];
    let closer = |name: &HeaderName| name == operator::HEADER || CLOSER.contains(&name.as_str());
    !headers.contains_key(header::AUTHORIZATION) && !headers.keys().any(closer)
}

/// The bytes that an answer depends on, as they came.
pub fn request(headers: &HeaderMap, method: &Method, uri: &Uri, body: &[u8]) -> Key {
    let mut parts: Vec<&[u8]> = Vec::with_capacity(10);
    parts.extend([b"request".as_slice(), if *method == Method::POST { b"POST" } else { b"GET" }]);
    parts.push(uri.path_and_query().map_or("", |path| path.as_str()).as_bytes());
    for name in [header::ACCEPT, header::ACCEPT_LANGUAGE, header::CONTENT_TYPE] {
        parts.extend(headers.get_all(name).iter().map(|value| value.as_bytes()));
        parts.push(b"");
    }
    parts.push(body);
    Key::of(&parts)
}
