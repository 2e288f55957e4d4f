//! The bodies of questions: how large by content type, how long between two pieces, and how much of them all together.
//!
//! A body is read here whole or not at all, so that the handlers behind never wait for a client.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::accept::MediaType;
use super::{App, Refused, gate};

/// How much all bodies that are being read or answered may take together, in pieces of [`PIECE`].
const TOGETHER: usize = 8 * 1024;
/// What the bodies' memory is counted in.
const PIECE: usize = 1024;

/// The memory of all bodies together.
#[derive(Debug)]
pub struct Memory(Semaphore);

impl Memory {
    /// Room for 8 MiB, or for four bodies where one may be larger than a quarter of that.
    pub fn new(body_limit: usize) -> Self {
        Self(Semaphore::new(TOGETHER.max(4 * body_limit.div_ceil(PIECE)).min(Semaphore::MAX_PERMITS)))
    }
}

/// Reads the body of a question within its bounds, and holds its memory as long as the caller holds the permit.
///
/// # Errors
/// Gives the answer to a body that is not taken.
pub async fn read<'a>(
    app: &'a App,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Bytes, Option<SemaphorePermit<'a>>), Response> {
    let limit = limit(headers, app.body_limit);
    let read = match refuse_unread(headers, limit) {
        Some(refused) => Err(refused),
        None => take(&app.bodies, body, limit, app.settings.body_timeout).await,
    };
    read.map_err(|refused| refusal(app, headers, &refused))
}

fn refusal(app: &App, asked: &HeaderMap, refused: &Refused) -> Response {
    if refused.code == "OVERLOADED" {
        return gate::turned_away(app, asked);
    }
    let mut response = shaped(refused, MediaType::asked(asked));
    if refused.code == "UNSUPPORTED_MEDIA_TYPE" {
        // What could have been sent instead (RFC 9110, 12.5.3).
        response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    if refused.code == "LIMIT_EXCEEDED" {
        app.metrics.limit("body_bytes");
    }
    response
}

/// The most bytes of a body of this content type: what no handler takes is not read at all.
fn limit(headers: &HeaderMap, json: usize) -> usize {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { json } else { 0 }
}

/// What can be refused by the head alone.
pub fn refuse_unread(headers: &HeaderMap, limit: usize) -> Option<Refused> {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.into_iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let message = "Compressed bodies are not taken; send the question as it is.";
        return Some(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let too_large = limit > 0 && announced.is_some_and(|announced| announced > limit as u64);
    too_large.then(|| too_large_for(limit))
}

/// Reads a body; a limit of 0 leaves it unread, and the handler refuses its type.
async fn take<'a>(
    memory: &'a Memory,
    body: Body,
    limit: usize,
    patience: Duration,
) -> Result<(Bytes, Option<SemaphorePermit<'a>>), Refused> {
    if limit == 0 {
        return Ok((Bytes::new(), None));
    }
    let mut pieces = body.into_data_stream();
    let Some(first) = piece(&mut pieces, patience).await? else {
        return Ok((Bytes::new(), None));
    };
    if first.len() > limit {
        return Err(too_large_for(limit));
    }
    let mut held = reserve(memory, first.len().div_ceil(PIECE))?;
    // Mostly the first piece is the whole body.
    let Some(second) = piece(&mut pieces, patience).await? else {
        return Ok((first, Some(held)));
    };
    let mut whole = BytesMut::from(first);
    let mut next = Some(second);
    while let Some(piece_read) = next {
        let length = whole.len() + piece_read.len();
        if length > limit {
            return Err(too_large_for(limit));
        }
        let missing = length.div_ceil(PIECE).saturating_sub(held.num_permits());
        held.merge(reserve(memory, missing)?);
        whole.extend_from_slice(&piece_read);
        next = piece(&mut pieces, patience).await?;
    }
    Ok((whole.freeze(), Some(held)))
}

/// The next piece of a body, if there is one and it comes in time.
async fn piece(pieces: &mut BodyDataStream, patience: Duration) -> Result<Option<Bytes>, Refused> {
    match tokio::time::timeout(patience, pieces.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
        Ok(Some(Err(_))) => Err(Refused::bad_request("The body could not be read.")),
        Err(_) => Err(late()),
    }
}

/// A body that stalls is given up.
pub fn late() -> Refused {
    let message = "The body did not come in time; send the question again.";
    Refused::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message)
}

fn reserve(memory: &Memory, pieces: usize) -> Result<SemaphorePermit<'_>, Refused> {
    let pieces = u32::try_from(pieces).unwrap_or(u32::MAX);
    memory.0.try_acquire_many(pieces).map_err(|_| gate::overloaded())
}

fn too_large_for(limit: usize) -> Refused {
    Refused::exceeded(StatusCode::PAYLOAD_TOO_LARGE, "body_bytes", limit as u64)
}

/// A refusal in the media type that the asker wants of answers.
pub fn shaped(refused: &Refused, media_type: MediaType) -> Response {
    let mut response = refused.clone().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.header()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(pieces: &[usize]) -> Body {
        let bytes: Vec<_> = pieces.iter().map(|size| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; *size]))).collect();
        Body::from_stream(futures::stream::iter(bytes))
    }

    async fn taken(memory: &Memory, sizes: &[usize], limit: usize) -> Result<usize, &'static str> {
        let read = take(memory, pieces(sizes), limit, Duration::from_millis(20)).await;
        read.map(|(bytes, _)| bytes.len()).map_err(|refused| refused.code)
    }

    #[tokio::test]
    async fn a_body_is_read_as_far_as_its_limit() {
        let memory = Memory::new(3000);
        let before = memory.0.available_permits();
        assert_eq!(taken(&memory, &[], 3000).await, Ok(0));
        assert_eq!(taken(&memory, &[3000], 3000).await, Ok(3000));
        assert_eq!(taken(&memory, &[1000, 1, 1999], 3000).await, Ok(3000));
        assert_eq!(taken(&memory, &[1000, 1, 2000], 3000).await, Err("LIMIT_EXCEEDED"));
        assert_eq!(taken(&memory, &[3001], 3000).await, Err("LIMIT_EXCEEDED"));
        assert_eq!(taken(&memory, &[9], 0).await, Ok(0), "left unread");
        assert_eq!(memory.0.available_permits(), before, "what was held is given back");
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_given_up() {
        let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
        let body = Body::from_stream(first.chain(futures::stream::pending()));
        let refused = take(&Memory::new(1), body, 100, Duration::from_millis(10)).await.expect_err("it stalls");
        assert_eq!((refused.status, refused.code), (StatusCode::REQUEST_TIMEOUT, "TIMEOUT"));
    }

    #[tokio::test]
    async fn bodies_share_a_bounded_memory() {
        let memory = Memory(Semaphore::new(3));
        let held = take(&memory, pieces(&[2000]), 9000, Duration::from_secs(1)).await.expect("there is room");
        assert_eq!(taken(&memory, &[2000], 9000).await, Err("OVERLOADED"));
        assert_eq!(taken(&memory, &[1000], 9000).await, Ok(1000));
        drop(held);
        assert_eq!(taken(&memory, &[2000], 9000).await, Ok(2000));
    }

    #[test]
    fn only_what_a_handler_takes_is_read() {
        let ask = |content_type: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().expect("a header"));
            limit(&headers, 7)
        };
        assert_eq!([ask("application/json"), ask("Application/JSON ; charset=utf-8"), ask("text/plain")], [7, 7, 0]);
        assert_eq!(limit(&HeaderMap::new(), 7), 0);
    }
}
