//! Gives receipts the position of their withdrawal: it follows the change log.

use crate::Library;
use crate::changes::{Change, Effect, Follower, Retry};
use crate::database::Sql;
use crate::id::ContentId;
use crate::refusal::Result;

/// The follower that finds withdrawals in the log.
pub struct Withdrawals {
    library: Library,
}

/// A receipt is of the withdrawal of its own moment; of two in one moment it is of the later.
static PLACE: Sql = Sql::new(
    "update withdrawal_receipt set position = $2
     where content_id in ids($1) and removed_at = $3 and (position is null or position < $2)",
);

impl Withdrawals {
    /// The follower of a library.
    pub fn of(library: Library) -> Self {
        Self { library }
    }

    async fn place(&self, change: &Change) -> Result<()> {
        let gone = change.subjects.iter().filter(|touch| touch.effect == Effect::Left);
        let gone: Vec<ContentId> = gone.filter_map(|touch| touch.subject.parse().ok()).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let mut transaction = self.library.database().begin().await?;
        transaction.run(&PLACE, &[gone.as_slice().into(), change.position.into(), change.at.into()]).await?;
        transaction.commit().await
    }
}

impl Follower for Withdrawals {
    const NAME: &'static str = "withdrawals";

    async fn follow(&mut self, batch: &[Change]) -> Result<(), Retry> {
        for change in batch {
            self.place(change).await.map_err(|error| Retry(error.to_string()))?;
        }
        Ok(())
    }
}
