//! Making a new signing key (jiyue keys rotate), and the first one.

use std::fmt::Write as _;

use super::SigningKey;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, SigningKeyId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, Who};

/// How long an older key still verifies, in microseconds: longer than any token lives.
const VERIFIES: i64 = (identity::LIFE_SECONDS + 2 * identity::LEEWAY_SECONDS) * 1_000_000;

static INSERT: Sql = Sql::new("insert into signing_key (id, created_at, seed) values ($1, $2, $3)");
static DELETE: Sql = Sql::new("delete from signing_key where id = $1");

impl Library {
    /// Makes a new signing key. From now on it signs; the one before verifies what it has signed, and those that a newer
    /// key replaced longer ago than a token lives are gone.
    ///
    /// # Errors
    /// Refuses a caller who is no program.
    pub async fn rotate_signing_key(&self, caller: &Caller) -> Result<Position> {
        if caller.who != Who::Program {
            return Err(Refusal::not_found("").into());
        }
        let mut work = self.begin(caller, Action::SigningKeyChanged).await?;
        let directory = work.directory.clone();
        let keys: &[std::sync::Arc<SigningKey>] = directory.signing_keys.all();
        for pair in keys.windows(2) {
            let (newer, older) = (&pair[0], &pair[1]);
            if work.at.0 - newer.created_at.0 > VERIFIES {
                work.run(&DELETE, &[older.id.into()]).await?;
                work.record(AnyId::SigningKeyId(older.id), Effect::Left);
            }
        }
        let mut seed = String::with_capacity(64);
        for byte in self.clock().random().into_iter().chain(self.clock().random()) {
            let _ = write!(seed, "{byte:02x}");
        }
        let id = SigningKeyId(self.new_id());
        work.run(&INSERT, &[id.into(), work.at.into(), seed.into()]).await?;
        work.record(AnyId::SigningKeyId(id), Effect::Entered);
        work.list(List::All("signing_keys"));
        commit(work).await
    }

    /// Makes the first signing key where there is none.
    pub(crate) async fn require_signing_key(&self) -> Result<()> {
        if self.directory().signing_keys.all().is_empty() {
            self.refresh().await?;
        }
        if self.directory().signing_keys.all().is_empty() {
            self.rotate_signing_key(&Caller::program("sign-in")).await?;
        }
        Ok(())
    }
}
