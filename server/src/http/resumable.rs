//! `/uploads/{id}`: the bytes of a large file, piece by piece (断点续传).
//!
//! `HEAD` tells how far it has come, `PUT` goes on from there. Who sends them shows the secret in the address, or the
//! token of the account that announced the file. What has come stays, also if the connection or the program breaks off.

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use library::attachment::{Receiving, Ticket};
use library::{Error, Who};

use super::{App, Refused, bearer, bodies, gate};

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// How far an upload has come.
pub async fn offset(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match ticket(&app, &id, query.as_deref(), &headers).await {
        Ok(ticket) => match app.library.upload_offset(ticket.id).await {
            Ok(offset) => told(StatusCode::OK, offset, &ticket),
            Err(error) => fault(&error).into_response(),
        },
        Err(refused) => not_taken(&refused),
    }
}

/// The next bytes of an upload.
pub async fn receive(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let ticket = match ticket(&app, &id, query.as_deref(), &parts.headers).await {
        Ok(ticket) => ticket,
        Err(refused) => return not_taken(&refused),
    };
    let Some(_place) = app.uploads_gate.place().await else {
        return gate::turned_away(&app, &parts.headers);
    };
    let mut receiving = match app.library.receive(&ticket).await {
        Ok(receiving) => receiving,
        Err(Error::Refused(refusal)) => return conflict(&app, &ticket, &refusal.english).await,
        Err(error) => return fault(&error).into_response(),
    };
    let range = match range(&parts.headers, &ticket) {
        Ok(range) => range,
        Err(refused) => return refused.into_response(),
    };
    if range.from != receiving.offset() {
        let offset = receiving.offset();
        drop(receiving);
        return conflict(&app, &ticket, &format!("{offset} bytes have come; go on from there.")).await;
    }
    match take(&app, body, &mut receiving, range.until).await {
        Ok(()) => told(StatusCode::NO_CONTENT, receiving.offset(), &ticket),
        Err(refused) => with_offset(refused.into_response(), receiving.offset(), &ticket),
    }
}

/// The upload that an address is for, if its sender may send it.
async fn ticket(app: &App, id: &str, query: Option<&str>, headers: &HeaderMap) -> Result<Ticket, Refused> {
    let missing = || Refused::not_found("There is no such upload, or not any more.");
    let id = id.parse().map_err(|_| missing())?;
    let caller = bearer::caller(app, headers).await?;
    let secret = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("signature=")));
    if caller.is_none() && secret.is_none() {
        return Err(bearer::nobody());
    }
    let ticket = app.library.upload_ticket(id).await.map_err(|error| fault(&error))?.ok_or_else(missing)?;
    let is_own = caller.is_some_and(|caller| {
        matches!(caller.who, Who::Account(account, _) if account == ticket.account)
            && app.library.may_upload(&caller).is_ok()
    });
    let has_secret = || secret.is_some_and(|secret| app.library.is_ticket_of(&ticket, secret));
    if is_own || has_secret() { Ok(ticket) } else { Err(missing()) }
}

/// Which bytes come.
struct Coming {
    from: u64,
    /// The first that does not come any more.
    until: u64,
}

/// `Content-Range: bytes 0-99/1000`; without it, all of them come.
fn range(headers: &HeaderMap, ticket: &Ticket) -> Result<Coming, Refused> {
    if let Some(refused) = bodies::refuse_unread(headers, 0) {
        return Err(refused);
    }
    let Some(given) = headers.get(header::CONTENT_RANGE) else {
        return Ok(Coming { from: 0, until: ticket.size });
    };
    let read = |text: &str| -> Option<Coming> {
        let (range, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (from, last, size): (u64, u64, u64) = (first.parse().ok()?, last.parse().ok()?, size.parse().ok()?);
        (from <= last && last < size && size == ticket.size).then_some(Coming { from, until: last + 1 })
    };
    given.to_str().ok().and_then(read).ok_or_else(|| {
        let size = ticket.size;
        Refused::bad_request(format!("Content-Range is such as `bytes 0-99/{size}`, with the size that was announced."))
    })
}

/// Writes what comes, up to `until`. What has been written stays.
async fn take(app: &App, body: Body, receiving: &mut Receiving, until: u64) -> Result<(), Refused> {
    let mut pieces = body.into_data_stream();
    let taken = loop {
        match tokio::time::timeout(app.settings.body_timeout, pieces.next()).await {
            Ok(Some(Ok(piece))) if receiving.offset() + piece.len() as u64 > until => {
                break Err(Refused::bad_request("More bytes came than Content-Range says."));
            }
            Ok(Some(Ok(piece))) => receiving.write(&piece).await.map_err(|error| fault(&error))?,
            Ok(Some(Err(_))) => break Err(Refused::bad_request("The body could not be read.")),
            Ok(None) if receiving.offset() < until => {
                break Err(Refused::bad_request("Fewer bytes came than Content-Range says; go on from Upload-Offset."));
            }
            Ok(None) => break Ok(()),
            Err(_) => break Err(bodies::late()),
        }
    };
    receiving.flush().await.map_err(|error| fault(&error))?;
    taken
}

async fn conflict(app: &App, ticket: &Ticket, message: &str) -> Response {
    let offset = app.library.upload_offset(ticket.id).await.unwrap_or_default();
    let refused = Refused::new(StatusCode::CONFLICT, "UPLOAD_CONFLICT", message);
    with_offset(refused.into_response(), offset, ticket)
}

fn told(status: StatusCode, offset: u64, ticket: &Ticket) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    with_offset(response, offset, ticket)
}

fn with_offset(mut response: Response, offset: u64, ticket: &Ticket) -> Response {
    response.headers_mut().insert(OFFSET, HeaderValue::from(offset));
    response.headers_mut().insert(LENGTH, HeaderValue::from(ticket.size));
    response
}

fn not_taken(refused: &Refused) -> Response {
    let mut response = refused.clone().into_response();
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer::CHALLENGE);
    }
    response
}

fn fault(error: &Error) -> Refused {
    tracing::error!(%error, "an upload could not be taken in");
    Refused::internal()
}
