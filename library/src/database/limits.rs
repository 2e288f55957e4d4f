//! How long statements may take, and when the one that runs on a SQLite connection must have ended.
//!
//! This room measures by the clock that it is given and knows no table and no rule.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::Connection;

use super::sqlite::fault;
use crate::Clock;
use crate::refusal::Result;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// A statement of a read.
    pub read: Duration,
    /// A statement of a deed, its waiting included.
    pub deed: Duration,
    /// The waiting for somebody else's lock.
    pub wait: Duration,
}

impl Limits {
    /// The limits that go with that of a read.
    pub fn of(read: Duration) -> Self {
        Self { read, deed: read * 6, wait: read * 2 }
    }
}

/// The clock that all connections of a database are measured by, once there is one.
pub(super) type Measure = Arc<OnceLock<Arc<dyn Clock>>>;

/// How many steps of its virtual machine SQLite goes between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 1_000;

/// No limit.
const NEVER: u64 = u64::MAX;

/// A connection whose statements are stopped when their time is over.
pub(super) struct Watched {
    pub connection: Connection,
    measure: Measure,
    /// In microseconds of the clock.
    until: Arc<AtomicU64>,
}

impl Watched {
    /// Watches over a connection.
    pub fn over(connection: Connection, measure: &Measure) -> Result<Self> {
        let until = Arc::new(AtomicU64::new(NEVER));
        let (clock, deadline) = (measure.clone(), until.clone());
        let over = move || {
            let until = deadline.load(Ordering::Relaxed);
            until != NEVER && clock.get().is_some_and(|clock| micros(clock.elapsed()) > until)
        };
        connection.progress_handler(STEPS, Some(over)).map_err(fault)?;
        Ok(Self { connection, measure: measure.clone(), until })
    }

    /// Runs `work` on the connection; what it runs is stopped after `limit`.
    pub fn within<T>(&self, limit: Duration, work: impl FnOnce(&Connection) -> T) -> T {
        let until = self.measure.get().map_or(NEVER, |clock| micros(clock.elapsed() + limit));
        self.until.store(until, Ordering::Relaxed);
        let answer = work(&self.connection);
        self.until.store(NEVER, Ordering::Relaxed);
        answer
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(NEVER - 1)
}
