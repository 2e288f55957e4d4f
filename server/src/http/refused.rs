//! What the door itself refuses, in the shape of a GraphQL answer.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A request that the door does not pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Refused {
    /// The request is not of the right form.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "BAD_REQUEST", message: message.into() }
    }

    /// There is nothing here, or nothing that may be seen.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "NOT_FOUND", message: message.into() }
    }

    /// Our own fault, which is in the log.
    pub fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "INTERNAL",
            message: "The server could not answer. The operator finds the reason in its log.".to_owned(),
        }
    }

    /// The answer's body.
    pub fn body(&self) -> Vec<u8> {
        let error = serde_json::json!({ "message": self.message, "extensions": { "code": self.code } });
        serde_json::json!({ "errors": [error] }).to_string().into_bytes()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, self.body()).into_response()
    }
}
