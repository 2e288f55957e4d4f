//! The figures of a run, as a table for people and as JSON for programs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// What a server did, asked by all connections at once.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Rate {
    /// Answers in a second.
    pub per_second: f64,
    /// Milliseconds that half of the answers took at most.
    pub p50: f64,
    /// Milliseconds that 99 of 100 answers took at most.
    pub p99: f64,
    /// Milliseconds of processor time of the server for an answer.
    pub cpu: f64,
}

/// The figures of one operation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Its name.
    pub operation: String,
    /// Why there are no figures.
    pub failed: Option<String>,
    /// The server's.
    pub server: Rate,
    /// Milliseconds of processor time of the database's own processes for an answer; 0 for SQLite, which works in the
    /// server.
    pub database_cpu: f64,
    /// SQL statements of an answer, on average.
    pub statements: f64,
    /// Bytes of an answer, on average.
    pub bytes: usize,
    /// MB of private memory of the server, the most that was seen.
    pub private: f64,
    /// MB of mapped file pages of the server, the most that was seen.
    pub mapped: f64,
    /// The same bytes from memory by axum alone.
    pub same_bytes: Option<Rate>,
    /// The same shape from memory by async-graphql.
    pub same_shape: Option<Rate>,
    /// Milliseconds of processor time of the same statements by the bare driver: in the program that asks.
    pub driver_cpu: Option<f64>,
    /// The same: in the database's own processes.
    pub driver_database_cpu: Option<f64>,
}

/// The figures of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Where it ran.
    pub machine: String,
    /// On which database.
    pub engine: String,
    /// How many contents there were.
    pub contents: i64,
    /// How many connections asked at once.
    pub connections: usize,
    /// Seconds of each figure.
    pub seconds: u64,
    /// Milliseconds from the server's start to its first answer.
    pub started: f64,
    /// MB of private memory of the server before the first question, and the most at any time.
    pub private: (f64, f64),
    /// MB of mapped file pages of the server, the most at any time.
    pub mapped: f64,
    /// By operation.
    pub figures: Vec<Figures>,
}

const HEAD: &str = "| operation | answers/s | p50 ms | p99 ms | server CPU ms | database CPU ms | SQL | bytes | private MB \
    | mapped MB | same bytes /s (CPU ms) | same shape /s (CPU ms) | same SQL, driver CPU ms | database |\n\
    |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";

impl Report {
    /// What it is about, in a line.
    pub fn title(&self) -> String {
        format!(
            "{} contents on {}, {} connections, {} s a figure; {}\nstart to first answer {:.0} ms; private memory {:.0} MB \
             at first, {:.0} MB at most; mapped file pages {:.0} MB at most\n",
            self.contents,
            self.engine,
            self.connections,
            self.seconds,
            self.machine,
            self.started,
            self.private.0,
            self.private.1,
            self.mapped,
        )
    }

    /// Whether every operation was answered rightly.
    pub fn is_whole(&self) -> bool {
        self.figures.iter().all(|figures| figures.failed.is_none())
    }

    /// As Markdown.
    pub fn table(&self) -> String {
        let rows: String = self.figures.iter().map(row).collect();
        format!("{}\n{HEAD}{rows}", self.title())
    }
}

fn row(figures: &Figures) -> String {
    if let Some(why) = &figures.failed {
        return format!("| {} | failed: {why} |\n", figures.operation);
    }
    let rate =
        |rate: &Option<Rate>| rate.map_or("-".to_owned(), |rate| format!("{:.0} ({:.3})", rate.per_second, rate.cpu));
    let time = |time: Option<f64>| time.map_or("-".to_owned(), |time| format!("{time:.3}"));
    let mut out = String::new();
    let Rate { per_second, p50, p99, cpu } = figures.server;
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "| {} | {per_second:.0} | {p50:.2} | {p99:.2} | {cpu:.3} | {:.3} | {:.1} | {} | {:.0} | {:.0} | {} | {} | {} | {} |",
        figures.operation,
        figures.database_cpu,
        figures.statements,
        figures.bytes,
        figures.private,
        figures.mapped,
        rate(&figures.same_bytes),
        rate(&figures.same_shape),
        time(figures.driver_cpu),
        time(figures.driver_database_cpu),
    );
    out
}
