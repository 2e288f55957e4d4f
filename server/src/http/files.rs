//! `/files`: attachments and their renditions, as far as something public shows them.
//!
//! Bytes go from the object store to the reader piece by piece. Whoever wrote a file, a browser runs nothing of it.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use library::attachment::{File, Rendition, Signature};
use library::id::AttachmentId;
use library::{Audience, Error};

use super::compression::AsItIs;
use super::conditional::{Wanted, wanted};
use super::presented::KEYS;
use super::{App, Refused, disposition, gate};
use crate::cache::surrogate;

/// The longest name in an address, in bytes: 200 characters of any script and what belongs to them.
const LONGEST_NAME: usize = 1024;

/// What a request for a file brings along.
struct Asked {
    method: Method,
    headers: HeaderMap,
    download: bool,
    /// The proof of an address that shows what is not public.
    signature: Option<Signature>,
}

impl Asked {
    fn new(method: Method, headers: HeaderMap, query: Option<String>) -> Self {
        let query = query.unwrap_or_default();
        let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let signature = parameter("signature").map(|proof| Signature {
            // What is no number has expired long ago.
            expires: parameter("expires").and_then(|expires| expires.parse().ok()).unwrap_or_default(),
            proof: proof.to_owned(),
        });
        Self { method, headers, download: parameter("download") == Some("1"), signature }
    }
}

/// `/files/{id}/{name}`; the name is for people, the id decides.
pub async fn original(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Ok(Path((id, name))) = path else { return missing().into_response() };
    in_turn(&app, &id, None, &name, Asked::new(method, headers, query)).await
}

/// `/files/{id}/{rendition}/{name}`.
pub async fn rendition(
    State(app): State<App>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Ok(Path((id, rendition, name))) = path else { return missing().into_response() };
    in_turn(&app, &id, Some(&rendition), &name, Asked::new(method, headers, query)).await
}

fn missing() -> Refused {
    Refused::not_found("There is no such file, or nothing public shows it.")
}

/// Whether a name can be the last part of an address that this server gives out.
fn is_name(name: &str) -> bool {
    let is_apart = |c: char| c.is_control() || c == '/' || c == '\\';
    name.len() <= LONGEST_NAME && !name.contains(is_apart) && name != "." && name != ".."
}

/// Files have places of their own: pictures that are made small take long, and a flood of them leaves room for
/// questions. Their bytes are sent as they are: most are compressed already, and parts of them are asked for by byte.
async fn in_turn(app: &App, id: &str, rendition: Option<&str>, name: &str, asked: Asked) -> Response {
    let Some(_place) = app.files_gate.place().await else {
        return gate::turned_away(app, &asked.headers);
    };
    let mut response = serve(app, id, rendition, name, asked).await.into_response();
    response.extensions_mut().insert(AsItIs);
    response
}

async fn serve(app: &App, id: &str, rendition: Option<&str>, name: &str, asked: Asked) -> Result<Response, Refused> {
    if !is_name(name) {
        return Err(missing());
    }
    let (file, keys) = find(app, id, rendition, asked.signature.as_ref()).await?;
    let mut response = answer(&file, &asked).await.map_err(fault)?;
    if let Some(keys) = keys {
        put(response.headers_mut(), KEYS, &keys);
    }
    if asked.signature.is_some() {
        // It is shown to who has the address, and to nobody after that.
        put(response.headers_mut(), header::CACHE_CONTROL, "private, no-store");
    }
    Ok(response)
}

/// The file, and the keys by which caches in front know it, if it is public.
async fn find(
    app: &App,
    id: &str,
    rendition: Option<&str>,
    signature: Option<&Signature>,
) -> Result<(File, Option<String>), Refused> {
    let id: AttachmentId = id.parse().map_err(|_| missing())?;
    let rendition = rendition.map(str::parse::<Rendition>).transpose().map_err(|_| missing())?;
    let scope = app.library.scope(Audience::Public);
    let found = match signature {
        Some(signature) => app.library.signed_file(id, rendition, signature).await,
        None => scope.file(id, rendition).await,
    };
    let keys = if signature.is_none() { surrogate::of_notes(&scope.notes()) } else { None };
    match found {
        Ok(file) => file.map(|file| (file, keys)).ok_or_else(missing),
        Err(Error::Refused(_)) => Err(missing()),
        Err(error) => Err(fault(error)),
    }
}

fn fault(error: Error) -> Refused {
    if matches!(error, Error::TimedOut) {
        return Refused::timed_out();
    }
    tracing::error!(%error, "a file could not be read");
    Refused::internal()
}

async fn answer(file: &File, asked: &Asked) -> Result<Response, Error> {
    let tag = format!("\"{}\"", file.tag);
    let size = file.size;
    let (status, part) = match wanted(&asked.method, &asked.headers, &tag, size) {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::NotModified => return Ok(present(StatusCode::NOT_MODIFIED, Body::empty(), &tag)),
        Wanted::Unsatisfiable => return Ok(no_such_part(size)),
        Wanted::Failed => return Ok(not_as_expected()),
    };
    // Also for HEAD, which axum leaves without a body: it must not promise bytes that the store does not have.
    let bytes = Body::from_stream(file.read(part.clone()).await?);
    let mut response = present(status, bytes, &tag);
    let headers = response.headers_mut();
    let media_type = match file.media_type.strip_prefix("text/") {
        // The library takes for text only what is UTF-8.
        Some(_) => format!("{}; charset=utf-8", file.media_type),
        None => file.media_type.clone(),
    };
    put(headers, header::CONTENT_TYPE, &media_type);
    put(headers, header::CONTENT_DISPOSITION, &disposition::of(&file.media_type, &file.name, asked.download));
    put(headers, header::CONTENT_LENGTH, &(part.end - part.start).to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        put(headers, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", part.start, part.end - 1));
    }
    Ok(response)
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// What every answer about a file says.
fn present(status: StatusCode, body: Body, tag: &str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    put(headers, header::ETAG, tag);
    put(headers, header::ACCEPT_RANGES, "bytes");
    // A file is public only while something public shows it: who keeps it asks again.
    put(headers, header::CACHE_CONTROL, "public, no-cache");
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    // Front ends live at other origins, and show our pictures in their pages.
    put(headers, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    response
}

fn no_such_part(size: u64) -> Response {
    let message = format!("The file has {size} bytes; ask for a range within them.");
    let refused = Refused::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_NOT_SATISFIABLE", message);
    let mut response = refused.into_response();
    put(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
    put(response.headers_mut(), header::ACCEPT_RANGES, "bytes");
    response
}

fn not_as_expected() -> Response {
    let message = "The file is another than If-Match names; ask again without it.";
    Refused::new(StatusCode::PRECONDITION_FAILED, "PRECONDITION_FAILED", message).into_response()
}
