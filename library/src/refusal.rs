//! What a deed or a read can answer besides success: a refusal (the user's business) or a fault (ours).

use serde::{Deserialize, Serialize};

/// Why something was refused; the codes are stable and part of the GraphQL contract (`UserErrorCode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    /// Something that must be given is missing.
    Required,
    /// What was given is not of the right form, or does not fit the rest.
    Invalid,
    /// What was given is longer than allowed.
    TooLong,
    /// What is named does not exist, or may not be seen.
    NotFound,
    /// The caller may see it, but not do this.
    NotAllowed,
    /// The record is in a state that does not allow this.
    WrongState,
    /// Somebody saved a newer revision in the meantime.
    StaleRevision,
    /// The gate before publication found something missing.
    GateRefused,
    /// Something with this key exists already.
    Duplicate,
    /// This would make a circle.
    Loop,
    /// Nobody is signed in, or not any more.
    Unauthenticated,
    /// The key that was to have the deed done once was used for another one.
    IdempotencyMismatch,
}

/// A refusal: nothing was written; the message says what is wrong and the path where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// The field of the input, outermost first; empty for the whole.
    pub path: Vec<String>,
    /// What is wrong, in Chinese, for the person at the desk.
    pub message: String,
    /// The same in English.
    pub english: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Box<Hint>>,
}

/// What somebody can do about a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// In Chinese, for the person at the desk.
    pub message: String,
    /// The same in English.
    pub english: String,
}

impl Refusal {
    /// A refusal of the field at `path` (`a.b` for nested fields).
    pub fn new(code: RefusalCode, path: &str, message: impl Into<String>, english: impl Into<String>) -> Self {
        let path = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { code, path, message: message.into(), english: english.into(), hint: None }
    }

    /// The same refusal with what to do about it.
    #[must_use]
    pub fn hinting(mut self, message: impl Into<String>, english: impl Into<String>) -> Self {
        self.hint = Some(Box::new(Hint { message: message.into(), english: english.into() }));
        self
    }

    /// What `path` names does not exist.
    pub fn not_found(path: &str) -> Self {
        Self::new(RefusalCode::NotFound, path, "不存在或不可见", "does not exist")
    }

    /// Something with this key exists already.
    pub fn duplicate(path: &str) -> Self {
        Self::new(RefusalCode::Duplicate, path, "已存在，不能重复", "exists already")
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}: {}", self.code, self.path.join("."), self.english)
    }
}

/// Why a deed or a read did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user's business: becomes data in a mutation's payload, or null in a read.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// Not done again: it was done before under the same key, with this outcome as JSON.
    #[error("it was done before")]
    Repeated(String),
    /// A unique key was taken while the deed ran; the deed that meets it says which field.
    #[error("a unique key is taken: {0}")]
    Taken(String),
    /// A record names another that is not there; the deed that meets it says which.
    #[error("a record names one that is not there")]
    Dangling,
    /// A statement ran or waited longer than it may, and was stopped; nothing of its deed was written.
    #[error("a statement took longer than it may")]
    TimedOut,
    /// The database did not do what was asked of it.
    #[error("database: {0}")]
    Database(String),
    /// The object store did not do what was asked of it.
    #[error("object store: {0}")]
    Files(#[from] object_store::Error),
    /// A stored record cannot be read: written by newer code, or damaged.
    #[error("a stored record cannot be read: {0}")]
    Record(#[from] serde_json::Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What deeds and reads answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;
