//! `bench fill`: a synthetic library of any size, the same for the same seed, on either database.
//!
//! The frame is made by the library's deeds. The contents are written straight into the tables, a million of them in
//! minutes: all that publishing them would have written, as the tests compare with what the deeds write.

mod check;
mod counts;
pub mod dice;
pub mod frame;
mod kinds;
mod made;
mod postgres;
mod rows;
mod sqlite;
mod words;

use std::path::Path;
use std::time::{Duration, Instant as Moment};

use anyhow::Context as _;
use library::Instant;
use library::database::{Database, Sql};
use tokio::sync::mpsc;

use crate::Work;
use counts::{Counts, change};
use dice::Dice;
use frame::Frame;
use made::Maker;
use rows::Rows;

/// When the first content was published: 2016-01-01 00:00 in Asia/Shanghai.
pub const BEGIN: Instant = Instant(1_451_577_600_000_000);
/// When the story ends: validity is as it is on this day, and what ends later is written down to happen.
pub const END: Instant = seed::END;
/// How the log names who did it.
const ACTOR: &str = "program:bench";
/// How many contents one change names, as in an import.
const BATCH: usize = 1_000;
/// How many batches may wait for the database.
const AHEAD: usize = 4;

/// What filling came to.
#[derive(Debug, Clone, Copy)]
pub struct Filled {
    /// How many contents there are.
    pub contents: i64,
    /// How long the rows took.
    pub writing: Duration,
    /// How long the indexes and references took.
    pub finishing: Duration,
    /// How long the check took.
    pub checking: Duration,
}

/// Makes the tables at `url` and fills them with so many contents; checks them at the end. `progress` hears how many
/// are written.
///
/// # Errors
/// When the database cannot be reached or holds something already, or when the check finds a fault.
pub fn fill<'w>(
    url: &'w str,
    contents: usize,
    seed: u64,
    progress: &'w mut (dyn FnMut(usize) + Send),
) -> Work<'w, Filled> {
    Box::pin(filled(url, contents, seed, progress))
}

async fn filled(
    url: &str,
    contents: usize,
    seed: u64,
    progress: &mut (dyn FnMut(usize) + Send),
) -> anyhow::Result<Filled> {
    migrations::run(url).await.context("the tables cannot be made")?;
    let begun = Moment::now();
    let frame = frame::make(url, seed).await?;
    let position = position(url).await?;
    let mut target = Target::open(url).await?;
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let maker = tokio::task::spawn_blocking(move || make(&frame, contents, seed, position, &sender));
    let mut written = 0;
    while let Some(rows) = batches.recv().await {
        target.write(&rows).await?;
        written = (written + BATCH).min(contents);
        progress(written);
    }
    let last = maker.await??;
    target.run(&format!("update change_counter set position = {last} where one = 1")).await?;
    let writing = begun.elapsed();
    let begun = Moment::now();
    target.finish().await?;
    let finishing = begun.elapsed();
    let begun = Moment::now();
    let contents = check::check(url).await?;
    Ok(Filled { contents, writing, finishing, checking: begun.elapsed() })
}

/// Makes all rows; answers the last position of the log.
fn make(
    frame: &Frame,
    contents: usize,
    seed: u64,
    mut position: i64,
    sender: &mpsc::Sender<Rows>,
) -> anyhow::Result<i64> {
    let mut maker = Maker::new(frame, contents, seed);
    let mut dice = Dice::new(seed ^ 0x6c6f_6700);
    let mut counts = Counts::default();
    let gone = || anyhow::anyhow!("the database took no more rows");
    loop {
        let batch: Vec<_> = maker.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let mut rows = Rows::default();
        for made in &batch {
            rows::content(&mut rows, frame, made)?;
            counts.add(frame, made);
        }
        position += 1;
        change(&mut rows, &mut dice, frame, position, &batch);
        sender.blocking_send(rows).map_err(|_| gone())?;
    }
    let mut rows = Rows::default();
    counts.write(&mut rows);
    for (name, next) in maker.serials() {
        rows.push("number_sequence", [name.into(), next.into()]);
    }
    sender.blocking_send(rows).map_err(|_| gone())?;
    Ok(position)
}

async fn position(url: &str) -> anyhow::Result<i64> {
    let rows = Database::open(url, 1).await?.rows(&Sql::new("select position from change_counter"), &[]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.get(0))?)
}

/// Where the rows go.
enum Target {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Target {
    async fn open(url: &str) -> anyhow::Result<Self> {
        match url.strip_prefix("sqlite://") {
            Some(path) => Ok(Self::Sqlite(sqlite::Sqlite::open(Path::new(path))?)),
            None => Ok(Self::Postgres(postgres::Postgres::open(url).await?)),
        }
    }

    async fn write(&mut self, rows: &Rows) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(rows),
            Self::Postgres(postgres) => postgres.write(rows).await,
        }
    }

    async fn run(&mut self, text: &str) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(sqlite) => sqlite.run(text),
            Self::Postgres(postgres) => postgres.run(text).await,
        }
    }

    async fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(sqlite) => sqlite.finish(),
            Self::Postgres(postgres) => postgres.finish().await,
        }
    }
}
