//! Following the log: every change takes away what it can alter.
//!
//! Nothing of this is written down: a node that starts begins with an empty cache at the position that it finds.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use library::changes::Change;
use library::{Library, Position, Result};
use tokio::sync::watch;

use super::Cache;
use super::marks::Turn;

/// How many changes are read at once.
const BATCH: i64 = 200;
/// What they may have touched together.
const MOST_SUBJECTS: i64 = 50_000;

impl Cache {
    /// Passes every change up to `position`, if it has not yet.
    ///
    /// # Errors
    /// When the log cannot be read: then nothing that is kept may be answered.
    pub async fn catch_up(&self, library: &Library, position: Position) -> Result<()> {
        if !self.is_on() || self.position() >= position {
            return Ok(());
        }
        let _one_at_a_time = self.following.lock().await;
        while self.position() < position {
            let batch = library.changes_within(self.position(), BATCH, MOST_SUBJECTS).await?;
            if batch.is_empty() {
                break;
            }
            batch.iter().for_each(|change| self.pass(change));
        }
        Ok(())
    }

    /// Passes one change.
    fn pass(&self, change: &Change) {
        let turn = Turn::of(change);
        let mut shelf = self.shelf();
        if change.position <= self.position() {
            return;
        }
        let begun = Instant::now();
        let evicted = shelf.follow(&self.found, turn);
        self.counts.evicted(evicted, begun.elapsed());
        self.counts.hold(shelf.answers(), shelf.bytes());
        // Whoever sees this position finds nothing any more that the change altered.
        self.position.store(change.position, Ordering::Release);
    }

    /// How many answers the change at `position` took away, if it is one of the last.
    pub fn evicted(&self, position: Position) -> Option<u64> {
        self.shelf().recent().evicted(position)
    }

    /// Follows until it is stopped: woken by what this node notices, which comes with the directory.
    pub async fn follow(&self, library: &Library, mut stopped: watch::Receiver<bool>) {
        if !self.is_on() {
            return;
        }
        let mut commits = library.commits();
        let mut health = crate::followers::Health::of("response cache");
        loop {
            let noticed = *commits.borrow_and_update();
            let failed = health.told(self.catch_up(library, noticed).await).is_none();
            let next = async {
                if failed {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                } else if commits.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                () = next => {}
            }
        }
    }
}
