//! The processor time of the backends that serve one PostgreSQL database, where the server runs on this machine.

use std::collections::HashMap;

use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};

use crate::process;

const OURS: &str = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

/// A connection that asks who serves the database; nothing for SQLite.
pub struct Backends(Option<PgConnection>);

/// Milliseconds of processor time by process.
#[derive(Debug, Clone, Default)]
pub struct Times(HashMap<u32, f64>);

impl Backends {
    /// Of the database at `url`.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn of(url: &str) -> anyhow::Result<Self> {
        Ok(Self(if url.starts_with("sqlite:") { None } else { Some(PgConnection::connect(url).await?) }))
    }

    /// What the backends have used by now.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn times(&mut self) -> anyhow::Result<Times> {
        let Some(connection) = &mut self.0 else { return Ok(Times::default()) };
        let mut times = HashMap::new();
        for row in connection.fetch_all(OURS).await? {
            let pid = u32::try_from(row.try_get::<i32, _>(0)?)?;
            times.extend(process::cpu(pid).map(|time| (pid, time)));
        }
        Ok(Times(times))
    }
}

impl Times {
    /// Milliseconds since `earlier`; a backend that was not there then began at nothing.
    pub fn since(&self, earlier: &Self) -> f64 {
        // An empty sum of floating-point numbers is -0.
        0.0 + self.0.iter().map(|(pid, time)| time - earlier.0.get(pid).copied().unwrap_or(0.0)).sum::<f64>()
    }
}
