//! Taking existing data over: JSON Lines, plain or packed, each line a content of one column.
//!
//! A line that cannot be taken over is reported and the rest goes on. What is known already is left as it is.

mod body;
mod lines;
mod record;
mod shape;

use std::path::PathBuf;

use anyhow::Context as _;
use library::changes::KeyKind;
use library::column::ColumnLocator;
use library::content::{ContentFields, ContentKind, DraftContent, Origin};
use library::id::{ColumnId, ContentId, OrganisationId, SiteId};
use library::{Audience, Caller, Library};
use serde_json::Value;
use sha2::{Digest, Sha256};

use lines::{Line, Lines};
use record::{Record, Trouble};
use shape::Taken;

/// How many contents are written in one transaction: few, so that other writers never wait long.
const BATCH: usize = 25;

/// How many bytes of bodies are written in one transaction, for the same reason.
const BATCH_BYTES: usize = 128 * 1024;

/// What is to be imported, and where to.
#[derive(Debug, Clone)]
pub struct Import {
    /// A file of JSON Lines; packed if its name ends in `.gz`.
    pub path: PathBuf,
    /// The code of the home site.
    pub site: String,
    /// The path of the column.
    pub column: String,
    /// Which kind the contents are to be; as each line says or shows if not given.
    pub kind: Option<ContentKind>,
    /// The code of the publishing organisation; the site's sponsor if not given.
    pub publisher: Option<String>,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It is published as this content.
    Written(ContentId),
    /// It was not taken over, and that is right.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Its origin is known with other words: the content is left as it is.
    Changed(ContentId),
    /// It could not be taken over.
    Failed {
        /// Which field of the line, or of the content, is wrong; empty for the whole line.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A line of the file and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// The number of the line, from 1.
    pub number: u64,
    /// What became of it.
    pub outcome: ImportOutcome,
}

impl std::fmt::Display for ImportLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = self.number;
        match &self.outcome {
            ImportOutcome::Written(id) => write!(f, "line {number}: {id}"),
            ImportOutcome::Skipped { reason } => write!(f, "line {number}: skipped, {reason}"),
            ImportOutcome::Changed(id) => write!(f, "line {number}: changed since it became {id}, left as it is"),
            ImportOutcome::Failed { field, reason } if field.is_empty() => write!(f, "line {number}: {reason}"),
            ImportOutcome::Failed { field, reason } => write!(f, "line {number}: {field}: {reason}"),
        }
    }
}

/// How many lines became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Lines read, empty ones not counted.
    pub read: u64,
    /// Contents published.
    pub written: u64,
    /// Lines rightly not taken over, known ones among them.
    pub skipped: u64,
    /// Lines whose content is known with other words.
    pub changed: u64,
    /// Lines that could not be taken over.
    pub failed: u64,
}

/// Imports a file. `report` hears of every line when it is known what became of it.
///
/// # Errors
/// When the file cannot be read, when site, column or publisher are unknown, or when the database fails. What was
/// written until then stays, and the next run passes over it.
pub async fn import(
    library: &Library,
    import: &Import,
    report: &mut (dyn FnMut(ImportLine) + Send),
) -> anyhow::Result<ImportReport> {
    let mut lines = Lines::open(&import.path)?;
    let mut importing = Importing {
        library,
        caller: Caller::program("import"),
        place: Place::of(library, import)?,
        pending: Vec::new(),
        pending_bytes: 0,
        summary: ImportReport::default(),
        report,
    };
    while let Some((number, line)) = lines.next()? {
        importing.summary.read += 1;
        importing.line(number, line).await?;
    }
    importing.write().await?;
    Ok(importing.summary)
}

/// Where contents go.
struct Place {
    site: SiteId,
    column: ColumnId,
    publisher: OrganisationId,
    kind: Option<ContentKind>,
    /// What stands for the source of lines that name none: the file's name without its endings.
    stem: String,
}

impl Place {
    fn of(library: &Library, import: &Import) -> anyhow::Result<Self> {
        let directory = library.directory();
        let site = directory.sites.by_key(KeyKind::SiteCode, &import.site);
        let site = site.with_context(|| format!("there is no site {}", import.site))?;
        let locator = ColumnLocator::At { site: import.site.clone(), path: import.column.clone() };
        let column = library.scope(Audience::Public).column_by(&locator);
        let column = column.with_context(|| format!("the site {} has no column {}", import.site, import.column))?;
        let publisher = match &import.publisher {
            None => site.fields.sponsor,
            Some(code) => {
                let found = directory.organisations.by_key(KeyKind::OrganisationCode, code);
                found.with_context(|| format!("there is no organisation {code}"))?.id
            }
        };
        let name = import.path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
        let stem = name.split('.').next().unwrap_or(name).to_owned();
        Ok(Self { site: site.id, column: column.id, publisher, kind: import.kind, stem })
    }
}

