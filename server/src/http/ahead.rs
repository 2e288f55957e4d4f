//! Answers that are kept, given ahead of the router (缓存直答): the way through it costs more than such an answer does.
//!
//! Only what is asked plainly, has come whole and lies ready is answered here; everything else goes the long way, as if nobody
//! had looked.

use std::pin::Pin;
use std::task::Poll;
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use futures::{StreamExt as _, future, stream};
use http_body::Frame;
use http_body_util::{BodyStream, StreamBody};
use hyper::body::Incoming;

use super::cors::Sharing;
use super::hops::Peer;
use super::manner::{self, IsSample};
use super::presented::{Presented, State};
use super::{App, Arrived, GRAPHQL, kept};

/// The answer to a request, if it lies ready.
///
/// # Errors
/// Gives the request back, whole.
pub async fn answer(app: &App, peer: Peer, request: Request<Incoming>) -> Result<Response, Request> {
    if !app.cache.is_on() || !is_plain(&request) {
        return Err(request.map(Body::new));
    }
    let begun = Instant::now();
    let (mut parts, mut body) = request.into_parts();
    let first = future::poll_fn(|context| match Pin::new(&mut body).poll_frame(context) {
        Poll::Ready(frame) => Poll::Ready(frame),
        // Whoever waits for it is woken all the same.
        Poll::Pending => Poll::Ready(None),
    });
    let first = first.await;
    let whole = match &first {
        _ if !body.is_end_stream() => None,
        None => Some(&[][..]),
        Some(frame) => frame.as_ref().ok().and_then(Frame::data_ref).map(|data: &Bytes| &data[..]),
    };
    match whole.and_then(|body| ready(app, peer, &mut parts, body, begun)) {
        Some(response) => Ok(response),
        None => {
            let pieces = stream::iter(first).chain(BodyStream::new(body));
            Err(Request::from_parts(parts, Body::new(StreamBody::new(pieces))))
        }
    }
}

/// Whether a request is one of those that may be answered here.
fn is_plain(request: &Request<Incoming>) -> bool {
    let headers = request.headers();
    request.uri().path() == GRAPHQL
        && matches!(*request.method(), Method::GET | Method::POST)
        && manner::is_plain(headers)
        && !headers.contains_key(header::UPGRADE)
        && !headers.contains_key(header::CONTENT_ENCODING)
}

fn ready(app: &App, peer: Peer, parts: &mut Parts, body: &[u8], begun: Instant) -> Option<Response> {
    let key = manner::request(&parts.headers, &parts.method, &parts.uri, body);
    // What this node has answered to a deed by now is seen by everybody who asks from now on.
    let least = app.library.known_position();
    if app.cache.position() < least {
        return None;
    }
    let answer = app.cache.find(&key)?;
    if app.samples.next() {
        parts.extensions.insert(IsSample);
        return None;
    }
    let by_get = parts.method == Method::GET;
    let mut response = Presented { app, headers: &parts.headers, by_get, key: &key }.at_once(&answer, State::Hit)?;
    let arrived = Arrived::now(app, Some(peer), &parts.headers);
    let line = arrived.line(app, parts.method.clone(), GRAPHQL);
    answer.asked();
    kept::counted(app, &arrived.told, &answer, begun);
    Sharing::of(&app.settings.cors_origins, &parts.headers).tell(response.headers_mut());
    Some(arrived.leave(response, line))
}
