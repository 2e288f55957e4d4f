//! Writing rows to a SQLite file in one transaction, without the indexes, which are made again at the end.
//!
//! The file is nobody else's until it is full: while it is being written it would not survive a power cut.

use std::path::Path;

use anyhow::Context as _;
use library::database::Value;
use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::rows::Rows;

/// A file that is being filled.
pub struct Sqlite {
    connection: Connection,
    indexes: Vec<String>,
}

impl Sqlite {
    /// Opens the file, which has its tables.
    ///
    /// # Errors
    /// When it cannot be opened or is in use.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path).context("the file cannot be opened")?;
        for (name, value) in [
            ("journal_mode", "off"),
            ("synchronous", "off"),
            ("foreign_keys", "off"),
            ("cache_size", "-1000000"),
            ("locking_mode", "exclusive"),
        ] {
            connection.pragma_update(None, name, value)?;
        }
        connection.execute_batch("begin exclusive")?;
        let made = "select name, sql from sqlite_schema where type = 'index' and sql is not null order by name";
        let indexes: Vec<(String, String)> =
            connection.prepare(made)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        for (name, _) in &indexes {
            connection.execute_batch(&format!("drop index {name}"))?;
        }
        Ok(Self { connection, indexes: indexes.into_iter().map(|(_, sql)| sql).collect() })
    }

    /// Writes rows.
    ///
    /// # Errors
    /// When the file refuses one.
    pub fn write(&self, rows: &Rows) -> anyhow::Result<()> {
        for (table, columns, cells) in rows.tables() {
            let places = vec!["?"; columns.len()].join(", ");
            let text = format!("insert into {table} ({}) values ({places})", columns.join(", "));
            let mut statement = self.connection.prepare_cached(&text)?;
            for row in cells.chunks(columns.len()) {
                let cells = row.iter().map(cell).collect::<anyhow::Result<Vec<_>>>()?;
                statement.execute(rusqlite::params_from_iter(cells)).with_context(|| format!("a row of {table}"))?;
            }
        }
        Ok(())
    }

    /// Runs a statement on what was written.
    ///
    /// # Errors
    /// When the file refuses it.
    pub fn run(&self, text: &str) -> anyhow::Result<()> {
        Ok(self.connection.execute_batch(text)?)
    }

    /// Makes the indexes again and gives the file back as servers expect it.
    ///
    /// # Errors
    /// When an index cannot be made.
    pub fn finish(self) -> anyhow::Result<()> {
        for sql in &self.indexes {
            self.connection.execute_batch(sql).with_context(|| sql.clone())?;
        }
        self.connection.execute_batch("commit")?;
        self.connection.pragma_update(None, "locking_mode", "normal")?;
        self.connection.pragma_update(None, "synchronous", "full")?;
        self.connection.pragma_update(None, "journal_mode", "wal")?;
        self.connection.close().map_err(|(_, error)| error.into())
    }
}

/// A cell as SQLite keeps it.
fn cell(value: &Value) -> anyhow::Result<ToSqlOutput<'_>> {
    Ok(match value {
        Value::Null | Value::NullInt | Value::NullId => ToSqlOutput::Borrowed(ValueRef::Null),
        Value::Bool(bool) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*bool))),
        Value::Int(int) => ToSqlOutput::Borrowed(ValueRef::Integer(*int)),
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
        Value::Ids(_) | Value::Texts(_) | Value::Json(_) => anyhow::bail!("a list is no cell"),
    })
}
