//! `bench read`: drives a real server with the operations of the clients over a filled library, and prints what they cost
//! beside what they would cost at least on this machine.

pub mod evict;
pub mod hits;
mod places;
mod questions;
mod record;
pub mod report;
pub(crate) mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use library::database::{Database, Sql};
use serde_json::Value as Json;

use crate::Work;
use crate::backends::Backends;
use crate::ceiling::{self, Ceiling, Stored, drivers};
use crate::fill::dice::Dice;
use crate::load::{self, Questions};
use crate::process::{Served, Watched, machine, memory};
use places::Places;
use record::Inside;
use report::{Figures, Rate, Report};
use server::Server;

/// How many questions with variables of their own each operation has.
const QUESTIONS: usize = 20_000;
/// How many of them are looked into, and answered from memory by the ceilings.
const LOOKED_INTO: usize = 128;
/// How long followers may need for a library that was just filled.
const LONGEST_BEHIND: Duration = Duration::from_secs(3600);
/// Where the variables come from.
const SEED: u64 = 0x7265_6164;

/// How to measure.
#[derive(Debug, Clone)]
pub struct Read {
    /// The filled database.
    pub database_url: String,
    /// How long each figure is measured.
    pub period: Duration,
    /// How many connections ask at once.
    pub connections: usize,
    /// Only these operations; all if empty.
    pub only: Vec<String>,
    /// Whether the ceilings are measured too.
    pub ceilings: bool,
    /// The server's program; the one beside this if not given.
    pub program: Option<PathBuf>,
}

/// Measures; `progress` hears of each operation.
///
/// # Errors
/// When the library is not filled, or an answer is not right.
pub fn read<'w>(read: &'w Read, progress: &'w mut (dyn FnMut(&Figures) + Send)) -> Work<'w, Report> {
    Box::pin(measured(read, progress))
}

async fn measured(read: &Read, progress: &mut (dyn FnMut(&Figures) + Send)) -> anyhow::Result<Report> {
    let places = Places::read(&read.database_url).await?;
    let server = served(read, &read.database_url).await?;
    followed(&read.database_url).await?;
    let first = memory(server.process.pid());
    let run = Run {
        read,
        inside: Inside::open(&read.database_url).await?,
        folder: tempfile::tempdir().context("a folder for the run")?,
        server,
    };
    let mut report = Report {
        machine: machine(),
        engine: if read.database_url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" }.to_owned(),
        contents: contents(&read.database_url).await?,
        connections: read.connections,
        seconds: read.period.as_secs(),
        started: run.server.started.as_secs_f64() * 1000.0,
        private: (first.private, first.private),
        mapped: first.mapped,
        figures: Vec::new(),
    };
    for (name, document) in questions::operations() {
        if read.only.is_empty() || read.only.iter().any(|only| only == name) {
            // One that fails, as when it takes too long, leaves the others their figures.
            let figures = run.operation(name, document, &places).await.unwrap_or_else(|error| {
                let (operation, failed) = (name.to_owned(), Some(format!("{error:#}").chars().take(300).collect()));
                Figures { operation, failed, ..Figures::default() }
            });
            progress(&figures);
            report.private.1 = report.private.1.max(figures.private);
            report.mapped = report.mapped.max(figures.mapped);
            report.figures.push(figures);
        }
    }
    Ok(report)
}

/// A server over a filled database.
pub(crate) async fn served(read: &Read, url: &str) -> anyhow::Result<Server> {
    // What is measured is execution.
    Server::start(read.program.clone(), url, 0).await
}

/// Waits until the followers of a running server have passed all that was filled: what they do once is no part of reading.
async fn followed(url: &str) -> anyhow::Result<()> {
    static BEHIND: Sql = Sql::new(
        "select cast(count(*) as bigint) from (select max(position) as newest from change) c
         where exists (select 1 from follower f where f.position < c.newest) or not exists (select 1 from follower)",
    );
    let database = Database::open(url, 1).await?;
    let begun = Instant::now();
    while database.rows(&BEHIND, &[]).await?.first().map_or(Ok(0), |row| row.get::<i64>(0))? > 0 {
        anyhow::ensure!(begun.elapsed() < LONGEST_BEHIND, "the followers do not reach the end of the log");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

/// How many contents a database holds.
pub(crate) async fn contents(url: &str) -> anyhow::Result<i64> {
    let rows = Database::open(url, 1).await?.rows(&Sql::new("select count(*) from content"), &[]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.get(0))?)
}

struct Run<'r> {
    read: &'r Read,
    inside: Inside,
    folder: tempfile::TempDir,
    server: Server,
}

