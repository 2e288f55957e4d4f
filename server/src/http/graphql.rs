//! `/graphql`: questions by POST and, for queries, by GET, answered by GraphQL over HTTP.

use async_graphql::{ErrorExtensionValues, Request, Response as Answer};
use axum::body::Body;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;
use operation::{Admitted, Code, Limit, Openness, Question};
use serde_json::json;

use super::accept::MediaType;
use super::{App, Refused, question, refused};

/// A question by POST.
pub async fn post(State(app): State<App>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let media_type = MediaType::asked(&headers);
    let asked = question::require_json(&headers)
        .and_then(|()| body.map_err(|rejection| unread(&app, &rejection)))
        .and_then(|body| question::of_body(&body, app.rules.limits()));
    match asked {
        Ok(question) => answer(&app, &question, media_type).await,
        Err(refused) => refusal(&refused, media_type),
    }
}

/// A query by GET.
pub async fn get(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let media_type = MediaType::asked(&headers);
    let asked = Query::<Vec<(String, String)>>::try_from_uri(&uri)
        .map_err(|_| Refused::bad_request("The parameters of the address cannot be read."))
        .and_then(|Query(parameters)| question::of_parameters(parameters, app.rules.limits()));
    match asked {
        Ok(question) => answer(&app, &Question { queries_only: true, ..question }, media_type).await,
        Err(refused) => refusal(&refused, media_type),
    }
}

fn unread(app: &App, rejection: &BytesRejection) -> Refused {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Refused::exceeded(StatusCode::PAYLOAD_TOO_LARGE, "body_bytes", app.body_limit as u64);
    }
    Refused::bad_request("The body could not be read.")
}

async fn answer(app: &App, question: &Question, media_type: MediaType) -> Response {
    let open = Openness { introspection: true, suggestions: true };
    match app.rules.admit(question, open) {
        Ok(admitted) => execute(app, admitted, media_type).await,
        Err(refusals) => {
            let by_method = refusals.iter().any(|refusal| refusal.code == Code::MethodNotAllowed);
            let status = match media_type {
                _ if by_method => StatusCode::METHOD_NOT_ALLOWED,
                MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
                // The older type cannot be told from that of any proxy, so its status speaks of HTTP alone.
                MediaType::Json => StatusCode::OK,
            };
            let body = json!({ "errors": refused::errors(&refusals) }).to_string().into_bytes();
            reply(status, media_type, body)
        }
    }
}

async fn execute(app: &App, admitted: Admitted, media_type: MediaType) -> Response {
    let mut request = Request::new(String::new());
    request.set_parsed_query(admitted.document);
    // What the answer depended on is for a response cache, which this door has not.
    let (mut answer, _scope) = schema::execute(&app.schema, &app.library, request).await;
    complete(&mut answer, app.rules.limits().most(Limit::Errors));
    match serde_json::to_vec(&answer) {
        Ok(body) => reply(StatusCode::OK, media_type, body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            refusal(&Refused::internal(), media_type)
        }
    }
}

/// Gives each error a code, and their number an end.
fn complete(answer: &mut Answer, most: u64) {
    let found = answer.errors.len();
    answer.errors.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            // Our resolvers give theirs; what is left are values that a scalar does not take.
            extensions.set("code", "BAD_USER_INPUT");
        }
    }
    if found > answer.errors.len()
        && let Some(last) = answer.errors.last_mut()
    {
        last.message = format!("{} ({} more errors are left out)", last.message, found as u64 - most);
    }
}

fn refusal(refused: &Refused, media_type: MediaType) -> Response {
    reply(refused.status, media_type, refused.body())
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
