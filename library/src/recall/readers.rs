//! How far systems have read that follow the change feed by a key (变更流读取进度): from which position they read last, for each
//! filter that they read by.
//!
//! It stands in no log and is written beside the read, which never waits for it, and only when the system has moved on.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::change_feed::ChangeFilter;
use crate::database::Sql;
use crate::id::ApiKeyId;
use crate::instant::Instant;
use crate::{Library, Position, Scope};

/// How many filters of a key are kept, those that were read by last.
const MOST_FILTERS: i64 = 20;
/// How many readers a node remembers; when there are more, it begins anew.
const MOST_KNOWN: usize = 10_000;
/// After which time a system that has not moved on is written down again, in microseconds.
const NOTED_EVERY: i64 = 3600 * 1_000_000;

/// From where each system was last written down to read, by this node.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<HashMap<(ApiKeyId, String), (Position, Instant)>>);

impl Readings {
    /// Whether a read is to be written down, and whether it is the first that this node knows of.
    fn is_due(&self, reader: &(ApiKeyId, String), position: Position, now: Instant) -> (bool, bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known.get(reader).copied();
        let due = last.is_none_or(|(from, at)| from != position || (now.0 - at.0).abs() >= NOTED_EVERY);
        if due {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            known.insert(reader.clone(), (position, now));
        }
        (due, last.is_none())
    }
}

static READ: Sql = Sql::new(
    "insert into feed_reader (api_key_id, digest, document, position, since, read_at) values ($1, $2, $3, $4, $5, $5)
     on conflict (api_key_id, digest) do update set position = excluded.position, read_at = excluded.read_at
       where feed_reader.read_at <= excluded.read_at",
);
static FORGET: Sql = Sql::new(
    "delete from feed_reader where api_key_id = $1 and digest not in
       (select k.digest from feed_reader k where k.api_key_id = $1 order by k.read_at desc, k.digest limit $2)",
);

impl Scope {
    /// Whoever asks reads the change feed from this position on: what came before, it has taken over. Of a system that brings a
    /// key that is kept; the answer does not depend on it.
    pub fn reads_feed_from(&self, position: Position, filter: &ChangeFilter) {
        if let Some(key) = self.key() {
            self.library().note_reading(key, position, filter);
        }
    }
}

impl Library {
    fn note_reading(&self, key: ApiKeyId, position: Position, filter: &ChangeFilter) {
        let Ok(document) = serde_json::to_string(filter) else { return };
        let digest: String = Sha256::digest(&document).iter().map(|byte| format!("{byte:02x}")).collect();
        let (reader, now) = ((key, digest), self.now());
        let (due, first) = self.readings().is_due(&reader, position, now);
        if !due {
            return;
        }
        let library = self.clone();
        tokio::spawn(async move {
            let params = [key.into(), reader.1.into(), document.into(), position.into(), now.into()];
            let noted = async {
                let mut transaction = library.database().begin().await?;
                transaction.run(&READ, &params).await?;
                if first {
                    transaction.run(&FORGET, &[key.into(), MOST_FILTERS.into()]).await?;
                }
                transaction.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(%error, "how far a system has read could not be written down");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_written_down_when_it_moves_on_and_once_an_hour() {
        let (readings, one) = (Readings::default(), (ApiKeyId(uuid::Uuid::nil()), "a".to_owned()));
        let other = (ApiKeyId(uuid::Uuid::nil()), "b".to_owned());
        assert_eq!(readings.is_due(&one, 7, Instant(0)), (true, true));
        assert_eq!(readings.is_due(&other, 7, Instant(0)), (true, true), "another filter is another reader");
        assert_eq!(readings.is_due(&one, 7, Instant(1)), (false, false));
        assert_eq!(readings.is_due(&one, 8, Instant(1)), (true, false));
        assert_eq!(readings.is_due(&one, 3, Instant(1)), (true, false), "it began anew");
        assert_eq!(readings.is_due(&one, 3, Instant(NOTED_EVERY)), (false, false));
        assert_eq!(readings.is_due(&one, 3, Instant(NOTED_EVERY + 1)), (true, false));
    }
}
