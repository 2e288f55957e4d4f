//! Whether a request comes from the operator, and what a production server hides from everybody else.
//!
//! This room knows the key by its digest alone, and decides nothing but yes or no.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, header};
use sha2::{Digest as _, Sha256};

/// The header in which the operator sends the key.
pub const HEADER: HeaderName = HeaderName::from_static("jiyue-operator-key");

/// Whether the server is for those who build with it, or for the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Introspection, playground, suggestions, explanations and metrics are open to everybody.
    Development,
    /// They are open to the operator alone.
    Production,
}

impl Mode {
    /// The mode of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "development" => Some(Self::Development),
            "production" => Some(Self::Production),
            _ => None,
        }
    }
}

/// The operator's key, kept as a digest.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorKey([u8; 32]);

impl OperatorKey {
    /// The fewest characters of a key.
    pub const SHORTEST: usize = 32;

    /// The key of this text; none if it is too short or cannot stand in a header.
    pub fn of(text: &str) -> Option<Self> {
        let fits = text.len() >= Self::SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(Sha256::digest(text).into()))
    }

    /// Whether `given` is the key, in a time that does not tell how much of it is right.
    fn is(&self, given: &[u8]) -> bool {
        let given: [u8; 32] = Sha256::digest(given).into();
        self.0.iter().zip(given).fold(0, |different, (a, b)| different | (a ^ b)) == 0
    }
}

impl fmt::Debug for OperatorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorKey(not shown)")
    }
}

/// Whether the asker may see what is for the operator; a request extension. In development everybody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator(pub bool);

impl Operator {
    /// Decides about a request with these headers.
    pub fn of(mode: Mode, key: Option<&OperatorKey>, headers: &HeaderMap) -> Self {
        let has_key = || {
            let given = headers.get(HEADER)?.as_bytes();
            Some(key?.is(given))
        };
        Self(mode == Mode::Development || has_key().unwrap_or(false))
    }

    /// The same, or yes to who sends the key as a bearer token: what collectors of metrics can do.
    pub fn or_bearer(self, key: Option<&OperatorKey>, headers: &HeaderMap) -> Self {
        let bears_key = || {
            let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
            Some(scheme.eq_ignore_ascii_case("bearer") && key?.is(token.trim().as_bytes()))
        };
        Self(self.0 || bears_key().unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::IntoHeaderName;

    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn headers(name: impl IntoHeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header"));
        headers
    }

    #[test]
    fn only_the_key_opens_production() {
        let key = OperatorKey::of(KEY).expect("long enough");
        let ask = |mode, key, headers: &HeaderMap| Operator::of(mode, key, headers).0;
        assert!(ask(Mode::Development, None, &HeaderMap::new()));
        assert!(!ask(Mode::Production, None, &HeaderMap::new()));
        assert!(!ask(Mode::Production, Some(&key), &HeaderMap::new()));
        assert!(ask(Mode::Production, Some(&key), &headers(HEADER, KEY)));
        assert!(!ask(Mode::Production, Some(&key), &headers(HEADER, &KEY[1..])));
        assert!(!ask(Mode::Production, Some(&key), &headers(HEADER, "")));
        assert!(!ask(Mode::Production, None, &headers(HEADER, KEY)), "no key is no key that fits");
        let bearer = headers("authorization", &format!("Bearer {KEY}"));
        assert!(!ask(Mode::Production, Some(&key), &bearer));
        assert!(Operator(false).or_bearer(Some(&key), &bearer).0);
        assert!(!Operator(false).or_bearer(Some(&key), &headers("authorization", "Bearer x")).0);
        assert!(!Operator(false).or_bearer(None, &bearer).0);
    }

    #[test]
    fn a_key_is_long_and_never_shown() {
        assert!(OperatorKey::of(&KEY[1..]).is_none());
        assert!(OperatorKey::of(&format!("{KEY} ")).is_none());
        assert!(!format!("{:?}", OperatorKey::of(KEY)).contains("0123"));
    }
}
