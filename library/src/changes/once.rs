//! Doing a deed once (`Idempotency-Key`): its outcome is kept for a day beside what it did, in its own transaction.
//!
//! A repeat of an account's key is not done again and answers the kept outcome. What was refused did nothing and keeps
//! nothing, so it may be tried again under the same key.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::database::{Sql, Transaction};
use crate::id::AccountId;
use crate::instant::Instant;
use crate::refusal::{Error, Refusal, RefusalCode, Result};

/// How long an outcome is kept, in microseconds.
const KEPT: i64 = 24 * 3600 * 1_000_000;

/// Under which key a deed is done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// What the client chose, with the place of the deed in its document.
    pub key: String,
    /// A digest of the deed and all that it was given: another one under the same key is refused.
    pub digest: String,
}

impl Once {
    /// A key for the deed that `asked` describes whole, without secrets.
    pub fn new(key: String, asked: &str) -> Self {
        Self { key, digest: Sha256::digest(asked).iter().map(|byte| format!("{byte:02x}")).collect() }
    }

    /// The key for one of many deeds that were asked for together.
    pub(super) fn part(&self, number: usize) -> Self {
        Self { key: format!("{}\u{1f}{number}", self.key), digest: self.digest.clone() }
    }
}

/// A key that a deed has taken.
pub(super) struct Taken {
    account: AccountId,
    once: Once,
}

static FORGET: Sql = Sql::new("delete from deed_outcome where at < $1");
static TAKE: Sql = Sql::new(
    "insert into deed_outcome (account_id, key, digest, at) values ($1, $2, $3, $4) on conflict (account_id, key) do nothing",
);
static KEPT_OUTCOME: Sql = Sql::new("select digest, outcome from deed_outcome where account_id = $1 and key = $2");
static KEEP: Sql = Sql::new("update deed_outcome set outcome = $3 where account_id = $1 and key = $2");

impl Taken {
    /// Takes a key for the deed that begins.
    ///
    /// # Errors
    /// [`Error::Repeated`] with the outcome of the deed that had it, and a refusal if that was another deed.
    pub(super) async fn take(
        transaction: &mut Transaction,
        account: AccountId,
        once: &Once,
        at: Instant,
    ) -> Result<Self> {
        transaction.run(&FORGET, &[(at.0 - KEPT).into()]).await?;
        let params = [account.into(), (&once.key).into(), (&once.digest).into(), at.into()];
        // Who is at the same deed now is waited for: its key is free again if it is refused.
        if transaction.run(&TAKE, &params).await? == 1 {
            return Ok(Self { account, once: once.clone() });
        }
        let rows = transaction.rows(&KEPT_OUTCOME, &params[..2]).await?;
        let row = rows.first().ok_or_else(|| Error::Database("a key is taken by no deed".to_owned()))?;
        if row.text(0) != Some(&once.digest) {
            let (message, english) = ("此幂等键已用于另一操作", "this key was used for another deed");
            let refusal = Refusal::new(RefusalCode::IdempotencyMismatch, "", message, english);
            let hint = ("请为每次操作使用新的 Idempotency-Key", "use a new Idempotency-Key for each deed");
            return Err(refusal.hinting(hint.0, hint.1).into());
        }
        Err(Error::Repeated(row.text(1).unwrap_or("null").to_owned()))
    }

    /// Keeps what came of the deed.
    pub(super) async fn keep(&self, transaction: &mut Transaction, outcome: &impl Serialize) -> Result<()> {
        let outcome = serde_json::to_string(outcome)?;
        let params = [self.account.into(), (&self.once.key).into(), outcome.into()];
        transaction.run(&KEEP, &params).await?;
        Ok(())
    }
}
