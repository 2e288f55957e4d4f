//! What is not answered, in the shape of a GraphQL answer: code, sentence, place, limit.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use super::told::Code;

/// A request that the door does not pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The limit that was exceeded: its name, and the most it allows.
    pub limit: Option<(&'static str, u64)>,
}

impl Refused {
    /// A refusal with its status, code and sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), limit: None }
    }

    /// The request is not of the right form.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// There is nothing here, or nothing that may be seen.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// The request is larger than `name` allows.
    pub fn exceeded(status: StatusCode, name: &'static str, most: u64) -> Self {
        let message = format!("The limit on {} is {most}; this request is larger.", name.replace('_', " "));
        Self { limit: Some((name, most)), ..Self::new(status, "LIMIT_EXCEEDED", message) }
    }

    /// The answer is longer than `name` allows.
    pub fn too_long(name: &'static str, most: u64) -> Self {
        let message =
            format!("The limit on {} is {most}; this answer has more. Ask for less at once.", name.replace('_', " "));
        Self { limit: Some((name, most)), ..Self::new(StatusCode::OK, "LIMIT_EXCEEDED", message) }
    }

    /// The answer took longer than it may.
    pub fn timed_out() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", "The request took too long; ask for less at once.")
    }

    /// Our own fault, which is in the log.
    pub fn internal() -> Self {
        let message = "The server could not answer. The operator finds the reason in its log.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    /// The error as it stands in an answer.
    pub fn error(&self) -> Json {
        let mut extensions = json!({ "code": self.code });
        if let Some((name, most)) = self.limit {
            extensions["limit"] = json!({ "name": name, "most": most });
        }
        json!({ "message": self.message, "extensions": extensions })
    }

    /// The answer's body.
    pub fn body(&self) -> Vec<u8> {
        json!({ "errors": [self.error()] }).to_string().into_bytes()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let headers =
            [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "private, no-store")];
        let mut response = (self.status, headers, self.body()).into_response();
        // For the line in the log.
        response.extensions_mut().insert(Code(self.code));
        response
    }
}

/// The errors of a question that breaks a rule of the language, a type or a limit.
pub fn errors(refusals: &[operation::Refusal]) -> Vec<Json> {
    refusals
        .iter()
        .map(|refusal| {
            let code: &str = refusal.code.into();
            let mut extensions = json!({ "code": code });
            if let Some(path) = &refusal.path {
                extensions["path"] = path.split('.').collect();
            }
            if let Some(exceeded) = refusal.exceeded {
                extensions["limit"] =
                    json!({ "name": exceeded.limit.name(), "most": exceeded.most, "found": exceeded.found });
            }
            let mut error = json!({ "message": refusal.message, "extensions": extensions });
            if !refusal.places.is_empty() {
                let places = refusal.places.iter().map(|at| json!({ "line": at.line, "column": at.column }));
                error["locations"] = places.collect();
            }
            error
        })
        .collect()
}
