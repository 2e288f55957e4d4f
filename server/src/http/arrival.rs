//! What happens to every request first and to every answer last.
//!
//! It learns who asks and gives the request its id, catches a panic, sets the headers that every answer has, and sees
//! that the request gets its line in the log.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;

use axum::Extension;
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use tracing::Instrument as _;

use super::accept::MediaType;
use super::bodies::shaped;
use super::cors::Sharing;
use super::hops::Peer;
use super::told::{Code, Line, Sent};
use super::{App, ClientAddress, Operator, ROUTES, Refused, RequestId, Told, multipart, request_id};

/// An answer is data: where it says nothing else itself, a browser that shows it runs and loads nothing.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What is known of a request when its handler gets it; a request extension.
#[derive(Debug, Clone, FromRequestParts)]
#[from_request(via(Extension))]
pub struct Arrived {
    /// The id of the request.
    pub id: RequestId,
    /// Whether the operator asks.
    pub operator: Operator,
    /// From which address, as far as it is known.
    pub client: ClientAddress,
    /// What the handler tells for the log.
    pub told: Told,
}

impl Arrived {
    /// A request with this head, from the other end of its connection.
    pub fn now(app: &App, peer: Option<Peer>, headers: &HeaderMap) -> Self {
        let settings = &app.settings;
        let trusted = peer.is_some_and(|Peer(peer)| settings.trusted_proxies.trust(peer.ip().to_canonical()));
        Self {
            id: RequestId::of(headers, trusted),
            operator: Operator::of(settings.mode, settings.operator_key.as_ref(), headers),
            client: ClientAddress::of(peer, &settings.trusted_proxies, headers),
            told: Told::default(),
        }
    }

    /// Its line of the log, which is written when it is over.
    pub fn line(&self, app: &App, method: Method, route: &'static str) -> Line {
        Line::begin(self.id.clone(), self.client, method, route, self.told.clone(), app.metrics.clone())
    }

    /// Sends its answer off.
    pub fn leave(&self, mut response: Response, mut line: Line) -> Response {
        complete(&self.id, response.headers_mut());
        line.answered(response.status());
        response.map(|body| Body::new(Sent::new(body, line)))
    }
}

/// Receives a request and sends its answer off.
pub async fn receive(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let arrived = Arrived::now(&app, peer, request.headers());
    let Arrived { id, told, .. } = arrived.clone();
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let route = ROUTES.into_iter().find(|route| *route == path).unwrap_or("none");
    let line = arrived.line(&app, request.method().clone(), route);
    request.extensions_mut().insert(arrived.clone());

    let span = tracing::info_span!("request", id = id.as_str());
    let answered = AssertUnwindSafe(within(&app, &told, request, next)).catch_unwind().instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|panic| span.in_scope(|| broken(&id, &*panic)));
    if let Some(&Code(code)) = response.extensions().get() {
        told.outcome(code);
        if code == "INTERNAL" {
            response = internal(&id);
        }
    }
    arrived.leave(response, line)
}

/// Answers in time, or says that it took too long; and says which pages may read the answer.
async fn within(app: &App, told: &Told, request: Request, next: Next) -> Response {
    let origins = &app.settings.cors_origins;
    let media_type = MediaType::asked(request.headers());
    let sharing = Sharing::of(origins, request.headers());
    let patience = if uploads(&request) { app.settings.upload_timeout } else { app.request_timeout };
    let mut response = match sharing.preflight(origins, request.method(), request.headers()) {
        Some(answer) => answer,
        None => {
            let running = pin!(next.run(request));
            match tokio::time::timeout(patience, running).await {
                Ok(response) => response,
                Err(_) => {
                    // What is dropped at the end of this block counts itself by this.
                    told.outcome("TIMEOUT");
                    shaped(&Refused::timed_out(), media_type)
                }
            }
        }
    };
    sharing.tell(response.headers_mut());
    response
}

/// Whether a request brings a file, which takes as long as its line is slow. Who may not upload is refused before its
/// body is read.
fn uploads(request: &Request) -> bool {
    match *request.method() {
        Method::PUT => true,
        Method::POST => multipart::is_one(request.headers()),
        _ => false,
    }
}

/// Answers in the place of a handler that panicked.
fn broken(id: &RequestId, panic: &(dyn Any + Send)) -> Response {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = words.unwrap_or("without words"), "a request could not be answered");
    internal(id)
}

/// Our own fault, with the id by which the operator finds its reason.
fn internal(id: &RequestId) -> Response {
    let message = "The server could not answer. The operator finds the reason in its log by the request's id.";
    let extensions = serde_json::json!({ "code": "INTERNAL", "requestId": id.as_str() });
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": extensions }] }).to_string();
    let headers =
        [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "private, no-store")];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, body).into_response()
}

/// Sets the headers that every answer has.
fn complete(id: &RequestId, headers: &mut HeaderMap) {
    if let Some(id) = id.header() {
        headers.insert(request_id::HEADER, id);
    }
    let defaults = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    join_vary(headers);
}

/// Makes one `Vary` of what every layer added for itself.
fn join_vary(headers: &mut HeaderMap) {
    let mut values = headers.get_all(header::VARY).iter();
    if values.next().is_none() || values.next().is_none() {
        return;
    }
    let texts = headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
    let mut names: Vec<&str> = Vec::new();
    for name in texts.flat_map(|text| text.split(',').map(str::trim)).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    if let Ok(joined) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(header::VARY, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_varies_in_one_header() {
        let mut headers = HeaderMap::new();
        for value in ["Accept", "accept-encoding", "Origin, Accept"] {
            headers.append(header::VARY, HeaderValue::from_static(value));
        }
        complete(&RequestId::of(&HeaderMap::new(), false), &mut headers);
        let all: Vec<_> = headers.get_all(header::VARY).iter().collect();
        assert_eq!(all, ["Accept, accept-encoding, Origin"]);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn a_panic_is_answered_without_its_words() {
        let id = RequestId::of(&HeaderMap::new(), false);
        let response = broken(&id, &"secret at line 7".to_owned());
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 10_000).now_or_never().expect("it is there");
        let body: serde_json::Value = serde_json::from_slice(&body.expect("a body")).expect("JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], "INTERNAL");
        assert_eq!(body["errors"][0]["extensions"]["requestId"], id.as_str());
        assert!(!body.to_string().contains("secret"));
    }
}
