//! `bench evict`: what a publication takes from a cache that is full of answers, against what it really changed; and whether the
//! time that a change takes depends on how much is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context as _;
use library::column::{Column, ColumnStatus};
use library::content::{ArticleDetails, ContentFields, ContentKind, Details, DraftContent};
use library::database::Database;
use library::{Caller, Library, Position};
use object_store::memory::InMemory;
use server::clock::SystemClock;
use sha2::{Digest as _, Sha256};

use super::places::Places;
use super::server::Server;
use super::{Read, SEED, questions};
use crate::Work;
use crate::fill::dice::Dice;
use crate::load::{Asker, Questions};
use crate::process::{machine, memory, text};

/// What of memory the cache may take, in MB.
const CACHE: u32 = 256;
/// How many publications are looked at.
const PUBLICATIONS: usize = 5;
/// What a list of many pages, or of everything, is not compared by: its answers are as large as the library.
const LEFT_OUT: [&str; 2] = ["snapshot", "updated-today"];
/// The metric of the time that changes take.
const TIME: &str = "jiyue_cache_follow_seconds";

/// A question, and the digest of its answer.
struct Kept {
    operation: &'static str,
    body: String,
    /// Whether it is a page behind the first of a list.
    is_later: bool,
    answer: [u8; 32],
}

