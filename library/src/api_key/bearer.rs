//! Which system brings a key: it and its account are looked up at each request, so that revoking acts at once. When a key
//! is used, that is written down now and then, beside the request that uses it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use identity::Opaque;

use super::ApiKey;
use crate::changes::KeyKind;
use crate::database::Sql;
use crate::id::ApiKeyId;
use crate::instant::Instant;
use crate::refusal::Result;
use crate::session::not_signed_in;
use crate::{Caller, Library};

/// How long a use is not written down again, in microseconds.
const NOTED_EVERY: i64 = 60 * 1_000_000;

/// When each key was last written down as used by this node.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<ApiKeyId, Instant>>);

impl Uses {
    /// Whether a use at `now` is to be written down.
    fn is_due(&self, id: ApiKeyId, now: Instant) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = known.get(&id).is_none_or(|last| (now.0 - last.0).abs() >= NOTED_EVERY);
        if due {
            known.insert(id, now);
        }
        due
    }
}

static USED: Sql = Sql::new(
    "insert into api_key_use (api_key_id, used_at) values ($1, $2)
     on conflict (api_key_id) do update set used_at = excluded.used_at where excluded.used_at > api_key_use.used_at",
);

impl Library {
    /// The system that brings this key.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a key that is not there, not valid any more, or of a disabled account: which of them it was is
    /// not told.
    pub(crate) async fn caller_of_key(&self, token: &Opaque) -> Result<Caller> {
        let digest = token.digest();
        if self.directory().api_keys.by_key(KeyKind::ApiKey, &digest).is_none() {
            // It may have been made on another node a moment ago.
            self.refresh().await?;
        }
        let (directory, now) = (self.directory(), self.now());
        let valid = |key: &&std::sync::Arc<ApiKey>| {
            key.is_valid(now) && directory.accounts.get(key.account).is_some_and(|account| account.is_active())
        };
        let key = directory.api_keys.by_key(KeyKind::ApiKey, &digest).filter(valid).ok_or_else(not_signed_in)?;
        self.note_use(key.id, now);
        Ok(Caller::of_key(key.account, key.id))
    }

    /// Writes down that a key is used. Nobody waits for it: deeds may hold the writer for long.
    fn note_use(&self, id: ApiKeyId, now: Instant) {
        if !self.key_uses().is_due(id, now) {
            return;
        }
        let library = self.clone();
        tokio::spawn(async move {
            let noted = async {
                let mut transaction = library.database().begin().await?;
                transaction.run(&USED, &[id.into(), now.into()]).await?;
                transaction.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(%error, "the use of a key could not be written down");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_down_once_a_minute() {
        let (uses, one, other) = (Uses::default(), ApiKeyId(uuid::Uuid::nil()), ApiKeyId(uuid::Uuid::max()));
        assert!(uses.is_due(one, Instant(0)) && uses.is_due(other, Instant(0)));
        assert!(!uses.is_due(one, Instant(NOTED_EVERY - 1)));
        assert!(uses.is_due(one, Instant(NOTED_EVERY)));
        assert!(!uses.is_due(one, Instant(NOTED_EVERY + 1)));
    }
}
