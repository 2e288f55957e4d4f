//! SQLite, in the calling thread: one writer connection, a pool of read-only connections.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::limits::{Limits, Measure, Watched};
use super::sql::Sql;
use super::value::{Row, Value};
use crate::Clock;
use crate::refusal::{Error, Result};

const PREPARED_STATEMENTS: usize = 256;
/// How much of the file is read where it lies in memory, in bytes; addresses, not memory. How SQLite is built allows
/// it (`.cargo/config.toml`); another build maps what it may.
const MAPPED: i64 = 1 << 38;
/// What each connection keeps of the rest; a negative number is KiB.
const CACHED: i64 = -8_192;

/// How much the writer keeps of the file in memory, in KiB; negative, as SQLite wants it.
const WRITER_CACHE: i64 = -16_384;

/// How often a deed looks whether another process has done with the file.
const LOOK: Duration = Duration::from_millis(1);

/// After how many pages the log is carried over into the file.
const CARRIED_OVER: i64 = 4_000;

/// An open SQLite file.
pub struct Sqlite {
    path: std::path::PathBuf,
    limits: Limits,
    measure: Measure,
    // Closed before the writer: only a last connection that may write folds the log back into the file.
    readers: Mutex<Vec<Watched>>,
    writer: Arc<tokio::sync::Mutex<Watched>>,
}

impl Sqlite {
    /// Opens the file at `path`, which the migrations have made.
    pub(super) fn open(path: &Path, limits: Limits) -> Result<Self> {
        let writer =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(fault)?;
        prepare(&writer, limits)?;
        writer.pragma_update(None, "journal_mode", "wal").map_err(fault)?;
        // Deeds write to many places of few tables again and again: what they touch stays at hand, and is carried over
        // from the log less often.
        writer.pragma_update(None, "cache_size", WRITER_CACHE).map_err(fault)?;
        writer.pragma_update(None, "wal_autocheckpoint", CARRIED_OVER).map_err(fault)?;
        writer.pragma_update(None, "foreign_keys", true).map_err(fault)?;
        // `begin` waits itself, and after it nobody is in the way.
        writer.busy_timeout(Duration::ZERO).map_err(fault)?;
        let measure = Measure::new(OnceLock::new());
        Ok(Self {
            path: path.to_owned(),
            limits,
            writer: Arc::new(tokio::sync::Mutex::new(Watched::over(writer, &measure)?)),
            measure,
            readers: Mutex::new(Vec::new()),
        })
    }

    /// By which clock statements are measured; the first that is given stays.
    pub(super) fn measure_by(&self, clock: &Arc<dyn Clock>) {
        self.measure.get_or_init(|| clock.clone());
    }

    /// Reads inline on a pooled read-only connection.
    pub fn rows(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match pooled {
            Some(reader) => reader,
            None => self.reader()?,
        };
        let rows = reader.within(self.limits.read, |connection| query(connection, sql, params));
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        rows
    }

    fn reader(&self) -> Result<Watched> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        prepare(&reader, self.limits)?;
        Watched::over(reader, &self.measure)
    }

    /// A connection of its own that sees one state until it is dropped; writers go on beside it.
    pub(super) fn snapshot(&self) -> Result<SqliteSnapshot> {
        let reader = self.reader()?;
        // The state is that of the first statement.
        reader.connection.execute_batch("begin; select 1 from change_counter").map_err(fault)?;
        Ok(SqliteSnapshot { reader, limit: self.limits.deed })
    }

    /// Takes the writer and begins a transaction that no other process can come between.
    pub async fn begin(&self) -> Result<SqliteTransaction> {
        let writer = self.writer.clone().lock_owned().await;
        // SQLite's own waiting looks up to 100 ms apart, and stands in the thread: an import beside us, which leaves the
        // file alone for a moment between two batches, would be missed again and again.
        let mut looks = self.limits.wait.as_millis() / LOOK.as_millis();
        while let Err(error) = writer.connection.execute_batch("begin immediate") {
            if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) || looks == 0 {
                return Err(fault(error));
            }
            looks -= 1;
            tokio::time::sleep(LOOK).await;
        }
        Ok(SqliteTransaction { writer, limit: self.limits.deed, open: true })
    }
}

fn prepare(connection: &Connection, limits: Limits) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // Without it a statement is planned anew whenever a parameter has another value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
    connection.busy_timeout(limits.wait).map_err(fault)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(fault)?;
    connection.pragma_update(None, "mmap_size", MAPPED).map_err(fault)?;
    connection.pragma_update(None, "cache_size", CACHED).map_err(fault)?;
    connection.pragma_update(None, "temp_store", "memory").map_err(fault)?;
    Ok(())
}

