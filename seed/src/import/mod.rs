//! Taking existing data over (导入): JSON lines of the native format, or of another one with a field map.
//!
//! A line that cannot be taken over is reported and the rest goes on. What is known is recognised by its origin.

mod body;
mod codes;
mod files;
mod ledger;
mod lines;
mod map;
pub mod mirror;
mod moment;
mod native;
mod outcome;
mod produce;
mod write;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use library::changes::KeyKind;
use library::column::ColumnLocator;
use library::content::ContentKind;
use library::{Audience, Library};

use files::Folder;
use ledger::Ledger;
use lines::Lines;
use map::Map;
use native::Place;
pub use outcome::{ImportLine, ImportOutcome, ImportReport, ImportTrouble};
use produce::{Producer, gone, lost};
use write::Writer;

/// How many chunks may wait for the writer.
const AHEAD: usize = 2;

/// How many contents are looked at together when those are looked for that a file has no more.
const LOOKED_AT: i64 = 1_000;

/// What is done when a known record has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnChange {
    /// Its content is corrected.
    #[default]
    Update,
    /// It is reported, and its content left as it is.
    Report,
}

/// What is to be imported, and where to.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// A file of JSON lines; packed if its name ends in `.gz`.
    pub path: PathBuf,
    /// The code of the home site; needless for code lists.
    pub site: Option<String>,
    /// The path of the column; needless for code lists.
    pub column: Option<String>,
    /// Which kind the contents are to be, whatever the lines say.
    pub kind: Option<ContentKind>,
    /// The code of the publishing organisation; the site's sponsor if not given.
    pub publisher: Option<String>,
    /// A field map: a file, or the name of one that is part of the program.
    pub map: Option<PathBuf>,
    /// Everything is checked and told, nothing is written.
    pub rehearsal: bool,
    /// Everything is checked first, and nothing is written if anything is wrong.
    pub strict: bool,
    /// What is done with known records that have changed.
    pub on_change: OnChange,
    /// Set when it shall end: what was begun is finished, the rest is left.
    pub interrupted: Arc<AtomicBool>,
}

/// A run through the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPass {
    /// Everything is checked, nothing is written.
    Check,
    /// Everything is taken over.
    Write,
    /// Links to what came later in the file are made.
    Links,
}

/// What is heard of an import while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportEvent {
    /// A run through a file of so many bytes begins. After a check without trouble it begins anew.
    Begun {
        /// Which.
        pass: ImportPass,
        /// The size of the file.
        bytes: u64,
    },
    /// What became of a line is known.
    Line(ImportLine),
    /// So much was read.
    Read {
        /// How many records.
        records: u64,
        /// How many bytes of the file.
        bytes: u64,
    },
}

/// Imports a file. `report` hears of every line when it is known what became of it.
///
/// # Errors
/// When the file or the map cannot be read, when site, column or publisher are unknown, or when the database fails. What
/// was written until then stays, and the next run passes over it.
pub async fn import(
    library: &Library,
    import: &Import,
    report: &mut (dyn FnMut(ImportEvent) + Send),
) -> anyhow::Result<ImportReport> {
    let checks = import.strict && !import.rehearsal;
    if !checks {
        return run(library, import, true, report).await;
    }
    let rehearsal = Import { rehearsal: true, ..import.clone() };
    let found = run(library, &rehearsal, false, report).await?;
    if found.is_whole() {
        return run(library, import, true, report).await;
    }
    // Now that it is known that nothing will be written, everything is told.
    run(library, &rehearsal, true, report).await
}

async fn run(
    library: &Library,
    import: &Import,
    tells: bool,
    report: &mut (dyn FnMut(ImportEvent) + Send),
) -> anyhow::Result<ImportReport> {
    let map = import.map.as_deref().map(Map::open).transpose()?.unwrap_or_default();
    let mut writer = Writer::new(library.clone(), import.rehearsal, report);
    writer.tells = tells;
    if !map.codes.is_empty() {
        codes::import(&mut writer, import, &map.codes).await?;
        return Ok(writer.summary);
    }
    let place = place(library, import, &map)?;
    let column = place.column;
    let mut producer = Producer {
        library: library.clone(),
        map,
        place,
        folder: Folder::of(&import.path)?,
        ledger: Ledger::new()?,
        pass: if import.rehearsal { ImportPass::Check } else { ImportPass::Write },
        rehearsal: import.rehearsal,
        on_change: import.on_change,
        interrupted: import.interrupted.clone(),
        ended_after: None,
    };
    producer = pass(producer, import, &mut writer).await?;
    writer.summary.interrupted = producer.ended_after;
    if producer.ended_after.is_some() {
        return Ok(writer.summary);
    }
    if settle_links(&producer, import, &mut writer).await? {
        producer.pass = ImportPass::Links;
        producer = pass(producer, import, &mut writer).await?;
        writer.summary.interrupted = producer.ended_after;
    }
    tell_gone(library, &producer.ledger, column, &mut writer).await?;
    Ok(writer.summary)
}

