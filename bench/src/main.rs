//! The command line of the bench: what can be filled and measured.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bench::ceiling::Ceiling;
use bench::growth::{self, Grow};
use bench::read::Read;
use bench::read::report::Report;
use clap::{Args, Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Jiyue on this machine. Build with --release, `-p jiyue` before `-p bench`, and let nothing else run.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The door: what it costs to ask at all, next to the stock server of the GraphQL library.
    Door {
        /// Seconds for each figure.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// Connections that ask at the same time.
        #[arg(long, default_value_t = 16)]
        connections: usize,
    },
    /// Fills a new library with synthetic contents: 20 sites, 400 columns, 119 tags, 60 organisations.
    Fill {
        /// How many contents.
        #[arg(long)]
        contents: usize,
        /// sqlite://PATH or postgres://... of an empty database.
        #[arg(long, default_value = "sqlite://bench.db")]
        database_url: String,
        /// The same seed fills the same library.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Drives a real server over a filled library with the operations of the clients, beside their ceilings.
    Read {
        /// The filled database.
        #[arg(long, default_value = "sqlite://bench.db")]
        database_url: String,
        #[command(flatten)]
        how: How,
        /// Only these operations, with commas between.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Leave the ceilings out.
        #[arg(long)]
        no_ceilings: bool,
        /// Write the figures as JSON to this file, too.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Answers from the cache, beside an axum handler that sends the same bytes.
    Hits {
        /// The filled database.
        #[arg(long, default_value = "sqlite://bench.db")]
        database_url: String,
        #[command(flatten)]
        how: How,
        /// Only these operations, with commas between.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// A filled database of another size: how the time of a hit grows from the one to the other, by turns.
        #[arg(long)]
        beside: Option<String>,
    },
    /// What a publication takes from a full cache, against what it changed.
    Evict {
        /// The filled database, with 100,000 contents or more; a few are published in it.
        #[arg(long, default_value = "sqlite://bench.db")]
        database_url: String,
        /// How many answers are kept, with commas between.
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000])]
        answers: Vec<usize>,
        /// The server's program [default: jiyue beside this program]
        #[arg(long)]
        server: Option<PathBuf>,
    },
    /// Runs `read` over libraries of growing size, and every pair of filters over the largest.
    Growth {
        /// The databases; {} stands for the size. What is not there is filled.
        #[arg(long, default_value = "sqlite://bench-{}.db")]
        database_url: String,
        /// The sizes, with commas between.
        #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
        contents: Vec<usize>,
        /// The same seed fills the same libraries.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[command(flatten)]
        how: How,
        /// Only these operations, with commas between.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Write the figures as JSON to this file, too.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// What sharing costs those who write: publishing into a column that others mirror, and beside the merging of a tag.
    Sharing {
        /// Numbers of mirrors, with commas between.
        #[arg(long, value_delimiter = ',', default_values_t = [10, 100, 1_000])]
        mirrors: Vec<usize>,
        /// How many contents have the tag that is merged.
        #[arg(long, default_value_t = 100_000)]
        contents: usize,
    },
    /// How fast records are taken over, and what that costs who publishes and reads meanwhile, on SQLite.
    Import {
        /// How many records of about 2 KB.
        #[arg(long, default_value_t = 20_000)]
        records: usize,
        /// The program [default: jiyue beside this program]
        #[arg(long)]
        server: Option<PathBuf>,
    },
    /// How well tags are suggested, on questions whose keywords people chose.
    Tags {
        /// JSON Lines with `question`, `answer` and `keywords`, also as .gz.
        questions: PathBuf,
    },
    /// What the search takes over a filled library: building, size, asking, and how long after a publication it is found.
    Search {
        /// The filled database; contents are published in it.
        #[arg(long, default_value = "sqlite://bench.db")]
        database_url: String,
        /// How many ask at once.
        #[arg(long, default_value_t = 8)]
        concurrency: usize,
        /// For how many seconds.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        /// How many contents are published meanwhile.
        #[arg(long, default_value_t = 100)]
        publications: usize,
    },
    /// How well the search ranks, on judged queries over real texts; fails below the figures of bench/relevance.toml.
    Relevance {
        /// The folder with the queries and their texts.
        data: PathBuf,
        /// Print the queries of which nothing was found among ten hits.
        #[arg(long)]
        misses: bool,
        /// The address of a Meilisearch server whose figures are printed instead; they need not reach those.
        #[arg(long)]
        meili: Option<String>,
    },
    /// How far answers can be believed that are said to be sure: a table of reliability, on questions asked in other words.
    Answers {
        /// The folder with the questions and their answers.
        data: PathBuf,
        /// Print the weights that would fit best.
        #[arg(long)]
        fit: bool,
    },
    /// Draws what `growth --json` wrote, as SVG.
    Plot {
        /// The file.
        growth: PathBuf,
    },
    /// A server of stored answers: what `read` starts as a ceiling.
    #[command(hide = true)]
    Ceiling {
        ceiling: Ceiling,
        #[arg(long)]
        stored: PathBuf,
        #[arg(long)]
        listen: SocketAddr,
    },
}