/// The counts of each operation, its first pages and its later ones.
type Counts = BTreeMap<(&'static str, bool), Count>;

/// How many answers went, and how many had changed.
#[derive(Default, Clone, Copy)]
struct Count {
    gone: usize,
    changed: usize,
}

/// Measures with each of these numbers of answers, and prints.
///
/// # Errors
/// When the library is not filled, an answer is stale, or more than 1.2 times what changed went.
pub fn measure<'w>(read: &'w Read, numbers: &'w [usize]) -> Work<'w, ()> {
    Box::pin(async move {
        println!("{}; {CACHE} MB for the cache\n", machine());
        println!(
            "| answers | memory MB | in cache MB | first pages, details: gone | changed | times | later pages: gone | changed | us a change | us an answer that went |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
        let mut all_well = true;
        for number in numbers {
            all_well &= with(read, *number).await?;
        }
        anyhow::ensure!(all_well, "more than 1.2 times what changed went");
        Ok(())
    })
}

async fn with(read: &Read, number: usize) -> anyhow::Result<bool> {
    let places = Places::read(&read.database_url).await?;
    let library = open(&read.database_url).await?;
    let server = Server::start(read.program.clone(), &read.database_url, CACHE).await?;
    let mut asker = Asker::at(server.process.address).await?;
    let mut kept = fill(&mut asker, &places, number).await?;
    let held = memory(server.process.pid()).private;
    let columns = columns(&library);
    let mut counts = Counts::new();
    let before = time(&server).await?;
    for at in 0..PUBLICATIONS {
        let column = &columns[at * columns.len() / PUBLICATIONS];
        let position = publish(&library, column, &format!("驱逐测量{at}")).await?;
        compare(&mut asker, &mut kept, position, &mut counts).await?;
    }
    let after = time(&server).await?;
    let micros = (after.0 - before.0) * 1e6;
    let a_change = micros / (after.1 - before.1).max(1.0);
    let cached = metric(&server, "jiyue_cache_bytes").await? / f64::from(1 << 20);
    let of = |is_later: bool| {
        let of_these = counts.iter().filter(|((_, later), _)| *later == is_later);
        of_these.fold(Count::default(), |sum, (_, count)| Count {
            gone: sum.gone + count.gone,
            changed: sum.changed + count.changed,
        })
    };
    let (first, later) = (of(false), of(true));
    let times = first.gone as f64 / (first.changed as f64).max(1.0);
    println!(
        "| {} | {held:.0} | {cached:.0} | {} | {} | {times:.2} | {} | {} | {a_change:.0} | {:.0} |",
        kept.len(),
        first.gone,
        first.changed,
        later.gone,
        later.changed,
        micros / ((first.gone + later.gone) as f64).max(1.0)
    );
    for ((operation, is_later), Count { gone, changed }) in &counts {
        if *gone > 0 {
            let which = if *is_later { ", later pages" } else { "" };
            eprintln!("{operation}{which}: {gone} gone, {changed} changed");
        }
    }
    anyhow::ensure!(first.changed > 0, "a publication that changes nothing proves nothing");
    Ok(times <= 1.2)
}

async fn open(url: &str) -> anyhow::Result<Library> {
    let settings = library::Settings {
        database: Database::open(url, 2).await?,
        files: std::sync::Arc::new(InMemory::new()),
        clock: std::sync::Arc::new(SystemClock),
        files_url: "https://files.example".to_owned(),
        iframe_hosts: Vec::new(),
    };
    Ok(Library::open(settings).await?)
}

/// Has so many different questions answered, until each answer is kept.
async fn fill(asker: &mut Asker, places: &Places, number: usize) -> anyhow::Result<Vec<Kept>> {
    let operations: Vec<_> = questions::operations().filter(|(name, _)| !LEFT_OUT.contains(name)).collect();
    let (mut dice, mut seen, mut kept) = (Dice::new(SEED), BTreeSet::new(), Vec::new());
    let mut tries = 0;
    while kept.len() < number && tries < 40 * number {
        let (name, document) = operations[tries % operations.len()];
        tries += 1;
        let variables = places.draw(name, &mut dice)?;
        let is_later = name == "q6" || variables["offset"].as_i64().is_some_and(|offset| offset > 0);
        let body = Questions::of(document, vec![variables.to_string()]).body(0);
        if !seen.insert(body.clone()) {
            continue;
        }
        asker.ask(&body, None).await?;
        let again = asker.ask(&body, None).await?;
        if again.state == "HIT" {
            kept.push(Kept { operation: name, is_later, answer: Sha256::digest(&again.body).into(), body });
        }
    }
    anyhow::ensure!(kept.len() == number, "there are only {} different questions: fill a larger library", kept.len());
    Ok(kept)
}

/// Open columns that take articles, those that are shown on other sites among them.
fn columns(library: &Library) -> Vec<std::sync::Arc<Column>> {
    let takes = |column: &&std::sync::Arc<Column>| {
        let kinds = &column.fields.accepts;
        column.status == ColumnStatus::Open && (kinds.is_empty() || kinds.contains(&ContentKind::Article))
    };
    library.directory().columns.all().iter().filter(takes).cloned().collect()
}

async fn publish(library: &Library, column: &Column, title: &str) -> anyhow::Result<Position> {
    let program = Caller::program("bench");
    let publisher = library.directory().organisations.all().first().context("no organisation")?.id;
    let mut fields = ContentFields::new(title, publisher, Details::Article(ArticleDetails::default()));
    fields.body_html = format!("<p>{}</p>", "政府信息公开".repeat(100));
    fields.source_name = "本站".to_owned();
    fields.columns = vec![column.id];
    let id = library.draft_content(&program, DraftContent { site: column.site, fields }).await?;
    Ok(library.publish_content(&program, id, 1).await?.position)
}

/// Asks everything again as of a change: what is not kept any more went, what is another answer had changed. By brute force,
/// so that nothing of the cache judges itself.
async fn compare(asker: &mut Asker, kept: &mut [Kept], position: Position, counts: &mut Counts) -> anyhow::Result<()> {
    for one in kept {
        let answer = asker.ask(&one.body, Some(position)).await?;
        let digest: [u8; 32] = Sha256::digest(&answer.body).into();
        let count = counts.entry((one.operation, one.is_later)).or_default();
        let (gone, changed) = (answer.state != "HIT", digest != one.answer);
        count.gone += usize::from(gone);
        count.changed += usize::from(changed);
        one.answer = digest;
        if gone {
            // The next change finds it kept again, by the bytes of the request too.
            asker.ask(&one.body, None).await?;
        }
    }
    Ok(())
}

/// How long all changes took, in seconds, and how many there were.
async fn time(server: &Server) -> anyhow::Result<(f64, f64)> {
    Ok((metric(server, &format!("{TIME}_sum")).await?, metric(server, &format!("{TIME}_count")).await?))
}

async fn metric(server: &Server, name: &str) -> anyhow::Result<f64> {
    let page =
        tokio::time::timeout(Duration::from_secs(10), text(server.process.address, "/metrics", server.key())).await??;
    let line =
        page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).with_context(|| name.to_owned())?;
    Ok(line.trim().parse()?)
}
