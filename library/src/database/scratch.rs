//! A table of texts on disk that lives as long as its owner: for programs that must remember more than memory holds.
//!
//! It is a private temporary file of SQLite, whichever engine serves the library, and gone when it is dropped.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _};

use super::sqlite::fault;
use crate::refusal::Result;

/// How much of it stays in memory, in KiB; negative, as SQLite wants it.
const MEMORY: i64 = -8_192;

/// A table of keys and values.
pub struct Scratch {
    /// In a mutex, so that its owner may be shared between threads.
    connection: Mutex<Connection>,
}

impl Scratch {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty one.
    ///
    /// # Errors
    /// When the operating system has no place for temporary files.
    pub fn new() -> Result<Self> {
        let connection = Connection::open("").map_err(fault)?;
        connection.pragma_update(None, "cache_size", MEMORY).map_err(fault)?;
        let begin = "create table entry (key text not null primary key, value text not null) without rowid, strict;
             begin";
        connection.execute_batch(begin).map_err(fault)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Writes a value under a key in place of what was there.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn put(&mut self, key: &str, value: &str) -> Result<()> {
        let sql =
            "insert into entry (key, value) values (?1, ?2) on conflict (key) do update set value = excluded.value";
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(fault)?;
        statement.execute([key, value]).map_err(fault)?;
        Ok(())
    }

    /// The value under a key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<String>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("select value from entry where key = ?1").map_err(fault)?;
        statement.query_row([key], |row| row.get(0)).optional().map_err(fault)
    }

    /// The first entry whose key follows `after`, in the order of bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&self, after: &str) -> Result<Option<(String, String)>> {
        let sql = "select key, value from entry where key > ?1 order by key limit 1";
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(fault)?;
        statement.query_row([after], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found_in_the_order_of_bytes() {
        let mut scratch = Scratch::new().expect("a scratch");
        for (key, value) in [("b", "1"), ("a", "2"), ("b", "3"), ("云", "4")] {
            scratch.put(key, value).expect("put");
        }
        assert_eq!(scratch.get("b").expect("read").as_deref(), Some("3"));
        assert_eq!(scratch.get("c").expect("read"), None);
        assert_eq!(scratch.next("a").expect("read"), Some(("b".to_owned(), "3".to_owned())));
        assert_eq!(scratch.next("b").expect("read"), Some(("云".to_owned(), "4".to_owned())));
        assert_eq!(scratch.next("云").expect("read"), None);
    }
}
