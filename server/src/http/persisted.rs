//! Questions that are asked by the hash of their text (automatic persisted queries), as common clients do it: by the hash alone,
//! and with the text once more if it is not known here.

use std::sync::Arc;

use axum::http::StatusCode;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::Refused;

/// What all kept texts may take.
const KEPT_BYTES: u64 = 8 * 1024 * 1024;
/// What a text takes beside its bytes.
const OVERHEAD: u64 = 128;

/// A SHA-256.
type Hash = [u8; 32];

/// What finds the text of a registered operation by its hash, as 64 hexadecimal digits.
type Registered = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The texts that were asked for by hash lately, as far as there is room, which each node keeps for itself; and those that are
/// registered.
pub struct Persisted {
    kept: Cache<Hash, Arc<str>, Bytes>,
    registered: Registered,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Hash, Arc<str>> for Bytes {
    fn weight(&self, _: &Hash, text: &Arc<str>) -> u64 {
        text.len() as u64 + OVERHEAD
    }
}

impl Default for Persisted {
    fn default() -> Self {
        Self::or(|_| None)
    }
}

/// The member `extensions`, as far as it is read here.
#[derive(Deserialize)]
struct Extensions {
    #[serde(rename = "persistedQuery")]
    persisted: Option<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    version: u64,
    #[serde(rename = "sha256Hash")]
    hash: String,
}

impl Persisted {
    /// Nothing is known but what is registered.
    pub fn or(registered: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { kept: Cache::with_weighter(2_000, KEPT_BYTES, Bytes), registered: Box::new(registered) }
    }

    /// The text of a question: `query` as it came, or what is kept or registered under the hash in `extensions` (an object, or null).
    ///
    /// # Errors
    /// Refuses a question that has neither, a malformed hash, one that is not known here and one of another text.
    pub fn text(&self, query: Option<String>, extensions: &str) -> Result<String, Refused> {
        let asked = serde_json::from_str::<Option<Extensions>>(extensions).map_err(|_| malformed())?;
        let Some(asked) = asked.and_then(|extensions| extensions.persisted) else {
            return query.ok_or_else(|| Refused::bad_request("`query` is missing."));
        };
        let hash =
            Some(&asked.hash).filter(|_| asked.version == 1).and_then(|hash| read(hash)).ok_or_else(malformed)?;
        let Some(query) = query else {
            let kept = self.kept.get(&hash).map(|text| text.to_string());
            return kept.or_else(|| (self.registered)(&asked.hash.to_ascii_lowercase())).ok_or_else(unknown);
        };
        if Hash::from(Sha256::digest(query.as_bytes())) != hash {
            return Err(Refused::bad_request("`sha256Hash` is not the SHA-256 of `query`."));
        }
        self.kept.insert(hash, query.as_str().into());
        Ok(query)
    }
}

fn malformed() -> Refused {
    Refused::bad_request(
        "`extensions.persistedQuery` has `version` 1 and `sha256Hash`, the SHA-256 of the query's text as 64 hexadecimal digits.",
    )
}

/// Clients look for the code and ask again with the text; it is no fault of anybody, so the status is 200.
fn unknown() -> Refused {
    let message = "This hash is not known here. Send the text with it once.";
    Refused::new(StatusCode::OK, "PERSISTED_QUERY_NOT_FOUND", message)
}

fn read(hex: &str) -> Option<Hash> {
    let digits = (hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(hex)?;
    let mut hash = Hash::default();
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{ position }";
    /// By sha256sum.
    const HASH: &str = "1a8e8298fae0904fde4e4d25f06c05190c33495eedcc6f775b8289fb775d66d7";

    fn extensions(hash: &str) -> String {
        serde_json::json!({"persistedQuery": {"version": 1, "sha256Hash": hash}}).to_string()
    }

    #[test]
    fn a_text_is_known_by_its_hash_once_it_was_sent_with_it() {
        let kept = Persisted::default();
        assert_eq!(kept.text(None, &extensions(HASH)), Err(unknown()));
        let again = "{ position  }";
        assert!(kept.text(Some(again.to_owned()), &extensions(HASH)).is_err(), "a hash of another text");
        assert_eq!(kept.text(None, &extensions(HASH)), Err(unknown()), "and nothing is kept of it");
        assert_eq!(kept.text(Some(TEXT.to_owned()), &extensions(&HASH.to_uppercase())).as_deref(), Ok(TEXT));
        assert_eq!(kept.text(None, &extensions(HASH)).as_deref(), Ok(TEXT));
        assert_eq!(kept.text(Some(again.to_owned()), "null").as_deref(), Ok(again), "without a hash, any text");
        let registered = Persisted::or(|hash| (hash == HASH).then(|| TEXT.to_owned()));
        assert_eq!(registered.text(None, &extensions(&HASH.to_uppercase())).as_deref(), Ok(TEXT));
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let kept = Persisted::default();
        let long = "é".repeat(32);
        for wrong in ["", "12", "zz", &long, &format!("{HASH}00"), &HASH.replacen('a', "+", 1)] {
            assert_eq!(kept.text(Some(TEXT.to_owned()), &extensions(wrong)), Err(malformed()), "{wrong}");
        }
        for wrong in [r#"{"persistedQuery": 1}"#, r#"{"persistedQuery": {"version": 2, "sha256Hash": ""}}"#] {
            assert_eq!(kept.text(Some(TEXT.to_owned()), wrong), Err(malformed()), "{wrong}");
        }
        for none in ["null", "{}", r#"{"persistedQuery": null, "tracing": true}"#] {
            assert_eq!(kept.text(Some(TEXT.to_owned()), none).as_deref(), Ok(TEXT));
            assert!(kept.text(None, none).is_err());
        }
    }
}
