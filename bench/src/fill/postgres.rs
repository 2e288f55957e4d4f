//! Writing rows to a PostgreSQL server by COPY in one transaction, without the indexes and the references between
//! tables, which are made again at the end; the server then checks every reference.

use std::fmt::Write as _;

use anyhow::Context as _;
use library::database::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use super::rows::Rows;

const MADE_INDEXES: &str = "select indexdef, 'drop index ' || quote_ident(indexname) from pg_indexes
    where schemaname = current_schema() and indexname not in (select conname from pg_constraint) order by indexname";
const MADE_REFERENCES: &str =
    "select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
       format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
     where contype = 'f' and connamespace = current_schema()::regnamespace order by conname";

/// A database that is being filled.
pub struct Postgres {
    connection: PgConnection,
    again: Vec<String>,
}

impl Postgres {
    /// Opens the database, which has its tables.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await.context("the database cannot be reached")?;
        connection.execute("begin").await?;
        connection.execute("set local maintenance_work_mem = '512MB'").await?;
        let mut again = Vec::new();
        for made in [MADE_INDEXES, MADE_REFERENCES] {
            for row in connection.fetch_all(made).await? {
                again.push(row.try_get(0)?);
                connection.execute(AssertSqlSafe(row.try_get::<String, _>(1)?)).await?;
            }
        }
        Ok(Self { connection, again })
    }

    /// Writes rows.
    ///
    /// # Errors
    /// When the server refuses one.
    pub async fn write(&mut self, rows: &Rows) -> anyhow::Result<()> {
        for (table, columns, cells) in rows.tables() {
            let mut text = String::new();
            for row in cells.chunks(columns.len()) {
                for (at, value) in row.iter().enumerate() {
                    if at > 0 {
                        text.push('\t');
                    }
                    cell(value, &mut text)?;
                }
                text.push('\n');
            }
            let into = format!("copy {table} ({}) from stdin", columns.join(", "));
            let mut copy = self.connection.copy_in_raw(&into).await?;
            copy.send(text.as_bytes()).await?;
            copy.finish().await.with_context(|| format!("rows of {table}"))?;
        }
        Ok(())
    }

    /// Runs a statement on what was written.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn run(&mut self, text: &str) -> anyhow::Result<()> {
        self.connection.execute(AssertSqlSafe(text.to_owned())).await?;
        Ok(())
    }

    /// Makes indexes and references again, commits, and has the server look at what it holds, as it would by itself
    /// some time later.
    ///
    /// # Errors
    /// When a reference leads nowhere.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        for text in std::mem::take(&mut self.again) {
            self.connection.execute(AssertSqlSafe(text.clone())).await.context(text)?;
        }
        self.connection.execute("commit").await?;
        self.connection.execute("vacuum (analyze)").await?;
        Ok(self.connection.close().await?)
    }
}

/// A cell in the text format of COPY.
fn cell(value: &Value, out: &mut String) -> anyhow::Result<()> {
    match value {
        Value::Null | Value::NullInt | Value::NullId => out.push_str("\\N"),
        Value::Bool(bool) => out.push(if *bool { 't' } else { 'f' }),
        Value::Int(int) => write!(out, "{int}")?,
        Value::Id(id) => write!(out, "{id}")?,
        Value::Text(text) => {
            for part in text.split_inclusive(['\\', '\t', '\n', '\r']) {
                let (plain, last) = match part.char_indices().next_back() {
                    Some((at, last @ ('\\' | '\t' | '\n' | '\r'))) => (&part[..at], Some(last)),
                    _ => (part, None),
                };
                out.push_str(plain);
                match last {
                    Some('\t') => out.push_str("\\t"),
                    Some('\n') => out.push_str("\\n"),
                    Some('\r') => out.push_str("\\r"),
                    Some(_) => out.push_str("\\\\"),
                    None => {}
                }
            }
        }
        Value::Ids(_) | Value::Texts(_) | Value::Json(_) => anyhow::bail!("a list is no cell"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_copy_would_misread_is_escaped() {
        let mut out = String::new();
        cell(&Value::from("a\\b\tc\nd"), &mut out).expect("a cell");
        assert_eq!(out, "a\\\\b\\tc\\nd");
    }
}
