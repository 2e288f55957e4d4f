//! The id that a request has in its answer, in every line of the log and in the errors that are our own fault.
//!
//! A trusted proxy may give it, so that one request has one id on its whole way; from anybody else it is not taken.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header of the id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of an id that is given.
const LONGEST: usize = 128;

/// The id of a request; a request extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id that the headers give, if whoever sends them is trusted and it is a plain word; else a new one.
    pub fn of(headers: &HeaderMap, trusted: bool) -> Self {
        let given = if trusted { headers.get(HEADER).and_then(|value| value.to_str().ok()) } else { None };
        match given.filter(|given| is_plain(given)) {
            Some(given) => Self(given.into()),
            None => Self::next(),
        }
    }

    /// A new one: what is drawn once for the process, and counted on from there. It need not be guessed hard, only be unique.
    fn next() -> Self {
        static FIRST: LazyLock<(u64, AtomicU64)> = LazyLock::new(|| {
            let [process, first] = [drawn(), drawn()];
            (process, AtomicU64::new(first))
        });
        let (process, next) = &*FIRST;
        let number = next.fetch_add(1, Ordering::Relaxed);
        Self(format!("{process:016x}{number:016x}").into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as the value of a header.
    pub fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn drawn() -> u64 {
    let mut bytes = [0; 8];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::warn!(%error, "the system has no random numbers; the ids of requests are those of other processes, too");
    }
    u64::from_be_bytes(bytes)
}

fn is_plain(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:=/+".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_from_the_trusted_and_only_if_it_is_plain() {
        let of = |value: &str, trusted| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, value.parse().expect("a header"));
            RequestId::of(&headers, trusted).as_str().to_owned()
        };
        assert_eq!(of("abc-123", true), "abc-123");
        assert_eq!(of(&"a".repeat(128), true), "a".repeat(128));
        for (value, trusted) in
            [("abc-123", false), ("", true), ("a b", true), ("a\"b", true), (&"a".repeat(129), true)]
        {
            let made = of(value, trusted);
            assert!(made != value && made.len() == 32 && is_plain(&made), "{value}");
        }
        assert_ne!(RequestId::next(), RequestId::next());
    }
}
