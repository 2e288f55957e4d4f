//! A finished answer as HTTP has it: tags, what other caches may do with it, compressed for who takes that.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use super::accept::MediaType;
use super::compression::{self, AsItIs};
use super::conditional::{Wanted, wanted};
use super::{App, compression::SMALLEST};
use crate::cache::{Answer, Coding, Key};

/// From where an answer came.
const CACHE: HeaderName = HeaderName::from_static("jiyue-cache");
/// What other caches name an answer by.
pub const KEYS: HeaderName = HeaderName::from_static("surrogate-key");
/// What an answer by GET depends on in the head of its request.
const VARY: HeaderValue = HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Jiyue-Audience");

/// From where an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was kept.
    Hit,
    /// It was executed, and may be kept now.
    Miss,
    /// Somebody else had it executed at the same time.
    Joined,
    /// It was executed for the asker alone.
    Bypass,
}

impl State {
    /// Tells it.
    pub fn tell(self, app: &App, headers: &mut HeaderMap) {
        let (value, counted) = match self {
            Self::Hit => ("HIT", "hit"),
            Self::Miss => ("MISS", "miss"),
            Self::Joined => ("JOINED", "joined"),
            Self::Bypass => ("BYPASS", "bypass"),
        };
        headers.insert(CACHE, HeaderValue::from_static(value));
        app.cache.counts().answered(counted);
    }
}

/// To whom an answer is presented.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    pub(super) app: &'a App,
    /// The head of the request.
    pub(super) headers: &'a HeaderMap,
    /// Whether it came by GET, so that other caches may keep the answer.
    pub(super) by_get: bool,
    /// What finds the answer, to keep with it what it is compressed to.
    pub(super) key: &'a Key,
}

impl Presented<'_> {
    /// The response.
    pub async fn of(&self, answer: &Arc<Answer>, state: State) -> Response {
        let coding = self.coding(answer);
        let body = match coding {
            Some(coding) => self.compressed(answer, coding).await,
            None => answer.body.clone(),
        };
        self.with(answer, state, coding, body)
    }

    /// The response, if nothing must be compressed for it.
    pub fn at_once(&self, answer: &Answer, state: State) -> Option<Response> {
        let coding = self.coding(answer);
        let body = match coding {
            Some(coding) => answer.compressed(coding)?,
            None => answer.body.clone(),
        };
        Some(self.with(answer, state, coding, body))
    }

    fn coding(&self, answer: &Answer) -> Option<Coding> {
        if answer.body.len() >= usize::from(SMALLEST) { compression::asked(self.headers) } else { None }
    }

    fn with(&self, answer: &Answer, state: State, coding: Option<Coding>, body: Bytes) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        state.tell(self.app, headers);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.by_get {
            let tag = tag(answer, coding);
            let known = wanted(&Method::HEAD, self.headers, &tag, 0) == Wanted::NotModified;
            self.open(headers, answer, &tag);
            response.extensions_mut().insert(AsItIs);
            if known {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                return response;
            }
        } else {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let varies = if answer.body.len() >= usize::from(SMALLEST) { "Accept, accept-encoding" } else { "Accept" };
            headers.insert(header::VARY, HeaderValue::from_static(varies));
            response.extensions_mut().insert(AsItIs);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MediaType::asked(self.headers).header()));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        response.map(|_| Body::from(body))
    }

    /// What other caches are told.
    fn open(&self, headers: &mut HeaderMap, answer: &Answer, tag: &str) {
        headers.insert(header::CACHE_CONTROL, self.app.open_control.clone());
        headers.insert(header::VARY, VARY);
        put(headers, header::ETAG, tag);
        if let Some(keys) = answer.keys() {
            put(headers, KEYS, keys);
        }
    }

    async fn compressed(&self, answer: &Arc<Answer>, coding: Coding) -> Bytes {
        if let Some(body) = answer.compressed(coding) {
            return body;
        }
        let body = compression::compressed(answer.body.clone(), coding).await;
        self.app.cache.keep_compressed(self.key, answer, coding, body.clone());
        body
    }
}

/// What other caches may do with an answer that is anybody's: those that can be purged keep it for so many seconds.
pub fn open_control(seconds: u64) -> HeaderValue {
    let text = format!("public, max-age=0, s-maxage={seconds}, stale-if-error=600");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("no-store"))
}

/// The strong tag of an answer: each coding is a representation of its own.
fn tag(answer: &Answer, coding: Option<Coding>) -> String {
    match coding {
        Some(coding) => format!("\"{}-{}\"", answer.tag(), coding.name()),
        None => format!("\"{}\"", answer.tag()),
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