impl Run<'_> {
    async fn operation(&self, name: &str, document: &str, places: &Places) -> anyhow::Result<Figures> {
        let mut dice = Dice::new(SEED);
        let variables = (0..QUESTIONS).map(|_| places.draw(name, &mut dice)).collect::<anyhow::Result<Vec<_>>>()?;
        let some = &variables[..LOOKED_INTO];
        let texts = variables.iter().map(Json::to_string).collect();
        let questions = Arc::new(Questions::of(document, texts));
        let seen = self.inside.look(document, some).await?;
        let mut bodies = Vec::new();
        for at in 0..LOOKED_INTO {
            bodies.push(load::once(self.server.process.address, &questions.body(at)).await?);
        }
        // Most of what is asked for is there; a page without rows would be a measure of nothing.
        let empty = bodies.iter().filter(|body| body.len() < 120).count();
        anyhow::ensure!(empty * 2 < LOOKED_INTO, "{empty} of {LOOKED_INTO} answers are empty: {}", bodies[0]);
        let mut figures = self.driven(name, &questions).await?;
        figures.statements = seen.statements.iter().map(Vec::len).sum::<usize>() as f64 / LOOKED_INTO as f64;
        if self.read.ceilings {
            let stored = Stored { document: document.to_owned(), bodies, data: seen.data };
            let file = self.folder.path().join(format!("{name}.json"));
            std::fs::write(&file, serde_json::to_vec(&stored)?)?;
            figures.same_bytes = Some(self.ceiling(Ceiling::Bytes, &file, &questions).await?);
            figures.same_shape = Some(self.ceiling(Ceiling::Shape, &file, &questions).await?);
            let (url, connections) = (&self.read.database_url, self.read.connections);
            let cost = drivers::run(url, seen.statements, connections, self.read.period / 2).await?;
            figures.driver_cpu = Some(cost.own);
            figures.driver_database_cpu = Some(cost.database);
        }
        Ok(figures)
    }

    async fn driven(&self, name: &str, questions: &Arc<Questions>) -> anyhow::Result<Figures> {
        let (address, pid) = (self.server.process.address, self.server.process.pid());
        let Read { connections, period, .. } = *self.read;
        load::drive(address, questions, connections, period / 5).await?;
        let mut backends = Backends::of(&self.read.database_url).await?;
        let (before, begun) = (backends.times().await?, self.server.process.cpu());
        let watched = Watched::begin(pid);
        let load = load::drive(address, questions, connections, period).await?;
        let (after, ended) = (backends.times().await?, self.server.process.cpu());
        let memory = watched.end().await?;
        Ok(Figures {
            operation: name.to_owned(),
            server: rate(&load, ended - begun),
            database_cpu: after.since(&before) / load.answers as f64,
            bytes: load.bytes,
            private: memory.private,
            mapped: memory.mapped,
            ..Figures::default()
        })
    }

    async fn ceiling(&self, ceiling: Ceiling, file: &Path, questions: &Arc<Questions>) -> anyhow::Result<Rate> {
        let server: Served = ceiling::start(ceiling, file).await?;
        let Read { connections, period, .. } = *self.read;
        let answer = load::once(server.address, &questions.body(0)).await?;
        let asked = load::once(self.server.process.address, &questions.body(0)).await?;
        if ceiling == Ceiling::Shape {
            // The second stored answer comes next; the first must be what the server answers.
            let (ours, theirs): (Json, Json) = (serde_json::from_str(&asked)?, serde_json::from_str(&answer)?);
            anyhow::ensure!(ours == theirs, "the shape from memory is another:\n{theirs}\n{ours}");
        }
        load::drive(server.address, questions, connections, period / 10).await?;
        let begun = server.cpu();
        let load = load::drive(server.address, questions, connections, period / 2).await?;
        Ok(rate(&load, server.cpu() - begun))
    }
}

fn rate(load: &load::Figures, cpu: f64) -> Rate {
    Rate {
        per_second: load.rate,
        p50: load.median.as_secs_f64() * 1000.0,
        p99: load.slowest.as_secs_f64() * 1000.0,
        cpu: cpu / load.answers as f64,
    }
}