/// A reader within a transaction.
pub struct SqliteSnapshot {
    reader: Watched,
    limit: Duration,
}

impl SqliteSnapshot {
    pub(super) fn rows(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        self.reader.within(self.limit, |connection| query(connection, sql, params))
    }
}

/// The writer within a transaction; dropped without a commit, it rolls back.
pub struct SqliteTransaction {
    writer: OwnedMutexGuard<Watched>,
    limit: Duration,
    open: bool,
}

impl SqliteTransaction {
    pub(super) fn rows(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        self.within(|connection| query(connection, sql, params))
    }

    pub(super) fn run(&mut self, sql: &Sql, params: &[Value]) -> Result<u64> {
        self.within(|connection| {
            let mut statement = connection.prepare_cached(sql.sqlite()).map_err(fault)?;
            bind(&mut statement, params)?;
            statement.raw_execute().map(|changed| changed as u64).map_err(fault)
        })
    }

    pub(super) fn commit(mut self) -> Result<()> {
        self.still_open()?;
        self.writer.connection.execute_batch("commit").map_err(fault)?;
        self.open = false;
        Ok(())
    }

    fn within<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.still_open()?;
        self.writer.within(self.limit, work)
    }

    /// SQLite takes a whole transaction back when it stops a statement that writes; what came after it would each be
    /// a transaction of its own.
    fn still_open(&self) -> Result<()> {
        if self.writer.connection.is_autocommit() { Err(Error::TimedOut) } else { Ok(()) }
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if self.open
            && !self.writer.connection.is_autocommit()
            && let Err(error) = self.writer.connection.execute_batch("rollback")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> Result<()> {
    for (at, value) in params.iter().enumerate() {
        let at = at + 1;
        let hex = |id: &Uuid| id.simple().to_string();
        match value {
            Value::Null | Value::NullInt | Value::NullId => statement.raw_bind_parameter(at, None::<i64>),
            Value::Bool(bool) => statement.raw_bind_parameter(at, bool),
            Value::Int(int) => statement.raw_bind_parameter(at, int),
            Value::Text(text) => statement.raw_bind_parameter(at, text),
            Value::Id(id) => statement.raw_bind_parameter(at, id.as_bytes().as_slice()),
            Value::Ids(ids) => {
                let list = serde_json::to_string(&ids.iter().map(hex).collect::<Vec<_>>())?;
                statement.raw_bind_parameter(at, list)
            }
            Value::Texts(texts) => statement.raw_bind_parameter(at, serde_json::to_string(texts)?),
            Value::Json(json) => statement.raw_bind_parameter(at, json.to_string()),
        }
        .map_err(fault)?;
    }
    Ok(())
}

fn query(connection: &Connection, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql.sqlite()).map_err(fault)?;
    bind(&mut statement, params)?;
    let width = statement.column_count();
    let mut answer = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(fault)? {
        let mut cells = Vec::with_capacity(width);
        for at in 0..width {
            cells.push(match row.get_ref(at).map_err(fault)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(int) => Value::Int(int),
                ValueRef::Real(_) => return Err(Error::Database("a real number where none is kept".to_owned())),
                ValueRef::Text(text) => Value::Text(match std::str::from_utf8(text) {
                    Ok(text) => text.to_owned(),
                    Err(_) => String::from_utf8_lossy(text).into_owned(),
                }),
                ValueRef::Blob(bytes) => Value::Id(
                    Uuid::from_slice(bytes).map_err(|_| Error::Database("an id that is not 16 bytes".to_owned()))?,
                ),
            });
        }
        answer.push(Row(cells));
    }
    Ok(answer)
}

pub(super) fn fault(error: rusqlite::Error) -> Error {
    match &error {
        rusqlite::Error::SqliteFailure(code, Some(message))
            if code.code == ErrorCode::ConstraintViolation && message.starts_with("UNIQUE") =>
        {
            Error::Taken(message.clone())
        }
        rusqlite::Error::SqliteFailure(code, Some(message))
            if code.code == ErrorCode::ConstraintViolation && message.starts_with("FOREIGN KEY") =>
        {
            Error::Dangling
        }
        // Stopped by the clock, or waited in vain for another process that writes.
        rusqlite::Error::SqliteFailure(code, _)
            if matches!(code.code, ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy) =>
        {
            Error::TimedOut
        }
        _ => Error::Database(error.to_string()),
    }
}
