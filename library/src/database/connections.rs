//! The connections to a PostgreSQL server: a pool, and before it what it has given out and is still at hand.
//!
//! The pool asks the server whether a connection lives when it gives it out and again when it takes it back, which are
//! two more round trips for each statement. So a connection that has answered stays at hand for the next reader, and
//! goes back to the pool, which looks after it, every few seconds and whenever anything went wrong.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::Measure;
use super::postgres::{self, fault};
use super::sql::Sql;
use super::value::{Row, Value};
use crate::refusal::{Error, Result};

/// How long a connection stays at hand before the pool looks after it.
const AT_HAND: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// `admin_shutdown`, `crash_shutdown` and `cannot_connect_now`: the server is going or gone.
const GONE: [&str; 3] = ["57P01", "57P02", "57P03"];

/// Connections for reads and deeds.
pub struct Connections {
    pool: PgPool,
    /// One place for each connection, so that nobody waits at the pool for what another has at hand.
    places: Arc<Semaphore>,
    at_hand: Mutex<Vec<Held>>,
    measure: Measure,
}

struct Held {
    connection: PoolConnection<Postgres>,
    /// Since when the pool has not looked after it, by the clock that measures; nothing while there is none.
    since: Option<Duration>,
}

/// A transaction and the place of its connection.
pub(crate) struct Deed {
    // Dropped before its place: who comes next finds the connection on its way back.
    pub(super) transaction: sqlx::Transaction<'static, Postgres>,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    /// Over a pool of at most `most` connections.
    pub(super) fn over(pool: PgPool, most: u32, measure: Measure) -> Self {
        Self { pool, places: Arc::new(Semaphore::new(most as usize)), at_hand: Mutex::default(), measure }
    }

    /// Reads what is committed now. Where a connection has gone since it last answered, another one is asked.
    pub(super) async fn rows(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        let _place = self.place().await?;
        while let Some(mut held) = self.take() {
            match postgres::fetch(&mut held.connection, sql, params).await {
                Ok(rows) => {
                    self.keep(held);
                    return postgres::read(&rows);
                }
                Err(error) if gone(&error) => {}
                Err(error) => return Err(fault(error)),
            }
        }
        let mut held = self.fresh().await?;
        let rows = postgres::fetch(&mut held.connection, sql, params).await.map_err(fault)?;
        self.keep(held);
        postgres::read(&rows)
    }

    /// Begins a transaction by `statement`.
    pub(super) async fn begin(&self, statement: String) -> Result<Deed> {
        let place = self.place().await?;
        // What is at hand may have gone, and a deed is not begun twice: the pool has looked at what it gives.
        drop(self.take());
        let Held { connection, .. } = self.fresh().await?;
        let statement = sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(statement));
        let transaction = sqlx::Transaction::begin(connection, Some(statement)).await.map_err(fault)?;
        Ok(Deed { transaction, _place: place })
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit> {
        let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        place.map_err(|_late| Error::TimedOut)?.map_err(|closed| Error::Database(closed.to_string()))
    }

    async fn fresh(&self) -> Result<Held> {
        let connection = self.pool.acquire().await.map_err(fault)?;
        Ok(Held { connection, since: self.measure.get().map(|clock| clock.elapsed()) })
    }

    /// The connection that answered last, if the pool need not look after it yet; those that it must go back to it.
    fn take(&self) -> Option<Held> {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(held) = at_hand.pop() {
            if self.is_fresh(&held) {
                return Some(held);
            }
        }
        None
    }

    fn is_fresh(&self, held: &Held) -> bool {
        let now = self.measure.get().map(|clock| clock.elapsed());
        now.zip(held.since).is_some_and(|(now, since)| now.saturating_sub(since) < AT_HAND)
    }

    fn keep(&self, held: Held) {
        if self.is_fresh(&held) {
            self.at_hand.lock().unwrap_or_else(PoisonError::into_inner).push(held);
        }
    }
}

fn gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(refused) => refused.code().is_some_and(|code| GONE.contains(&&*code)),
        _ => false,
    }
}
