//! Reading a file ahead of the writing: each line becomes a record, is compared with what is known, and prepared.
//!
//! Runs beside the writer and hands chunks over; decides nothing that needs a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use library::content::{
    ContentLocator, ContentState, Correction, Details, DraftContent, ImportContent, KnownOrigin, LinkTarget, LinkTo,
    Prepared,
};
use library::id::{AnyId, ContentId};
use library::{Audience, Caller, Error, Library};
use serde_json::{Map as Fields, Value};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::Sender;

use super::files::{Folder, Found, attach, store};
use super::ledger::{Ledger, Waits, number_key, origin_key};
use super::lines::{Line, Lines};
use super::map::Map;
use super::native::{self, LinkEnd, Native, Place, Refer, WantedLink};
use super::outcome::{ImportLine, ImportOutcome, ImportTrouble};
use super::write::Item;
use super::{ImportPass, OnChange};

/// How many lines are worked on together.
const CHUNK: usize = 128;

/// How many bytes of lines are worked on together.
const CHUNK_BYTES: usize = 512 * 1024;

/// Lines that are done with.
pub(super) struct Chunk {
    pub items: Vec<Item>,
    /// How many records were read.
    pub read: u64,
    /// How many bytes of the file were read until now.
    pub bytes: u64,
}

/// What reads a file.
pub(super) struct Producer {
    pub library: Library,
    pub map: Map,
    pub place: Place,
    pub folder: Folder,
    pub ledger: Ledger,
    pub pass: ImportPass,
    pub rehearsal: bool,
    pub on_change: OnChange,
    pub interrupted: Arc<AtomicBool>,
    /// After which line it was ended, if it was.
    pub ended_after: Option<u64>,
}

/// A record whose ends are found.
struct Record {
    native: Native,
    files: Vec<Found>,
    waits: Waits,
    hash: String,
}

type Origin = (String, String);
type Known = std::collections::HashMap<Origin, KnownOrigin>;

impl Producer {
    /// Reads all lines, or those whose links wait.
    pub async fn run(&mut self, mut lines: Lines, sender: &Sender<Chunk>) -> anyhow::Result<()> {
        let mut refer = Refer::new(self.library.directory());
        loop {
            let chunk = self.read(&mut lines)?;
            if chunk.is_empty() {
                return Ok(());
            }
            let directory = self.library.directory();
            if !refer.is_of(&directory) {
                refer = Refer::new(directory);
            }
            let read = chunk.len() as u64;
            let last = chunk.last().map(|(number, _)| *number);
            let items = self.work(chunk, &refer).await?;
            let read = if self.pass == ImportPass::Links { 0 } else { read };
            if sender.send(Chunk { items, read, bytes: lines.passed() }).await.is_err() {
                // The writer has failed, and says why.
                return Ok(());
            }
            if self.interrupted.load(Ordering::Relaxed) {
                self.ended_after = last;
                return Ok(());
            }
        }
    }

    fn read(&self, lines: &mut Lines) -> anyhow::Result<Vec<(u64, Line)>> {
        let (mut chunk, mut bytes) = (Vec::new(), 0);
        while chunk.len() < CHUNK && bytes < CHUNK_BYTES {
            let Some((number, line)) = lines.next()? else { break };
            if self.pass == ImportPass::Links && !self.ledger.waits(number)? {
                continue;
            }
            if let Line::Text(text) = &line {
                bytes += text.len();
            }
            chunk.push((number, line));
        }
        Ok(chunk)
    }

    async fn work(&mut self, chunk: Vec<(u64, Line)>, refer: &Refer) -> anyhow::Result<Vec<Item>> {
        let (mut items, mut records) = (Vec::with_capacity(chunk.len()), Vec::with_capacity(chunk.len()));
        for (number, line) in chunk {
            match self.record(line) {
                Err(trouble) => items.push(failed(number, None, trouble)),
                Ok(Err(reason)) => items.push(told(number, None, ImportOutcome::Skipped { reason })),
                Ok(Ok(record)) => match native::origin(&record, &self.place) {
                    Err(trouble) => items.push(failed(number, None, trouble)),
                    Ok(origin) => match native::read(record, &self.place, refer) {
                        Err(trouble) => {
                            self.ledger.saw(&origin)?;
                            items.push(failed(number, Some(origin), trouble));
                        }
                        Ok(native) => records.push((number, native)),
                    },
                },
            }
        }
        let known = self.known(&records).await?;
        for (number, native) in records {
            let origin = native.origin.clone();
            if let Err(trouble) = self.decide(number, native, &known, &mut items).await? {
                self.ledger.saw(&origin)?;
                items.push(failed(number, Some(origin), trouble));
            }
        }
        Ok(items)
    }

