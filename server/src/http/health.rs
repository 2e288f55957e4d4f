//! Whether the process lives, and whether it can answer.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::App;

/// The longest time that the database may take to be called ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: the process lives.
pub async fn alive() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok").into_response()
}

/// `/readyz`: the database answers.
pub async fn ready(State(app): State<App>) -> Response {
    let (status, word) = match tokio::time::timeout(PATIENCE, app.library.newest_position()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Err(_) => {
            tracing::warn!("not ready: the database takes too long");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({ "status": word }))).into_response()
}
