//! `/.well-known/jwks.json`: the public keys that access tokens are verified by, for others who are shown one.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::{App, Refused};

/// The keys as a JWK set (RFC 7517). A new key is used at once, so nobody keeps the set for long.
pub async fn set(State(app): State<App>) -> Response {
    match serde_json::to_vec(&app.library.access().published()) {
        Ok(body) => {
            let headers =
                [(header::CONTENT_TYPE, "application/jwk-set+json"), (header::CACHE_CONTROL, "public, max-age=60")];
            (headers, body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the keys could not be written");
            Refused::internal().into_response()
        }
    }
}