#[derive(Debug, Args)]
struct How {
    /// Seconds for each figure.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// The server's program [default: jiyue beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().what {
        What::Door { seconds, connections } => bench::door::measure(Duration::from_secs(seconds), connections).await,
        What::Fill { contents, database_url, seed } => fill(&database_url, contents, seed).await,
        What::Read { database_url, how, only, no_ceilings, json } => {
            let read = how.read(database_url, only, !no_ceilings);
            let report = bench::read::read(&read, &mut |figures| say(&figures.operation)).await?;
            println!("{}", report.table());
            if let Some(path) = json {
                std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
            }
            anyhow::ensure!(report.is_whole(), "not every operation was answered rightly");
            Ok(())
        }
        What::Hits { database_url, how, only, beside } => {
            let read = how.read(database_url, only, true);
            match beside {
                Some(beside) => bench::read::hits::growth(&read, &beside).await,
                None => bench::read::hits::measure(&read).await,
            }
        }
        What::Evict { database_url, answers, server } => {
            let how = How { seconds: 1, concurrency: 1, server };
            bench::read::evict::measure(&how.read(database_url, Vec::new(), false), &answers).await
        }
        What::Growth { database_url, contents, seed, how, only, json } => {
            let grow = Grow { read: how.read(database_url, only, false), sizes: contents, seed };
            let growth = growth::grow(&grow, &mut say).await?;
            println!("{}", growth.table());
            if let Some(path) = json {
                std::fs::write(path, serde_json::to_vec_pretty(&growth)?)?;
            }
            anyhow::ensure!(growth.reports.iter().all(Report::is_whole), "not every operation was answered rightly");
            Ok(())
        }
        What::Import { records, server } => bench::import::measure(records, server).await,
        What::Tags { questions } => bench::tags::suggestions(&questions).await,
        What::Search { database_url, concurrency, seconds, publications } => {
            let period = Duration::from_secs(seconds);
            let measure = bench::search::Measure { database_url, concurrency, period, publications };
            bench::search::measure(&measure).await
        }
        What::Relevance { data, misses, meili } => bench::relevance::measure(&data, misses, meili.as_deref()).await,
        What::Answers { data, fit } => bench::answers::reliability(&data, fit).await,
        What::Sharing { mirrors, contents } => {
            bench::sharing::mirrors(&mirrors).await?;
            bench::sharing::merge(contents).await
        }
        What::Plot { growth } => {
            let growth = serde_json::from_slice(&std::fs::read(growth)?)?;
            print!("{}", growth::plot::plot(&growth));
            Ok(())
        }
        What::Ceiling { ceiling, stored, listen } => bench::ceiling::serve(ceiling, &stored, listen).await,
    }
}

impl How {
    fn read(&self, database_url: String, only: Vec<String>, ceilings: bool) -> Read {
        Read {
            database_url,
            period: Duration::from_secs(self.seconds),
            connections: self.concurrency,
            only,
            ceilings,
            program: self.server.clone(),
        }
    }
}

/// Tells who watches; nobody may be listening.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

async fn fill(url: &str, contents: usize, seed: u64) -> anyhow::Result<()> {
    let mut said = 0;
    let mut progress = |written: usize| {
        if written / 50_000 > said {
            said = written / 50_000;
            say(&format!("{written} contents written"));
        }
    };
    let filled = bench::fill::fill(url, contents, seed, &mut progress).await?;
    println!(
        "{} contents: rows {:.1} s, indexes {:.1} s, check {:.1} s",
        filled.contents,
        filled.writing.as_secs_f64(),
        filled.finishing.as_secs_f64(),
        filled.checking.as_secs_f64()
    );
    Ok(())
}