    /// The record of a line in the native format, or why it is rightly left.
    fn record(&self, line: Line) -> Result<Result<Fields<String, Value>, String>, ImportTrouble> {
        let text = match line {
            Line::Text(text) => text,
            Line::Broken(code, reason) => return Err(ImportTrouble::new(code, "", reason)),
        };
        match serde_json::from_str(&text) {
            Ok(Value::Object(fields)) => self.map.apply(fields),
            Ok(_) => Err(ImportTrouble::new("NOT_JSON", "", "it is no JSON object")),
            Err(error) => Err(ImportTrouble::new("NOT_JSON", "", format!("it is no JSON: {error}"))),
        }
    }

    /// What the library knows of the records and of the ends of their links.
    async fn known(&self, records: &[(u64, Native)]) -> anyhow::Result<Known> {
        let mut origins: Vec<Origin> = records.iter().map(|(_, native)| native.origin.clone()).collect();
        for link in records.iter().flat_map(|(_, native)| &native.links) {
            if let LinkEnd::Origin(system, id) = &link.to {
                origins.push((system.clone(), id.clone()));
            }
        }
        origins.sort_unstable();
        origins.dedup();
        Ok(self.library.contents_of_origins(&origins).await?)
    }

    /// Decides what is to be done with a record.
    async fn decide(
        &mut self,
        number: u64,
        native: Native,
        known: &Known,
        items: &mut Vec<Item>,
    ) -> anyhow::Result<Result<(), ImportTrouble>> {
        let origin = native.origin.clone();
        let record = match self.find(native, known).await? {
            Ok(record) => record,
            Err(trouble) => return Ok(Err(trouble)),
        };
        match self.pass {
            ImportPass::Links => self.still_lost(number, &record, items)?,
            _ => match self.twice(number, &record)? {
                Some(Ok(item)) => {
                    items.push(item);
                    return Ok(Ok(()));
                }
                Some(Err(trouble)) => return Ok(Err(trouble)),
                None => {}
            },
        }
        let known = known.get(&origin);
        match known.and_then(|known| self.left(known, &record.hash)) {
            Some(ImportOutcome::Failed(trouble)) => return Ok(Err(trouble)),
            Some(outcome) => {
                self.take(number, &record, matches!(outcome, ImportOutcome::Unchanged(_)))?;
                if self.pass != ImportPass::Links {
                    items.push(told(number, Some(origin), outcome));
                }
                return Ok(Ok(()));
            }
            None => {}
        }
        let prepared = match self.prepare(&record).await? {
            Ok(prepared) => prepared,
            Err(trouble) => return Ok(Err(trouble)),
        };
        self.take(number, &record, true)?;
        items.push(match known {
            None => Item::New(number, origin, Box::new(prepared)),
            Some(known) => {
                let correction = Correction { id: known.id, revision: known.revision, content: prepared };
                Item::Correction(number, origin, Box::new(correction), self.pass)
            }
        });
        Ok(Ok(()))
    }

    /// Tells of links whose ends are in the file and could not be taken.
    fn still_lost(&self, number: u64, record: &Record, items: &mut Vec<Item>) -> anyhow::Result<()> {
        for (field, key) in record.waits.iter().filter(|_| self.place.wants_links()) {
            if self.ledger.has(key)? {
                items.push(lost(number, field));
            }
        }
        Ok(())
    }

