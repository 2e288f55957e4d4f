//! PostgreSQL, through a pool of connections that keep their prepared statements.

use std::str::FromStr;
use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _};
use uuid::Uuid;

use super::connections::{Connections, Deed};
use super::limits::{Limits, Measure};
use super::sql::Sql;
use super::value::{Row, Value};
use crate::refusal::{Error, Result};

/// `query_canceled` and `lock_not_available`, as the server says that something took too long.
const STOPPED: [&str; 2] = ["57014", "55P03"];

/// Opens at most `connections`, the first one at once.
pub(super) async fn open(url: &str, connections: u32, limits: Limits, measure: Measure) -> Result<Connections> {
    let pool = pool(connections).connect_with(options(url, limits)?).await.map_err(fault)?;
    Ok(Connections::over(pool, connections, measure))
}

/// One connection, which is opened when it is needed.
pub(super) fn open_aside(url: &str, limits: Limits, measure: Measure) -> Result<Connections> {
    Ok(Connections::over(pool(1).connect_lazy_with(options(url, limits)?), 1, measure))
}

/// Begins a transaction whose statements may take as long as those of a deed.
pub(super) async fn begin(connections: &Connections, limits: Limits) -> Result<Deed> {
    connections.begin(format!("begin; set local statement_timeout = {}", limits.deed.as_millis())).await
}

/// Begins a transaction that reads one state, with statements that may take as long as those of a deed.
pub(super) async fn snapshot(connections: &Connections, limits: Limits) -> Result<Deed> {
    let limit = limits.deed.as_millis();
    let text =
        format!("begin isolation level repeatable read read only; set local statement_timeout = {limit}; select 1");
    connections.begin(text).await
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

fn arguments(sql: Arc<str>, params: &[Value]) -> sqlx::query::Query<'static, sqlx::Postgres, PgArguments> {
    // Texts are written in this crate and hold placeholders only.
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

/// What a statement answers, not read yet.
pub(super) async fn fetch(
    connection: &mut PgConnection,
    sql: &Sql,
    params: &[Value],
) -> std::result::Result<Vec<PgRow>, sqlx::Error> {
    arguments(sql.postgres(), params).fetch_all(connection).await
}

pub(super) async fn rows(connection: &mut PgConnection, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
    read(&fetch(connection, sql, params).await.map_err(fault)?)
}

pub(super) async fn run(connection: &mut PgConnection, sql: &Sql, params: &[Value]) -> Result<u64> {
    Ok(arguments(sql.postgres(), params).execute(connection).await.map_err(fault)?.rows_affected())
}

/// What cells are kept as, by the types that the statements answer.
#[derive(Clone, Copy)]
enum Cell {
    Int,
    SmallInt,
    Bool,
    Id,
    Text,
}

/// The cells of rows of one statement: their types are looked at once.
pub(super) fn read(rows: &[PgRow]) -> Result<Vec<Row>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let kinds = first.columns().iter().map(|column| match column.type_info().name() {
        "INT8" => Ok(Cell::Int),
        "INT4" => Ok(Cell::SmallInt),
        "BOOL" => Ok(Cell::Bool),
        "UUID" => Ok(Cell::Id),
        "TEXT" | "VARCHAR" | "NAME" => Ok(Cell::Text),
        other => Err(Error::Database(format!("a cell of type {other} where none is kept"))),
    });
    let kinds = kinds.collect::<Result<Vec<Cell>>>()?;
    rows.iter().map(|row| cells(row, &kinds).map_err(fault)).collect()
}

fn cells(row: &PgRow, kinds: &[Cell]) -> std::result::Result<Row, sqlx::Error> {
    let cells = kinds.iter().enumerate().map(|(at, kind)| {
        let cell = match kind {
            Cell::Int => row.try_get_unchecked::<Option<i64>, _>(at)?.map(Value::Int),
            Cell::SmallInt => row.try_get_unchecked::<Option<i32>, _>(at)?.map(|int| Value::Int(i64::from(int))),
            Cell::Bool => row.try_get_unchecked::<Option<bool>, _>(at)?.map(Value::Bool),
            Cell::Id => row.try_get_unchecked::<Option<Uuid>, _>(at)?.map(Value::Id),
            Cell::Text => row.try_get_unchecked::<Option<String>, _>(at)?.map(Value::Text),
        };
        Ok(cell.unwrap_or(Value::Null))
    });
    Ok(Row(cells.collect::<std::result::Result<_, sqlx::Error>>()?))
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
