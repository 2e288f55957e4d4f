//! The keys that access tokens are signed by (签名密钥), in the library's own database so that all nodes share them
//! (docs/decisions/0014).
//!
//! Their private halves are in their table and in memory; they are in no log, no answer and no export.

mod rotate;

use std::fmt;
use std::sync::Arc;

use identity::Access;

use crate::changes::Action;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::SigningKeyId;
use crate::instant::Instant;
use crate::refusal::{Error, Result};
use crate::{Library, web};

/// A signing key.
pub struct SigningKey {
    /// Its identifier.
    pub id: SigningKeyId,
    /// When it was made.
    pub created_at: Instant,
    pair: Arc<identity::SigningKey>,
    /// What seals addresses of files that are not public.
    pub(crate) files: identity::Seal,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.id, self.created_at)
    }
}

impl Entry for SigningKey {
    type Id = SigningKeyId;
    const CHANGED_BY: &'static [Action] = &[Action::SigningKeyChanged];

    fn load() -> &'static Sql {
        // The newest first: it signs.
        static ALL: Sql = Sql::new("select id, created_at, seed from signing_key order by created_at desc, id desc");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        // What is wrong with it is not told: a message would show it.
        let damaged = || Error::Database("a signing key cannot be read".to_owned());
        let seed = row.text(2).and_then(from_hex).ok_or_else(damaged)?;
        let pair = identity::SigningKey::of_seed(&seed).map_err(|_| damaged())?;
        let files = identity::Seal::of_seed(&seed, "jiyue files 1");
        Ok(Self { id: row.get(0)?, created_at: row.get(1)?, pair: Arc::new(pair), files })
    }

    fn id(&self) -> SigningKeyId {
        self.id
    }
}

/// The 64 digits of a seed as bytes.
fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(seed)
}

impl Library {
    /// Who makes access tokens (`iss`): the public origin of this library's server.
    pub fn issuer(&self) -> String {
        web::origin(self.files_url())
    }

    /// What signs and verifies access tokens now.
    pub fn access(&self) -> Access {
        let directory = self.directory();
        Access::new(&self.issuer(), directory.signing_keys.all().iter().map(|key| key.pair.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_64_digits() {
        assert_eq!(from_hex(&"0f".repeat(32)), Some([15; 32]));
        for wrong in ["", "0f", &"0g".repeat(32), &"é".repeat(32)] {
            assert_eq!(from_hex(wrong), None, "{wrong}");
        }
    }
}
