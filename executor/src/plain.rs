//! What a request says of itself when its document is plain, and how long its answer may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::Response;

use crate::written;

/// Data of a request whose document is plain: no fragments by name, no directives, no variables, and each response key
/// once among the fields of an object. No extension sees its fields. Answers to other requests are made as the library
/// makes them.
#[derive(Debug, Clone)]
pub struct Plain(Arc<Room>);

#[derive(Debug)]
struct Room {
    most: u64,
    taken: AtomicU64,
}

impl Plain {
    /// A request whose answer has at most so many bytes.
    pub fn within(most: u64) -> Self {
        Self(Arc::new(Room { most, taken: AtomicU64::new(0) }))
    }

    /// Takes room for bytes that are written; whether there was enough.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        self.0.taken.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.0.most
    }

    /// The body of an answer; nothing for one that is longer than it may be, which was not made to its end.
    ///
    /// # Errors
    /// Those of the JSON library, which has none for what an answer holds.
    pub fn body(&self, response: &Response) -> serde_json::Result<Option<Vec<u8>>> {
        if self.0.taken.load(Ordering::Relaxed) > self.0.most {
            return Ok(None);
        }
        written::body_within(response, self.0.most)
    }
}
