//! `/graphql`: questions by POST and, for queries, by GET, answered by GraphQL over HTTP.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{ErrorExtensionValues, Response as Answer};
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use library::{Caller, Scope};
use operation::{Admitted, Limit, Openness, Question, Refusal};
use schema::{Asking, Plain, Uploaded};
use serde_json::json;

use super::accept::MediaType;
use super::follow::{self, Ending};
use super::reckoning::Reckoning;
use super::told::Code;
use super::view::{self, View};
use super::{App, Arrived, Outcome, Refused, bearer, bodies, cookie, gate, multipart, question, refused, socket};

/// The header that asks for what an answer cost and depended on.
const EXPLAIN: &str = "jiyue-explain";

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

    fn media_type(&self) -> MediaType {
        MediaType::asked(&self.headers)
    }

    /// Whether the answer tells what it cost: on request, to who may know.
    fn wants_explanation(&self) -> bool {
        self.arrived.operator.0 && self.headers.get(EXPLAIN).is_some_and(|value| value == "1")
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

/// Reads a question whole, waits for its turn, and answers it. A request whose client has gone leaves its place at
/// once, because its future is dropped.
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
    let Some(_place) = app.questions_gate.place().await else {
        return gate::turned_away(app, &parts.headers);
    };
    let ending = parts.extensions.get::<Ending>().cloned();
    let asker = Asker { headers: parts.headers, uri: parts.uri, arrived };
    match read(&asker, &body) {
        Ok(question) => answer(app, &asker, &question, ending).await,
        Err(refused) => refusal(app, &asker, &refused),
    }
}

async fn answer(app: &App, asker: &Asker, question: &Question, ending: Option<Ending>) -> Response {
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
    match app.rules.admit(question, asker.openness()) {
        Ok(admitted) if admitted.kind == operation::Kind::Subscription => {
            let followed = match follow::wants_events(&asker.headers) {
                true => follow::stream(app, asker.clone(), admitted, ending),
                false => Err(Refused::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", EVENTS_ONLY)),
            };
            followed.unwrap_or_else(|refused| refusal(app, asker, &refused))
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

/// Executes a question that was admitted, with the file that came with it.
pub(super) async fn execute(
    app: &App,
    asker: &Asker,
    admitted: Admitted,
    (caller, asking, view): (Option<Caller>, Asking, View),
    uploaded: Uploaded,
    begun: Instant,
) -> Response {
    let name = admitted.name.unwrap_or_default();
    asker.arrived.told.operation(&name);
    // What is done, and what is answered to somebody, is nobody else's.
    let private = caller.is_some() || admitted.kind != operation::Kind::Query;
    let scope = match view.scope(&app.library).await {
        Ok(scope) => scope,
        Err(refused) => return refusal(app, asker, &refused),
    };
    let scope = Arc::new(match caller {
        Some(caller) => scope.asked_by(caller),
        None => scope,
    });
    let told = asker.arrived.told.clone();
    let reckoning = Reckoning::begin(app.metrics.clone(), told, name, begun, scope.clone());
    let limits = app.rules.limits();
    let plain = Plain::within(limits.most(Limit::AnswerBytes), limits.most(Limit::Values));
    let cookie = cookie::brought(app, &asker.headers);
    let request = schema::request(admitted.document);
    let request = request.data(plain.clone()).data(asking).data(cookie.clone()).data(uploaded);
    let request = match admitted.kind {
        operation::Kind::Mutation => request.data(app.receivers.clone()),
        _ => request,
    };
    let mut answer = schema::execute_in(&app.schema, scope.clone(), request).await;
    let outcome = complete(&mut answer, app, asker);
    if asker.wants_explanation() {
        explain(&mut answer, &scope, admitted.cost, limits.most(Limit::Cost));
    }
    match plain.body(&answer) {
        Ok(Some(body)) => {
            reckoning.ended(outcome);
            let mut response = reply(StatusCode::OK, asker.media_type(), body);
            if private || scope.is_private() {
                let value = HeaderValue::from_static("private, no-store");
                response.headers_mut().insert(header::CACHE_CONTROL, value);
            }
            cookie::tell(&cookie, response.headers_mut());
            response
        }
        Ok(None) => {
            reckoning.ended(Outcome::Limited);
            too_long(app, asker)
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            reckoning.ended(Outcome::Failed);
            refusal(app, asker, &Refused::internal())
        }
    }
}

/// Answers in the place of an answer that has too many bytes: the question was executed, and all its data is left out.
fn too_long(app: &App, asker: &Asker) -> Response {
    let name = Limit::AnswerBytes.name();
    let refused = Refused::too_long(name, app.rules.limits().most(Limit::AnswerBytes));
    app.metrics.limit(name);
    asker.arrived.told.outcome(refused.code);
    let body = json!({ "data": null, "errors": [refused.error()] });
    reply(refused.status, asker.media_type(), body.to_string().into_bytes())
}

/// Gives each error a code, and their number an end; how the operation ended.
pub(super) fn complete(answer: &mut Answer, app: &App, asker: &Asker) -> Outcome {
    if answer.errors.is_empty() {
        return Outcome::Answered;
    }
    let most = app.rules.limits().most(Limit::Errors);
    let left_out = (answer.errors.len() as u64).saturating_sub(most);
    answer.errors.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let mut outcome = Outcome::Partly;
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        let code = match extensions.get("code") {
            Some(async_graphql::Value::String(code)) => code.clone(),
            // Our resolvers give theirs; what is left are values that a scalar does not take.
            _ => "BAD_USER_INPUT".to_owned(),
        };
        match code.as_str() {
            "INTERNAL" => {
                outcome = Outcome::Failed;
                asker.arrived.told.outcome("INTERNAL");
                extensions.set("requestId", asker.arrived.id.as_str());
            }
            "LIMIT_EXCEEDED" if outcome == Outcome::Partly => {
                outcome = Outcome::Limited;
                // The one limit that is met while an operation runs.
                app.metrics.limit(Limit::Values.name());
                asker.arrived.told.outcome("LIMIT_EXCEEDED");
            }
            "TIMEOUT" if outcome != Outcome::Failed => {
                outcome = Outcome::TimedOut;
                asker.arrived.told.outcome("TIMEOUT");
            }
            _ => {}
        }
        extensions.set("code", code);
    }
    if left_out > 0
        && let Some(last) = answer.errors.last_mut()
    {
        last.message = format!("{} ({left_out} more errors are left out)", last.message);
    }
    outcome
}

/// Adds what the answer cost and depended on.
fn explain(answer: &mut Answer, scope: &Scope, cost: u64, most: u64) {
    let told = [
        ("cost", json!({ "requested": cost, "limit": most })),
        ("sql", json!({ "statements": scope.statements(), "milliseconds": scope.sql_time().as_secs_f64() * 1000.0 })),
        ("cache", json!({ "state": "NONE", "subjects": scope.subjects() })),
    ];
    for (name, value) in told {
        if let Ok(value) = async_graphql::Value::from_json(value) {
            answer.extensions.insert(name.to_owned(), value);
        }
    }
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

fn reply(status: StatusCode, media_type: MediaType, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.header()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