/// Where contents go.
fn place(library: &Library, import: &Import, map: &Map) -> anyhow::Result<Place> {
    let directory = library.directory();
    let code = import.site.as_deref().context("contents need a site: give --site CODE")?;
    let path = import.column.as_deref().context("contents need a column: give --column PATH")?;
    let site = directory.sites.by_key(KeyKind::SiteCode, code);
    let site = site.with_context(|| format!("there is no site {code}"))?;
    let locator = ColumnLocator::At { site: code.to_owned(), path: path.to_owned() };
    let column = library.scope(Audience::Public).column_by(&locator);
    let column = column.with_context(|| format!("the site {code} has no column {path}"))?;
    let publisher = match &import.publisher {
        None => site.fields.sponsor,
        Some(code) => {
            let found = directory.organisations.by_key(KeyKind::OrganisationCode, code);
            found.with_context(|| format!("there is no organisation {code}"))?.id
        }
    };
    let name = import.path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
    Ok(Place {
        way: "import:",
        site: site.id,
        column: column.id,
        publisher,
        kind: import.kind,
        usual_kind: map.kind.unwrap_or(ContentKind::Article),
        system: name.split('.').next().unwrap_or(name).to_owned(),
        leave_unknown: map.leave_unknown.clone(),
    })
}

/// Runs through the file once: the producer reads ahead in a task of its own while batches are written here.
async fn pass(mut producer: Producer, import: &Import, writer: &mut Writer<'_>) -> anyhow::Result<Producer> {
    let lines = Lines::open(&import.path)?;
    let bytes = std::fs::metadata(&import.path).map_or(0, |data| data.len());
    writer.event(ImportEvent::Begun { pass: producer.pass, bytes });
    let (sender, mut chunks) = tokio::sync::mpsc::channel(AHEAD);
    let reading = tokio::spawn(async move {
        let read = producer.run(lines, &sender).await;
        (producer, read)
    });
    while let Some(chunk) = chunks.recv().await {
        writer.summary.read += chunk.read;
        for item in chunk.items {
            writer.take(item).await?;
        }
        writer.event(ImportEvent::Read { records: writer.summary.read, bytes: chunk.bytes });
    }
    writer.finish().await?;
    let (producer, read) = reading.await.context("the reading of the file ended by itself")?;
    read?;
    Ok(producer)
}

/// Tells of links that lead nowhere; answers whether others can be made now.
async fn settle_links(producer: &Producer, import: &Import, writer: &mut Writer<'_>) -> anyhow::Result<bool> {
    let ledger = &producer.ledger;
    let (mut at, mut some) = (0, false);
    while let Some((line, waits)) = ledger.next_waiting(at)? {
        for (field, key) in waits {
            match ledger.has(&key)? {
                true => some |= !import.rehearsal,
                false if producer.place.wants_links() => writer.take(lost(line, &field)).await?,
                false => {}
            }
        }
        at = line;
    }
    Ok(some)
}

/// Tells of the contents of the column that came from the systems of this file and are not in it any more.
async fn tell_gone(
    library: &Library,
    ledger: &Ledger,
    column: library::id::ColumnId,
    writer: &mut Writer<'_>,
) -> anyhow::Result<()> {
    let mut system = String::new();
    while let Some(next) = ledger.next_system(&system)? {
        system = next;
        let mut after = String::new();
        loop {
            let (found, more) = library.origins_in_column(column, &system, &after, LOOKED_AT).await?;
            for (id, content) in found {
                if !ledger.has(&ledger::origin_key(&system, &id))? {
                    writer.tell(gone(&system, id, content));
                }
            }
            match more {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    Ok(())
}