/// A content that waits for its batch.
struct Pending {
    number: u64,
    origin: (String, String),
    draft: DraftContent,
}

struct Importing<'a> {
    library: &'a Library,
    caller: Caller,
    place: Place,
    pending: Vec<Pending>,
    pending_bytes: usize,
    summary: ImportReport,
    report: &'a mut (dyn FnMut(ImportLine) + Send),
}

impl Importing<'_> {
    fn tell(&mut self, number: u64, outcome: ImportOutcome) {
        match &outcome {
            ImportOutcome::Written(_) => self.summary.written += 1,
            ImportOutcome::Skipped { .. } => self.summary.skipped += 1,
            ImportOutcome::Changed(_) => self.summary.changed += 1,
            ImportOutcome::Failed { .. } => self.summary.failed += 1,
        }
        (self.report)(ImportLine { number, outcome });
    }

    async fn line(&mut self, number: u64, line: Line) -> anyhow::Result<()> {
        let pending = match self.read(number, &line) {
            Ok(pending) => pending,
            Err(Trouble::Skip(reason)) => {
                self.tell(number, ImportOutcome::Skipped { reason });
                return Ok(());
            }
            Err(Trouble::Field(field, reason)) => {
                self.tell(number, ImportOutcome::Failed { field, reason });
                return Ok(());
            }
        };
        if self.pending.iter().any(|other| other.origin == pending.origin) {
            self.write().await?;
        }
        let (system, id) = &pending.origin;
        if let Some((content, _, hash)) = self.library.content_of_origin(system, id).await? {
            let same = pending.draft.fields.origin.as_ref().is_some_and(|origin| origin.content_hash == hash);
            let outcome = match same {
                true => ImportOutcome::Skipped { reason: format!("known as {content}") },
                false => ImportOutcome::Changed(content),
            };
            self.tell(number, outcome);
            return Ok(());
        }
        self.pending_bytes += pending.draft.fields.body_html.len();
        self.pending.push(pending);
        if self.pending.len() >= BATCH || self.pending_bytes >= BATCH_BYTES {
            self.write().await?;
        }
        Ok(())
    }

    /// What a line says, as a content to be drafted.
    fn read(&self, number: u64, line: &Line) -> Result<Pending, Trouble> {
        let text = match line {
            Line::Text(text) => text,
            Line::Broken(reason) => return Err(Trouble::whole(*reason)),
        };
        let value: Value =
            serde_json::from_str(text).map_err(|error| Trouble::whole(format!("it is no JSON: {error}")))?;
        let Value::Object(fields) = value else { return Err(Trouble::whole("it is no JSON object")) };
        let record = Record(fields);
        let taken = shape::take(&record, &self.library.directory(), self.place.kind)?;
        let source = record.text("source").unwrap_or_else(|| self.place.stem.clone());
        let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let Taken { id, title, body_html, published_at, formed_on, source_name, url, keywords, themes, details } =
            taken;
        let system = format!("import:{source}");
        let mut made = ContentFields::new(title, self.place.publisher, details);
        made.body_html = body_html;
        made.formed_on = formed_on;
        made.source_name = source_name.unwrap_or(source);
        made.source_url = url;
        made.keywords = keywords;
        made.themes = themes;
        made.columns = vec![self.place.column];
        made.origin = Some(Origin { system: system.clone(), id: id.clone(), content_hash: hash, published_at });
        let draft = DraftContent { site: self.place.site, fields: made };
        Ok(Pending { number, origin: (system, id), draft })
    }

    /// Writes what waits.
    async fn write(&mut self) -> anyhow::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        if pending.is_empty() {
            return Ok(());
        }
        let (numbers, drafts): (Vec<_>, Vec<_>) = pending.into_iter().map(|one| (one.number, one.draft)).unzip();
        let answers = self.library.import_contents(&self.caller, drafts).await?;
        for (number, answer) in numbers.into_iter().zip(answers) {
            let outcome = match answer {
                Ok(id) => ImportOutcome::Written(id),
                Err(refusal) => ImportOutcome::Failed { field: refusal.path.join("."), reason: refusal.english },
            };
            self.tell(number, outcome);
        }
        Ok(())
    }
}
