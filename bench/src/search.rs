//! `bench search`: what the search takes over a synthetic library: building, size, asking at once with others, and how long after a
//! publication it is found.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use library::content::{ContentFields, ContentKind, Details, DraftContent};
use library::database::{Database, Sql};
use library::{Caller, Library, Settings};
use search::embedded::Embedded;
use search::{Query, Question, Search};

use crate::fill::dice::Dice;
use crate::process::{Watched, machine};

/// How much memory documents may take before they are written out, in bytes.
const MEMORY: usize = 128 << 20;

/// What is measured, and how.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The filled library.
    pub database_url: String,
    /// How many ask at once.
    pub concurrency: usize,
    /// For how long.
    pub period: Duration,
    /// How many contents are published meanwhile.
    pub publications: usize,
}

static TITLES: Sql = Sql::new("select c.card from content c order by c.id limit 2000");
static BYTES: Sql = Sql::new("select cast(sum(length(cast(text as blob))) as bigint), count(*) from content_body");
static BYTES_OF_POSTGRES: Sql = Sql::new("select cast(sum(octet_length(text)) as bigint), count(*) from content_body");

/// Builds an index over a filled library, asks it, and prints what that took.
///
/// # Errors
/// When the library cannot be read, or the index fails.
pub async fn measure(measure: &Measure) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let library = library(&measure.database_url, folder.path()).await?;
    let settings = search::embedded::Settings { folder: folder.path().join("index"), memory: MEMORY, threads: 2 };
    let search = Arc::new(Search::new(library.clone(), Arc::new(Embedded::new(settings))));
    let text = if measure.database_url.starts_with("sqlite") { &BYTES } else { &BYTES_OF_POSTGRES };
    let rows = library.database().rows(text, &[]).await?;
    let row = rows.first().context("nothing is in the library")?;
    let (bytes, contents): (i64, i64) = (row.get(0)?, row.get(1)?);
    let (begun, watched) = (Instant::now(), Watched::begin(std::process::id()));
    search.rebuild().await?;
    let (built, building) = (begun.elapsed().as_secs_f64(), watched.end().await?.private);
    let size = size_of(&folder.path().join("index"))?;
    println!("{}; {} MB for what is written\n", machine(), MEMORY >> 20);
    println!("| {contents} contents, {:.0} MB of text | |", bytes as f64 / 1e6);
    println!("|---|---|");
    println!("| building the index | {built:.1} s |");
    println!("| size of the index | {:.0} MB, {:.2} of the text |", size as f64 / 1e6, size as f64 / bytes as f64);
    let (queries, watched) = (Arc::new(queries(&library).await?), Watched::begin(std::process::id()));
    let publishing = tokio::spawn(publish(library.clone(), search.clone(), measure.publications));
    let follower = {
        let search = search.clone();
        tokio::spawn(async move { search.follow(Duration::from_millis(200), |_| ()).await })
    };
    let askers = (0..measure.concurrency).map(|number| {
        tokio::spawn(ask(search.clone(), queries.clone(), number as u64, Instant::now() + measure.period))
    });
    let mut times = Vec::new();
    for asker in askers.collect::<Vec<_>>() {
        times.extend(asker.await??);
    }
    let found = publishing.await??;
    follower.abort();
    let rate = times.len() as f64 / measure.period.as_secs_f64();
    println!("| questions, {} at once | {rate:.0} a second; {} |", measure.concurrency, quantiles(times));
    println!("| from publication to being found, meanwhile | {} |", quantiles(found));
    let asking = watched.end().await?.private;
    println!("| private memory at most, building and asking | {building:.0} MB, {asking:.0} MB |");
    Ok(())
}

async fn library(url: &str, folder: &Path) -> anyhow::Result<Library> {
    let files = folder.join("files");
    std::fs::create_dir_all(&files)?;
    let settings = Settings {
        database: Database::open(url, 8).await?,
        files: Arc::new(object_store::local::LocalFileSystem::new_with_prefix(files)?),
        clock: Arc::new(server::clock::SystemClock),
        files_url: "http://127.0.0.1/files".to_owned(),
        iframe_hosts: Vec::new(),
    };
    Ok(Library::open(settings).await?)
}

/// Parts of titles, as people type them: 2 to 10 characters.
async fn queries(library: &Library) -> anyhow::Result<Vec<String>> {
    let mut dice = Dice::new(7);
    let mut queries = Vec::new();
    for row in library.database().rows(&TITLES, &[]).await? {
        let card: serde_json::Value = row.json(0)?;
        let title: Vec<char> = card["description"]["title"].as_str().unwrap_or_default().chars().collect();
        let long = 2 + dice.below(9);
        let from = dice.below(title.len().saturating_sub(long) + 1);
        queries.push(title[from..(from + long).min(title.len())].iter().collect());
    }
    Ok(queries)
}

/// Asks for twenty hits with facets every fifth time, until a moment; how long each took.
async fn ask(
    search: Arc<Search>,
    queries: Arc<Vec<String>>,
    seed: u64,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut dice = Dice::new(seed);
    let mut times = Vec::new();
    while Instant::now() < until {
        let query = Query::read(&queries[dice.below(queries.len())], &search.words());
        let facets = times.len() % 5 == 0;
        let begun = Instant::now();
        search.engine().find(Question { query, first: 20, facets, ..Question::default() }).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// Publishes contents one after the other; how long each took from its commit to being found.
async fn publish(library: Library, search: Arc<Search>, many: usize) -> anyhow::Result<Vec<Duration>> {
    let caller = Caller::program("bench");
    let directory = library.directory();
    let site = directory.sites.all().first().context("no site")?.id;
    let column = directory.columns.all().iter().find(|column| column.site == site).context("no column")?.id;
    let publisher = directory.organisations.all().first().context("no organisation")?.id;
    let mut times = Vec::new();
    for number in 0..many {
        let mut fields =
            ContentFields::new(format!("可检索性测量第{number}条"), publisher, Details::bare(ContentKind::Article));
        fields.body_html = format!("<p>{}</p>", "发布之后多久能够被检索到。".repeat(50));
        fields.columns = vec![column];
        let id = library.draft_content(&caller, DraftContent { site, fields }).await?;
        let published = library.publish_content(&caller, id, 1).await?;
        let begun = Instant::now();
        while search.position().is_none_or(|position| position < published.position) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(begun.elapsed());
    }
    Ok(times)
}

fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: f64| times.get(((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1)));
    let shown = |part| at(part).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    format!("p50 {:.1} ms, p99 {:.1} ms", shown(0.5), shown(0.99))
}

fn size_of(folder: &Path) -> anyhow::Result<u64> {
    let mut size = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        size += if entry.file_type()?.is_dir() { size_of(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(size)
}
