//! `bench growth`: the same questions over libraries of growing size; what should cost as much as before, and what does.

mod pairs;
pub mod plot;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::Work;
use crate::fill::fill;
use crate::read::report::Report;
use crate::read::{Read, contents, read, served};
use pairs::Pair;

/// The most milliseconds that a pair of filters may take without a short page.
const LONGEST: f64 = 20.0;

/// What growing came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Growth {
    /// The figures by size, the smallest first.
    pub reports: Vec<Report>,
    /// The pairs of filters at the largest size, the slowest first.
    pub pairs: Vec<Pair>,
}

/// How to grow.
#[derive(Debug, Clone)]
pub struct Grow {
    /// How to measure; `{}` in the address of the database stands for the size.
    pub read: Read,
    /// The sizes, the smallest first.
    pub sizes: Vec<usize>,
    /// The seed of all.
    pub seed: u64,
}

/// Fills what is not filled yet, and measures each; `progress` hears what is being done.
///
/// # Errors
/// When a library cannot be filled or an answer is not right.
pub fn grow<'w>(grow: &'w Grow, progress: &'w mut (dyn FnMut(&str) + Send)) -> Work<'w, Growth> {
    Box::pin(async move {
        anyhow::ensure!(grow.read.database_url.contains("{}"), "the address needs {{}} in the place of the size");
        let mut growth = Growth::default();
        for size in &grow.sizes {
            let mut of_size = grow.read.clone();
            of_size.database_url = grow.read.database_url.replace("{}", &size.to_string());
            filled(&of_size.database_url, *size, grow.seed, progress).await?;
            progress(&format!("{size} contents: measuring"));
            growth.reports.push(read(&of_size, &mut |figures| progress(&figures.operation)).await?);
        }
        let largest = grow.sizes.iter().max().context("no size")?;
        let url = grow.read.database_url.replace("{}", &largest.to_string());
        progress("pairs of filters");
        let server = served(&grow.read, &url).await?;
        growth.pairs = pairs::pairs(&url, server.process.address).await?;
        Ok(growth)
    })
}

/// Sees to it that the database at `url` holds a library of `size`.
async fn filled(url: &str, size: usize, seed: u64, progress: &mut (dyn FnMut(&str) + Send)) -> anyhow::Result<()> {
    if exists(url).await? {
        let known = contents(url).await.context("a database that is there holds no library")?;
        anyhow::ensure!(known == size as i64, "the library that is there has {known} contents and not {size}");
        return Ok(());
    }
    progress(&format!("{size} contents: filling"));
    fill(url, size, seed, &mut |_| {}).await?;
    Ok(())
}

/// Whether a database is there; makes an empty one on a server.
async fn exists(url: &str) -> anyhow::Result<bool> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        return Ok(Path::new(path).exists());
    }
    let (server, name) = url.rsplit_once('/').context("no database in the address")?;
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await?;
    let known = sqlx::query("select 1 from pg_database where datname = $1").bind(name);
    if known.fetch_optional(&mut connection).await?.is_some() {
        return Ok(true);
    }
    anyhow::ensure!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "a name of letters, digits and _");
    connection.execute(AssertSqlSafe(format!("create database {name}"))).await?;
    Ok(false)
}

impl Growth {
    /// As Markdown: each run, the ratios, and the pairs of filters that took longest.
    pub fn table(&self) -> String {
        let mut out: String = self.reports.iter().map(|report| report.table() + "\n").collect();
        let Some((first, later)) = self.reports.split_first() else { return out };
        let sizes: String = self.reports.iter().map(|report| format!(" {} |", report.contents)).collect();
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "p50 in ms, how many times that of {} contents and, for pages of a small library are shorter, how many \
             times its bytes\n\n| operation |{sizes}",
            first.contents
        );
        let _ = writeln!(out, "|---|{}", "---|".repeat(self.reports.len()));
        for figures in &first.figures {
            let _ = write!(out, "| {} | {:.2} |", figures.operation, figures.server.p50);
            for report in later {
                let now = report.figures.iter().find(|now| now.operation == figures.operation);
                let _ = match now.filter(|now| now.failed.is_none() && figures.failed.is_none()) {
                    Some(now) => {
                        let times = now.server.p50 / figures.server.p50.max(1e-9);
                        let bytes = now.bytes as f64 / figures.bytes.max(1) as f64;
                        write!(out, " {:.2} ({times:.2} x, {bytes:.2} x) |", now.server.p50)
                    }
                    None => write!(out, " failed |"),
                };
            }
            out.push('\n');
        }
        let slow = self.pairs.iter().filter(|pair| pair.took > LONGEST && (pair.rows == 20 || !pair.more)).count();
        let _ = writeln!(
            out,
            "\n{} pairs of filters, {slow} of them over {LONGEST} ms without a short page; the slowest:\n\n\
             | filters | ms | rows | cursor goes on |\n|---|---|---|---|",
            self.pairs.len()
        );
        for pair in self.pairs.iter().take(30) {
            let more = if pair.failed {
                "failed"
            } else if pair.more {
                "yes"
            } else {
                "no"
            };
            let _ = writeln!(out, "| {} | {:.1} | {} | {} |", pair.filters, pair.took, pair.rows, more);
        }
        out
    }
}
