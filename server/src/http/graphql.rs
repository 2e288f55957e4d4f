//! `/graphql`: questions by POST and, for queries, by GET.

use async_graphql::{ErrorExtensionValues, Request, Response as Answer, Value};
use axum::body::Body;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use bytes::Bytes;

use super::accept::MediaType;
use super::{App, Refused, question};

/// A question by POST.
pub async fn post(State(app): State<App>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let media_type = MediaType::asked(&headers);
    let asked = question::require_json(&headers)
        .and_then(|()| body.map_err(|rejection| unread(&app, &rejection)))
        .and_then(|body| question::of_body(&body));
    match asked {
        Ok(request) => answer(&app, request, media_type).await,
        Err(refused) => refusal(&refused, media_type),
    }
}

/// A query by GET.
pub async fn get(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    let media_type = MediaType::asked(&headers);
    let asked = Query::<Vec<(String, String)>>::try_from_uri(&uri)
        .map_err(|_| Refused::bad_request("The parameters of the address cannot be read."))
        .and_then(|Query(parameters)| question::of_parameters(parameters))
        .and_then(|mut request| question::require_query(&mut request).map(|()| request));
    match asked {
        Ok(request) => answer(&app, request, media_type).await,
        Err(refused) => refusal(&refused, media_type),
    }
}

fn unread(app: &App, rejection: &BytesRejection) -> Refused {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Refused {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: "PAYLOAD_TOO_LARGE",
            message: format!("The body is larger than {} bytes.", app.body_limit),
        };
    }
    Refused::bad_request("The body could not be read.")
}

async fn answer(app: &App, request: Request, media_type: MediaType) -> Response {
    // What the answer depended on is for a response cache, which this door has not.
    let (mut answer, _scope) = schema::execute(&app.schema, &app.library, request).await;
    let before_execution = is_before_execution(&answer);
    let status = match media_type {
        // The older type cannot be told from that of any proxy, so its status speaks of HTTP alone.
        MediaType::GraphqlResponse if before_execution => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    let body = if before_execution { without_data(&mut answer) } else { serde_json::to_vec(&answer) };
    match body {
        Ok(body) => {
            let mut response = reply(status, media_type, body);
            response.headers_mut().extend(std::mem::take(&mut answer.http_headers));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            refusal(&Refused::internal(), media_type)
        }
    }
}

/// Whether the question was refused as a whole, by parser or validation: then no error has a place in the data.
fn is_before_execution(answer: &Answer) -> bool {
    answer.data == Value::Null && !answer.errors.is_empty() && answer.errors.iter().all(|error| error.path.is_empty())
}

/// The errors of a question that was not executed: there is no `data`, and each error has a code.
fn without_data(answer: &mut Answer) -> serde_json::Result<Vec<u8>> {
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", "BAD_REQUEST");
        }
    }
    serde_json::to_vec(&serde_json::json!({ "errors": answer.errors }))
}

fn refusal(refused: &Refused, media_type: MediaType) -> Response {
    let mut response = reply(refused.status, media_type, refused.body());
    if refused.status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

fn reply(status: StatusCode, media_type: MediaType, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.header()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
