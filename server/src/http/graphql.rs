//! `/graphql`: questions by POST and, for queries, by GET, answered by GraphQL over HTTP.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use operation::{Openness, Question, Refusal};
use schema::Uploaded;
use serde_json::json;
use tokio::sync::SemaphorePermit;

use super::accept::MediaType;
use super::executed::execute;
use super::follow::{self, Ending};
use super::manner::{IsSample, Manner};
use super::told::Code;
use super::{
    App, Arrived, Outcome, Refused, bearer, bodies, gate, kept, multipart, question, refused, registered, socket, view,
};

/// What is said to who subscribes and does not take events.
const EVENTS_ONLY: &str = "A subscription is answered as text/event-stream; ask with that Accept alone.";

/// Who asks, and how.
#[derive(Clone)]
pub struct Asker {
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
    pub(super) arrived: Arrived,
}

impl Asker {
    /// What is open to it beside the answer.
    pub(super) fn openness(&self) -> Openness {
        Openness { introspection: self.arrived.operator.0, suggestions: self.arrived.operator.0 }
    }

    pub(super) fn media_type(&self) -> MediaType {
        MediaType::asked(&self.headers)
    }
}

/// A question by POST.
pub async fn post(State(app): State<App>, arrived: Arrived, request: axum::extract::Request) -> Response {
    if multipart::is_one(request.headers()) {
        return multipart::post(&app, arrived, request).await;
    }
    let read = |asker: &Asker, body: &Bytes| {
        question::require_json(&asker.headers)?;
        question::of_body(body, app.rules.limits(), &app.persisted)
    };
    take(&app, arrived, request, read).await
}

/// A query by GET.
pub async fn get(State(app): State<App>, arrived: Arrived, request: axum::extract::Request) -> Response {
    if socket::wants_socket(request.headers()) {
        let asker = Asker { headers: request.headers().clone(), uri: request.uri().clone(), arrived };
        return socket::open(app, asker, request).await;
    }
    let read = |asker: &Asker, _: &Bytes| {
        let parameters = Query::<Vec<(String, String)>>::try_from_uri(&asker.uri);
        let Query(parameters) =
            parameters.map_err(|_| Refused::bad_request("The parameters of the address cannot be read."))?;
        let question = question::of_parameters(parameters, app.rules.limits(), &app.persisted)?;
        Ok(Question { reads_only: true, ..question })
    };
    take(&app, arrived, request, read).await
}

/// Reads a question whole, and answers it from what is kept, or waits for its turn. A request whose client has gone leaves
/// its place at once, because its future is dropped.
async fn take(
    app: &App,
    arrived: Arrived,
    request: axum::extract::Request,
    read: impl Fn(&Asker, &Bytes) -> Result<Question, Refused>,
) -> Response {
    let (parts, body) = request.into_parts();
    let (body, _memory) = match bodies::read(app, &parts.headers, body).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let ending = parts.extensions.get::<Ending>().cloned();
    let is_sample = parts.extensions.get::<IsSample>().is_some();
    let asker = Asker { headers: parts.headers, uri: parts.uri, arrived };
    let mut manner = match Manner::of(app, &asker, (&parts.method, is_sample), &body).await {
        Ok(manner) => manner,
        Err(refused) => return refusal(app, &asker, &refused),
    };
    if let Some(response) = kept::at_once(app, &asker, &mut manner).await {
        return response;
    }
    let Some(place) = app.questions_gate.place().await else {
        return gate::turned_away(app, &asker.headers);
    };
    match read(&asker, &body) {
        Ok(question) => answer(app, &asker, &question, ending, (manner, place)).await,
        Err(refused) => refusal(app, &asker, &refused),
    }
}

async fn answer(
    app: &App,
    asker: &Asker,
    question: &Question,
    ending: Option<Ending>,
    (manner, place): (Manner, SemaphorePermit<'_>),
) -> Response {
    let begun = Instant::now();
    let caller = match bearer::caller(app, &asker.headers).await {
        Ok(caller) => caller,
        Err(refused) => return not_taken(app, asker, &refused),
    };
    let view = match view::of(&app.library, &asker.headers, caller.as_ref()).await {
        Ok(view) => view,
        Err(refused) => return not_taken(app, asker, &refused),
    };
    let asking = match bearer::asking(asker.arrived.client, &asker.headers) {
        Ok(asking) => asking,
        Err(refused) => return refusal(app, asker, &refused),
    };
    let counter = match registered::asked(app, caller.as_ref(), &question.query) {
        Ok(counter) => counter,
        Err(refused) => return not_taken(app, asker, &refused),
    };
    match app.rules.admit(question, asker.openness()) {
        Ok(admitted) if admitted.kind == operation::Kind::Subscription => {
            let followed = match follow::wants_events(&asker.headers) {
                true => follow::stream(app, asker.clone(), admitted, ending),
                false => Err(Refused::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", EVENTS_ONLY)),
            };
            followed.unwrap_or_else(|refused| refusal(app, asker, &refused))
        }
        Ok(admitted) if manner.is_open && caller.is_none() && kept::is_public(&admitted) => {
            kept::answer(app, asker, &manner, (question, counter), (admitted, asking), place).await
        }
        Ok(admitted) => execute(app, asker, admitted, (caller, asking, view), Uploaded::default(), begun).await,
        Err(refusals) => not_admitted(app, asker, question, &refusals, begun),
    }
}

/// Answers a question that is not executed: there is no `data`.
pub(super) fn not_admitted(
    app: &App,
    asker: &Asker,
    question: &Question,
    refusals: &[Refusal],
    begun: Instant,
) -> Response {
    use operation::Code;
    let is = |code| refusals.iter().any(|refusal| refusal.code == code);
    let media_type = asker.media_type();
    let status = match media_type {
        _ if is(Code::MethodNotAllowed) => StatusCode::METHOD_NOT_ALLOWED,
        MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
        // The older type cannot be told from that of any proxy, so its status speaks of HTTP alone.
        MediaType::Json => StatusCode::OK,
    };
    let outcome = if is(Code::LimitExceeded) { Outcome::Limited } else { Outcome::Refused };
    for exceeded in refusals.iter().filter_map(|refusal| refusal.exceeded) {
        app.metrics.limit(exceeded.limit.name());
    }
    if let Some(first) = refusals.first() {
        asker.arrived.told.outcome(first.code.into());
    }
    let name = question.operation_name.as_deref().unwrap_or_default();
    asker.arrived.told.operation(name);
    app.metrics.operation(name, outcome, begun.elapsed(), 0, std::time::Duration::ZERO);
    reply(status, media_type, json!({ "errors": refused::errors(refusals) }).to_string().into_bytes())
}

/// Answers a token that is not taken.
pub(super) fn not_taken(app: &App, asker: &Asker, refused: &Refused) -> Response {
    let mut response = refusal(app, asker, refused);
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer::CHALLENGE);
    }
    response
}

pub(super) fn refusal(app: &App, asker: &Asker, refused: &Refused) -> Response {
    if let Some((limit, _)) = refused.limit {
        app.metrics.limit(limit);
    }
    let mut response = reply(refused.status, asker.media_type(), refused.body());
    response.extensions_mut().insert(Code(refused.code));
    response
}

pub(super) fn reply(status: StatusCode, media_type: MediaType, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.header()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
