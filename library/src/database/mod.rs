//! The two databases behind one small surface: statements, parameters, rows, transactions.
//!
//! This room knows no table and no rule. SQLite runs in the calling thread, PostgreSQL over a pool
//! (`docs/decisions/0003-one-statement-two-executors.md`).

mod connections;
mod limits;
mod postgres;
mod scratch;
mod sql;
mod sqlite;
mod value;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connections::{Connections, Deed};
use limits::{Limits, Measure};
pub use scratch::Scratch;
pub use sql::Sql;
pub use value::{FromCell, Row, Value};

use crate::Clock;
use crate::refusal::Result;

/// Which engine serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, in the process.
    Sqlite,
    /// A server, for several nodes.
    Postgres,
}

/// An open database, made by the migrations.
pub enum Database {
    /// One file.
    Sqlite(sqlite::Sqlite),
    /// A server.
    Postgres(Pools),
}

/// The connections to a server.
pub struct Pools {
    /// For reads and deeds.
    all: Connections,
    /// For the directory, which deeds wait for while they hold a connection of their own.
    aside: Connections,
    limits: Limits,
    /// The clock by which it is told how long a connection was at hand.
    measure: Measure,
}

/// How long a statement of a read may take where nobody says otherwise.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

static NOTIFY: Sql = Sql::new("select pg_notify('jiyue_change', $1) is null");

impl Database {
    /// Opens `sqlite://PATH` or `postgres://...` with at most `connections` to a server.
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        Self::open_with(url, connections, STATEMENT_TIMEOUT).await
    }

    /// The same with a limit of its own: a statement of a read that takes longer is stopped and answered
    /// [`Error::TimedOut`](crate::Error::TimedOut). Deeds, which wait for one another, have six times as long.
    pub async fn open_with(url: &str, connections: u32, statement_timeout: Duration) -> Result<Self> {
        let limits = Limits::of(statement_timeout);
        match url.strip_prefix("sqlite://") {
            Some(path) => Ok(Self::Sqlite(sqlite::Sqlite::open(&PathBuf::from(path), limits)?)),
            None => {
                let measure = Measure::default();
                Ok(Self::Postgres(Pools {
                    all: postgres::open(url, connections, limits, measure.clone()).await?,
                    aside: postgres::open_aside(url, limits, measure.clone())?,
                    limits,
                    measure,
                }))
            }
        }
    }

    /// By which clock the time of statements and connections is measured; until then statements of SQLite have no limit. A
    /// server measures statements by its own.
    pub(crate) fn measure_by(&self, clock: &Arc<dyn Clock>) {
        match self {
            Self::Sqlite(sqlite) => sqlite.measure_by(clock),
            Self::Postgres(pools) => drop(pools.measure.set(clock.clone())),
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// Reads what is committed now.
    pub async fn rows(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(sqlite) => sqlite.rows(sql, params),
            // Boxed: what asks a server is large, and lies in every read that may.
            Self::Postgres(pools) => Box::pin(pools.all.rows(sql, params)).await,
        }
    }

    /// The same beside the connections that deeds hold, so that a deed that waits for this never waits for itself.
    pub(crate) async fn rows_aside(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(sqlite) => sqlite.rows(sql, params),
            Self::Postgres(pools) => Box::pin(pools.aside.rows(sql, params)).await,
        }
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        match self {
            Self::Sqlite(sqlite) => Ok(Transaction::Sqlite(sqlite.begin().await?)),
            Self::Postgres(pools) => Ok(Transaction::Postgres(postgres::begin(&pools.all, pools.limits).await?)),
        }
    }

    /// Begins to read what is committed now, and nothing that comes later, for as long as it takes.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        match self {
            Self::Sqlite(sqlite) => Ok(Snapshot::Sqlite(sqlite.snapshot()?)),
            Self::Postgres(pools) => Ok(Snapshot::Postgres(postgres::snapshot(&pools.all, pools.limits).await?)),
        }
    }

    /// Tells other nodes that the log has reached `position`; they would find out by themselves, only later.
    pub(crate) async fn hint(&self, position: i64) {
        if let Self::Postgres(pools) = self
            && let Err(error) = pools.all.rows(&NOTIFY, &[position.to_string().into()]).await
        {
            tracing::debug!(%error, "a hint was lost; followers wake by their timer");
        }
    }

    /// How the engine would run `sql`, one line a step: for the tests that read plans. PostgreSQL is told to read
    /// whole tables and to sort only where no index serves, so that small test libraries show what large ones would do.
    pub async fn plan(&self, sql: &Sql, params: &[Value]) -> Result<Vec<String>> {
        let mut transaction = self.begin().await?;
        let (text, cell) = match self.engine() {
            Engine::Sqlite => (format!("explain query plan {}", sql.sqlite().replace('?', "$")), 3),
            Engine::Postgres => {
                for setting in
                    ["enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"]
                {
                    transaction.run(&Sql::built(format!("set local {setting} = off")), &[]).await?;
                }
                (format!("explain {}", sql.postgres()), 0)
            }
        };
        let rows = transaction.rows(&Sql::built(text), params).await?;
        rows.iter().map(|row| row.get(cell)).collect()
    }
}

/// An open transaction; dropped without a commit, it rolls back.
pub(crate) enum Transaction {
    Sqlite(sqlite::SqliteTransaction),
    Postgres(Deed),
}

impl Transaction {
    pub(crate) async fn rows(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(transaction) => transaction.rows(sql, params),
            Self::Postgres(deed) => Box::pin(postgres::rows(&mut deed.transaction, sql, params)).await,
        }
    }

    pub(crate) async fn run(&mut self, sql: &Sql, params: &[Value]) -> Result<u64> {
        match self {
            Self::Sqlite(transaction) => transaction.run(sql, params),
            Self::Postgres(deed) => Box::pin(postgres::run(&mut deed.transaction, sql, params)).await,
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit(),
            Self::Postgres(deed) => deed.transaction.commit().await.map_err(postgres::fault),
        }
    }
}

/// One state of the database, read in as many statements as it takes; nobody waits for it.
pub(crate) enum Snapshot {
    Sqlite(sqlite::SqliteSnapshot),
    Postgres(Deed),
}

impl Snapshot {
    pub(crate) async fn rows(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(snapshot) => snapshot.rows(sql, params),
            Self::Postgres(deed) => Box::pin(postgres::rows(&mut deed.transaction, sql, params)).await,
        }
    }
}
