//! What a request says of itself when its document is plain, and how long its answer may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{ErrorExtensionValues, Name, Response, ServerError, Value};

use crate::written;

/// How many fields are answered before others may work: often enough for a time-out, and seldom enough to cost nothing.
const STRETCH: u64 = 2048;

/// Data of a request whose document is plain: no fragments by name, no directives, no variables, and each response key
/// once among the fields of an object. No extension sees its fields.
#[derive(Debug, Clone)]
pub struct Plain(Arc<Room>);

#[derive(Debug)]
struct Room {
    most_bytes: u64,
    most_fields: u64,
    bytes: AtomicU64,
    fields: AtomicU64,
}

impl Plain {
    /// A request whose answer has at most so many bytes, and so many fields of all its objects.
    pub fn within(most_bytes: u64, most_fields: u64) -> Self {
        let (bytes, fields) = (AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Room { most_bytes, most_fields, bytes, fields }))
    }

    /// A request whose answer has no bounds.
    pub fn unbounded() -> Self {
        Self::within(u64::MAX, u64::MAX)
    }

    /// Counts the fields of an object; whether others should work for a moment now.
    ///
    /// # Errors
    /// When they are too many.
    pub(crate) fn count(&self, fields: usize) -> Result<bool, ServerError> {
        let (before, fields) = (self.0.fields.fetch_add(fields as u64, Ordering::Relaxed), fields as u64);
        let now = before.saturating_add(fields);
        if now > self.0.most_fields {
            return Err(self.too_many());
        }
        Ok(before / STRETCH < now / STRETCH)
    }

    fn too_many(&self) -> ServerError {
        let most = self.0.most_fields;
        let limit = [("name", Value::from("values")), ("most", Value::from(most))];
        let limit = limit.map(|(name, value)| (Name::new(name), value));
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", "LIMIT_EXCEEDED");
        extensions.set("limit", Value::Object(limit.into()));
        let message = format!("The limit on values is {most}; this answer has more. Ask for shorter lists.");
        ServerError { extensions: Some(extensions), ..ServerError::new(message, None) }
    }

    /// Takes room for bytes that are written; whether there was enough.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.0.most_bytes
    }

    /// The body of an answer; nothing for one that is longer than it may be, which was not made to its end.
    ///
    /// # Errors
    /// Those of the JSON library, which has none for what an answer holds.
    pub fn body(&self, response: &Response) -> serde_json::Result<Option<Vec<u8>>> {
        if self.0.bytes.load(Ordering::Relaxed) > self.0.most_bytes {
            return Ok(None);
        }
        let body = written::body(response)?;
        Ok(Some(body).filter(|body| body.len() as u64 <= self.0.most_bytes))
    }
}