    /// Looks up the ends of a record's links and its files, and takes its hash: of what it says and of what the library
    /// makes of that, so that a record changes when the map or the ends of its links do.
    async fn find(&self, native: Native, known: &Known) -> anyhow::Result<Result<Record, ImportTrouble>> {
        let mut native = native;
        let mut waits = Vec::new();
        for (at, link) in std::mem::take(&mut native.links).into_iter().enumerate() {
            match self.end(&link, known).await? {
                Ok(to) => native.fields.links.push(LinkTo { kind: link.kind, to, note: link.note }),
                Err(key) => waits.push((format!("links.{at}"), key)),
            }
        }
        let mut files = Vec::with_capacity(native.files.len());
        for wanted in std::mem::take(&mut native.files) {
            match self.folder.find(wanted) {
                Ok(found) => files.push(found),
                Err(trouble) => return Ok(Err(trouble)),
            }
        }
        let of_files: Vec<_> = files.iter().map(|file| (&file.sha256, format!("{:?}", file.wanted))).collect();
        let said = serde_json::to_vec(&(&native.fields, &native.old_paths, &native.index_number, of_files))?;
        let hash = Sha256::digest(said).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Ok(Record { native, files, waits, hash }))
    }

    /// The content that a link leads to; else what it waits for.
    async fn end(&self, link: &WantedLink, known: &Known) -> anyhow::Result<Result<LinkTarget, String>> {
        Ok(match &link.to {
            LinkEnd::Content(id) => Ok(LinkTarget::Content(*id)),
            LinkEnd::Page { title, url } => Ok(LinkTarget::Page { title: title.clone(), url: url.clone() }),
            LinkEnd::Origin(system, id) => match known.get(&(system.clone(), id.clone())) {
                Some(known) => Ok(LinkTarget::Content(known.id)),
                None => Err(origin_key(system, id)),
            },
            LinkEnd::DocumentNumber(number) => {
                let by = ContentLocator::DocumentNumber(number.clone());
                match self.library.scope(Audience::Public).content_by(&by).await? {
                    Some(content) => Ok(LinkTarget::Content(content.id)),
                    None => Err(number_key(number)),
                }
            }
        })
    }

    /// What becomes of a record whose origin, or one of whose old paths, an earlier line of the file has.
    fn twice(&self, number: u64, found: &Record) -> anyhow::Result<Option<Result<Item, ImportTrouble>>> {
        let origin = &found.native.origin;
        if let Some((line, hash)) = self.ledger.taken(origin)? {
            let reason = format!("line {line} has this origin already");
            return Ok(Some(match hash == found.hash {
                true => Ok(told(number, Some(origin.clone()), ImportOutcome::Skipped { reason })),
                false => Err(ImportTrouble::new("DUPLICATE", "id", reason)),
            }));
        }
        for path in &found.native.old_paths {
            if let Some(line) = self.ledger.path(path)? {
                let reason = format!("line {line} has the path {path} already");
                return Ok(Some(Err(ImportTrouble::new("DUPLICATE", "oldPaths", reason))));
            }
        }
        Ok(None)
    }

    /// Why the content of a known record stays as it is, if it does.
    fn left(&self, known: &KnownOrigin, hash: &str) -> Option<ImportOutcome> {
        let id = AnyId::ContentId(known.id);
        let trouble = |code: &str, reason: &str| Some(ImportOutcome::Failed(ImportTrouble::new(code, "", reason)));
        match known.state {
            ContentState::Withdrawn | ContentState::Archived => {
                Some(ImportOutcome::Skipped { reason: format!("{id} was taken down here") })
            }
            _ if known.content_hash == hash => Some(ImportOutcome::Unchanged(id)),
            _ if self.on_change == OnChange::Report && self.pass != ImportPass::Links => {
                Some(ImportOutcome::Changed(id))
            }
            ContentState::Published if known.edited_by == caller().actor => None,
            ContentState::Published => trouble(
                "EDITED_HERE",
                "it has changed, and somebody edited its content here: bring the two together by hand",
            ),
            _ => {
                trouble("WRONG_STATE", "it has changed, and a newer revision of its content waits here to be published")
            }
        }
    }

    /// Brings its files and cleans it.
    async fn prepare(&self, found: &Record) -> anyhow::Result<Result<Prepared, ImportTrouble>> {
        let mut fields = found.native.fields.clone();
        if !self.rehearsal {
            for file in &found.files {
                match store(&self.library, &caller(), file).await? {
                    Ok(id) => attach(&mut fields, &file.wanted, id),
                    Err(trouble) => return Ok(Err(trouble)),
                }
            }
        }
        if let Some(origin) = &mut fields.origin {
            origin.content_hash.clone_from(&found.hash);
        }
        let content = ImportContent {
            draft: DraftContent { site: self.place.site, fields },
            index_number: found.native.index_number.clone(),
            old_paths: found.native.old_paths.clone(),
        };
        match self.library.prepare_import(content) {
            Ok(prepared) => Ok(Ok(prepared)),
            Err(Error::Refused(refusal)) => Ok(Err(ImportTrouble::refused(&refusal))),
            Err(error) => Err(error.into()),
        }
    }

    /// Remembers a record that is taken, and whether its links wait.
    fn take(&mut self, number: u64, record: &Record, waits: bool) -> anyhow::Result<()> {
        if self.pass == ImportPass::Links {
            return Ok(());
        }
        self.ledger.take(&record.native.origin, number, &record.hash)?;
        for path in &record.native.old_paths {
            self.ledger.take_path(path, number)?;
        }
        if let Details::Policy(policy) = &record.native.fields.details
            && let Some(document) = &policy.document_number
        {
            self.ledger.take_number(document)?;
        }
        if waits && !record.waits.is_empty() {
            self.ledger.wait(number, &record.waits)?;
        }
        Ok(())
    }
}

/// Who imports.
pub(super) fn caller() -> Caller {
    Caller::program("import")
}

fn told(number: u64, origin: Option<Origin>, outcome: ImportOutcome) -> Item {
    Item::Told(ImportLine { number, origin, outcome })
}

fn failed(number: u64, origin: Option<Origin>, trouble: ImportTrouble) -> Item {
    told(number, origin, ImportOutcome::Failed(trouble))
}

/// What is told of a link whose end was never found.
pub(super) fn lost(number: u64, field: &str) -> Item {
    let reason =
        "it leads to nothing that the library knows; the rest is taken over, repeat the import when it is there";
    failed(number, None, ImportTrouble::new("NOT_FOUND", field, reason))
}

/// A content that the file has no more.
pub(super) fn gone(system: &str, id: String, content: ContentId) -> ImportLine {
    let origin = Some((system.to_owned(), id));
    ImportLine { number: 0, origin, outcome: ImportOutcome::Gone(AnyId::ContentId(content)) }
}
