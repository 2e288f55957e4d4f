//! PostgreSQL, through a pool of connections that keep their prepared statements.

use std::str::FromStr;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Column as _, Executor as _, Row as _, TypeInfo as _};
use uuid::Uuid;

use super::limits::Limits;
use super::sql::Sql;
use super::value::{Row, Value};
use crate::refusal::{Error, Result};

/// `query_canceled` and `lock_not_available`, as the server says that something took too long.
const STOPPED: [&str; 2] = ["57014", "55P03"];

/// Opens a pool of at most `connections`, the first one at once.
pub(super) async fn open(url: &str, connections: u32, limits: Limits) -> Result<PgPool> {
    pool(connections).connect_with(options(url, limits)?).await.map_err(fault)
}

/// A pool of one connection, which is opened when it is needed.
pub(super) fn open_aside(url: &str, limits: Limits) -> Result<PgPool> {
    Ok(pool(1).connect_lazy_with(options(url, limits)?))
}

/// Begins a transaction whose statements may take as long as those of a deed.
pub(super) async fn begin(pool: &PgPool, limits: Limits) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
    let text = format!("begin; set local statement_timeout = {}", limits.deed.as_millis());
    pool.begin_with(AssertSqlSafe(text)).await.map_err(fault)
}

/// Begins a transaction that reads one state, with statements that may take as long as those of a deed.
pub(super) async fn snapshot(pool: &PgPool, limits: Limits) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
    let limit = limits.deed.as_millis();
    let text =
        format!("begin isolation level repeatable read read only; set local statement_timeout = {limit}; select 1");
    pool.begin_with(AssertSqlSafe(text)).await.map_err(fault)
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(std::time::Duration::from_secs(10))
}

/// The server itself stops what takes too long, so a read whose caller is gone ends by then, too; its connection goes
/// back to the pool when the server has answered, or is closed.
fn options(url: &str, limits: Limits) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).map_err(fault)?;
    let (read, wait) = (limits.read.as_millis().to_string(), limits.wait.as_millis().to_string());
    let settings = [("statement_timeout", read.as_str()), ("lock_timeout", &wait), ("application_name", "jiyue")];
    Ok(options.options(settings).statement_cache_capacity(256))
}

fn arguments<'q>(sql: &'q str, params: &[Value]) -> sqlx::query::Query<'q, sqlx::Postgres, PgArguments> {
    // Texts are written in this crate and hold placeholders only.
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
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

pub(super) async fn rows<'e, E>(executor: E, sql: &Sql, params: &[Value]) -> Result<Vec<Row>>
where
    E: sqlx::Executor<'e, Database = sqlx::Postgres>,
{
    let rows = arguments(sql.postgres(), params).fetch_all(executor).await.map_err(fault)?;
    rows.iter().map(cells).collect()
}

pub(super) async fn run<'e, E>(executor: E, sql: &Sql, params: &[Value]) -> Result<u64>
where
    E: sqlx::Executor<'e, Database = sqlx::Postgres>,
{
    Ok(arguments(sql.postgres(), params).execute(executor).await.map_err(fault)?.rows_affected())
}

/// Runs a text without parameters, such as NOTIFY.
pub(super) async fn notify(pool: &PgPool, position: i64) -> Result<()> {
    let text = format!("notify jiyue_change, '{position}'");
    pool.execute(AssertSqlSafe(text)).await.map_err(fault)?;
    Ok(())
}

fn cells(row: &PgRow) -> Result<Row> {
    let mut cells = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let cell = match column.type_info().name() {
            "INT8" => row.try_get::<Option<i64>, _>(at).map_err(fault)?.map(Value::Int),
            "INT4" => row.try_get::<Option<i32>, _>(at).map_err(fault)?.map(|int| Value::Int(i64::from(int))),
            "BOOL" => row.try_get::<Option<bool>, _>(at).map_err(fault)?.map(Value::Bool),
            "UUID" => row.try_get::<Option<Uuid>, _>(at).map_err(fault)?.map(Value::Id),
            "TEXT" | "VARCHAR" | "NAME" => row.try_get::<Option<String>, _>(at).map_err(fault)?.map(Value::Text),
            other => return Err(Error::Database(format!("a cell of type {other} where none is kept"))),
        };
        cells.push(cell.unwrap_or(Value::Null));
    }
    Ok(Row(cells))
}

pub(super) fn fault(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(refused) if refused.is_unique_violation() => {
            Error::Taken(refused.constraint().unwrap_or_default().to_owned())
        }
        sqlx::Error::Database(refused) if refused.is_foreign_key_violation() => Error::Dangling,
        sqlx::Error::Database(refused) if refused.code().is_some_and(|code| STOPPED.contains(&&*code)) => {
            Error::TimedOut
        }
        sqlx::Error::PoolTimedOut => Error::TimedOut,
        _ => Error::Database(error.to_string()),
    }
}
