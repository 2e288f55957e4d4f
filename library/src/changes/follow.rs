//! Followers: what reads the log from its own cursor and keeps something up to date.

use std::time::Duration;

use super::{Change, Position};
use crate::Library;
use crate::database::{Sql, Value};
use crate::refusal::Result;

/// Why a follower could not process a batch; it is asked again with the same one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Retry(pub String);

/// What follows the change log. It is idempotent: a crash, a replay or a duplicate does no harm.
pub trait Follower: Send {
    /// The name under which its cursor is kept.
    const NAME: &'static str;

    /// Takes the next changes, in order and without gaps.
    fn follow(&mut self, batch: &[Change]) -> impl Future<Output = Result<(), Retry>> + Send;
}

const BATCH: i64 = 200;
/// What the changes of a batch may touch together: they are in memory.
const MOST_SUBJECTS: i64 = 50_000;
const TRIES: u32 = 5;

static CURSOR: Sql = Sql::new("select position from follower where name = $1");
static CURSORS: Sql = Sql::new("select name, position from follower order by name");
/// Of two nodes that follow at once, the slower never moves the cursor back.
static MOVE: Sql = Sql::new(
    "insert into follower (name, position, parked) values ($1, $2, $3)
     on conflict (name) do update set
       position = case when excluded.position > follower.position then excluded.position else follower.position end,
       parked = coalesce(follower.parked || '\n' || excluded.parked, excluded.parked, follower.parked)",
);

impl Library {
    /// How far the follower `name` has read.
    pub async fn follower_position(&self, name: &str) -> Result<Position> {
        let rows = self.database().rows(&CURSOR, &[name.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }

    /// How far every follower has read that began to, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follower_positions(&self) -> Result<Vec<(String, Position)>> {
        let rows = self.database().rows(&CURSORS, &[]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// What follows the log in its own way under this name has passed everything up to `position`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follower_passed(&self, name: &str, position: Position) -> Result<()> {
        self.move_follower(name, position, None).await
    }

    /// Gives `follower` everything that it has not read yet; answers its position. An entry that it cannot
    /// process is tried again with growing delay, then parked with an alarm, and the rest goes on.
    pub async fn feed<F: Follower>(&self, follower: &mut F) -> Result<Position> {
        let mut position = self.follower_position(F::NAME).await?;
        loop {
            let batch = self.changes_within(position, BATCH, MOST_SUBJECTS).await?;
            let Some(last) = batch.last().map(|change| change.position) else { return Ok(position) };
            if follower.follow(&batch).await.is_ok() {
                self.move_follower(F::NAME, last, None).await?;
            } else {
                for change in &batch {
                    let parked = self.insist(follower, change).await;
                    self.move_follower(F::NAME, change.position, parked).await?;
                }
            }
            position = last;
        }
    }

    /// Runs `follower` until the library closes: woken by every commit of this process, by a timer otherwise.
    pub async fn run_follower<F: Follower>(&self, mut follower: F, every: Duration) {
        let mut committed = self.commits();
        loop {
            if let Err(error) = self.feed(&mut follower).await {
                tracing::error!(follower = F::NAME, %error, "the follower waits for the database");
            }
            if let Ok(Err(_)) = tokio::time::timeout(every, committed.changed()).await {
                return;
            }
        }
    }

    /// Tries one entry several times; answers what to park, if it never went through.
    async fn insist<F: Follower>(&self, follower: &mut F, change: &Change) -> Option<String> {
        let mut delay = Duration::from_millis(20);
        for tried in 1..=TRIES {
            match follower.follow(std::slice::from_ref(change)).await {
                Ok(()) => return None,
                Err(error) if tried == TRIES => {
                    tracing::error!(follower = F::NAME, position = change.position, %error, "an entry was parked");
                    return Some(format!("{}: {error}", change.position));
                }
                Err(_) => tokio::time::sleep(delay).await,
            }
            delay *= 2;
        }
        None
    }

    async fn move_follower(&self, name: &str, position: Position, parked: Option<String>) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        transaction.run(&MOVE, &[name.into(), position.into(), Value::from(parked)]).await?;
        transaction.commit().await
    }
}
