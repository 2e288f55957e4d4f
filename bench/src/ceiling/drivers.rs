//! The ceiling of the databases: the statements that an operation ran, with their parameters, by the bare drivers.
//!
//! Connections are set up and statements prepared as the library does; nothing is made of the rows.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use library::database::{Sql, Value};
use rusqlite::{Connection, OpenFlags};
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Postgres};
use uuid::Uuid;

use crate::backends::Backends;
use crate::process;

/// The statements of one request.
pub type Statements = Vec<(Sql, Vec<Value>)>;

/// What the statements of a request cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Milliseconds of processor time in this process.
    pub own: f64,
    /// Milliseconds of processor time in the database's processes.
    pub database: f64,
}

/// Runs the statements of one request after the other, for `period`.
///
/// # Errors
/// When a statement fails.
pub async fn run(url: &str, requests: Vec<Statements>, connections: usize, period: Duration) -> anyhow::Result<Cost> {
    let us = std::process::id();
    let mut backends = Backends::of(url).await?;
    let (before, begun) = (backends.times().await?, process::cpu(us).unwrap_or(0.0));
    let (done, after) = match url.strip_prefix("sqlite://") {
        Some(path) => {
            let path = path.to_owned();
            let done = tokio::task::spawn_blocking(move || sqlite(&path, &requests, period)).await??;
            (done, backends.times().await?)
        }
        None => postgres(url, requests, connections, period, &mut backends).await?,
    };
    let own = process::cpu(us).unwrap_or(0.0) - begun;
    Ok(Cost { own: own / done as f64, database: after.since(&before) / done as f64 })
}

fn sqlite(path: &str, requests: &[Statements], period: Duration) -> anyhow::Result<usize> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    let (begun, mut done) = (Instant::now(), 0);
    while begun.elapsed() < period || done == 0 {
        for (sql, params) in &requests[done % requests.len()] {
            let mut statement = connection.prepare_cached(sql.sqlite())?;
            for (at, value) in params.iter().enumerate() {
                bind(&mut statement, at + 1, value)?;
            }
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                for at in 0..width {
                    std::hint::black_box(row.get_ref(at)?);
                }
            }
        }
        done += 1;
    }
    Ok(done)
}

fn bind(statement: &mut rusqlite::Statement<'_>, at: usize, value: &Value) -> anyhow::Result<()> {
    match value {
        Value::Null | Value::NullInt | Value::NullId => statement.raw_bind_parameter(at, None::<i64>)?,
        Value::Bool(bool) => statement.raw_bind_parameter(at, bool)?,
        Value::Int(int) => statement.raw_bind_parameter(at, int)?,
        Value::Text(text) => statement.raw_bind_parameter(at, text)?,
        Value::Id(id) => statement.raw_bind_parameter(at, id.as_bytes().as_slice())?,
        Value::Ids(ids) => {
            let list: Vec<_> = ids.iter().map(|id| id.simple().to_string()).collect();
            statement.raw_bind_parameter(at, serde_json::to_string(&list)?)?;
        }
        Value::Texts(texts) => statement.raw_bind_parameter(at, serde_json::to_string(texts)?)?,
        Value::Json(json) => statement.raw_bind_parameter(at, json.to_string())?,
    }
    Ok(())
}

async fn postgres(
    url: &str,
    requests: Vec<Statements>,
    connections: usize,
    period: Duration,
    backends: &mut Backends,
) -> anyhow::Result<(usize, crate::backends::Times)> {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(256);
    let until = Instant::now() + period;
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (requests, next, options) = (requests.clone(), next.clone(), options.clone());
        tasks.push(tokio::spawn(async move {
            let mut connection = options.connect().await?;
            while Instant::now() < until {
                for (sql, params) in &requests[next.fetch_add(1, Ordering::Relaxed) % requests.len()] {
                    let rows = arguments(sql.postgres(), params).fetch_all(&mut connection).await?;
                    std::hint::black_box(rows.len());
                }
            }
            Ok::<_, sqlx::Error>(connection)
        }));
    }
    // The connections are kept until their backends have been looked at.
    let mut open = Vec::new();
    for task in tasks {
        open.push(task.await??);
    }
    Ok((next.load(Ordering::Relaxed), backends.times().await?))
}

fn arguments(sql: Arc<str>, params: &[Value]) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in params {
        query = match value {
            Value::Null => query.bind(None::<String>),
            Value::NullInt => query.bind(None::<i64>),
            Value::NullId => query.bind(None::<Uuid>),
            Value::Bool(bool) => query.bind(*bool),
            Value::Int(int) => query.bind(*int),
            Value::Text(text) => query.bind(text.clone()),
            Value::Id(id) => query.bind(*id),
            Value::Ids(ids) => query.bind(ids.clone()),
            Value::Texts(texts) => query.bind(texts.clone()),
            Value::Json(json) => query.bind(json.to_string()),
        };
    }
    query
}
