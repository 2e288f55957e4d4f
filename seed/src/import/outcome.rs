//! What becomes of the lines of a file, for people and as JSON.

use std::fmt;

use library::id::AnyId;
use library::{Refusal, RefusalCode};
use serde_json::{Value, json};

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportTrouble {
    /// A stable code, such as `REQUIRED`.
    pub code: String,
    /// The field in question, as the native format names it; empty for the whole line.
    pub field: String,
    /// What is wrong, as a plain sentence.
    pub reason: String,
}

impl ImportTrouble {
    /// A field is wrong.
    pub(super) fn new(code: &str, field: &str, reason: impl Into<String>) -> Self {
        Self { code: code.to_owned(), field: field.to_owned(), reason: reason.into() }
    }

    /// A field holds something that cannot be taken.
    pub(super) fn invalid(field: &str, reason: impl Into<String>) -> Self {
        Self::new("INVALID", field, reason)
    }

    /// A field that must be there is not, or says nothing.
    pub(super) fn required(field: &str) -> Self {
        Self::new("REQUIRED", field, "it is missing or empty")
    }

    /// What the library refused, its fields called as the native format calls them.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        let mut path: Vec<&str> = refusal.path.iter().map(String::as_str).collect();
        if path.first() == Some(&"details") {
            path.drain(..path.len().min(2));
        }
        let field = match path.join(".").as_str() {
            "body_html" => "body".to_owned(),
            path => camel(path),
        };
        Self { code: code_of(refusal.code), field, reason: refusal.english.clone() }
    }
}

/// The name of a refusal's code.
fn code_of(code: RefusalCode) -> String {
    match serde_json::to_value(code) {
        Ok(Value::String(code)) => code,
        _ => "INVALID".to_owned(),
    }
}

/// `published_at` as `publishedAt`.
pub(super) fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut up = false;
    for c in name.chars() {
        match (c, up) {
            ('_', _) => up = true,
            (c, true) => {
                out.extend(c.to_uppercase());
                up = false;
            }
            (c, false) => out.push(c),
        }
    }
    out
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It is published as this content, or stands in its list as this item; in a rehearsal it is not yet.
    Written(Option<AnyId>),
    /// It is known and has changed: the content was corrected.
    Updated(AnyId),
    /// It is known, and the content has now the links to contents that came later in the file.
    Linked(AnyId),
    /// It is known and has not changed.
    Unchanged(AnyId),
    /// It is known and has changed: the content is left as it is, as was asked.
    Changed(AnyId),
    /// It was not taken over, and that is right.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It could not be taken over.
    Failed(ImportTrouble),
    /// The content came from here, and the file has it no more.
    Gone(AnyId),
}

/// A record and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// The number of the line, from 1; 0 for what the file has no more.
    pub number: u64,
    /// Where the record came from: system and id there, as far as that is known.
    pub origin: Option<(String, String)>,
    /// What became of it.
    pub outcome: ImportOutcome,
}

impl ImportLine {
    /// The line of a report: one JSON object.
    pub fn json(&self) -> Value {
        let origin = self.origin.as_ref().map(|(system, id)| json!({"system": system, "id": id}));
        let name = match &self.outcome {
            ImportOutcome::Written(_) => "WRITTEN",
            ImportOutcome::Updated(_) => "UPDATED",
            ImportOutcome::Linked(_) => "LINKED",
            ImportOutcome::Unchanged(_) => "UNCHANGED",
            ImportOutcome::Changed(_) => "CHANGED",
            ImportOutcome::Skipped { .. } => "SKIPPED",
            ImportOutcome::Failed(_) => "FAILED",
            ImportOutcome::Gone(_) => "GONE",
        };
        let number = Some(self.number).filter(|number| *number > 0);
        let mut line = json!({"line": number, "origin": origin, "outcome": name});
        match &self.outcome {
            ImportOutcome::Written(None) => {}
            ImportOutcome::Written(Some(id))
            | ImportOutcome::Updated(id)
            | ImportOutcome::Linked(id)
            | ImportOutcome::Unchanged(id)
            | ImportOutcome::Changed(id)
            | ImportOutcome::Gone(id) => {
                let noun = if matches!(id, AnyId::ContentId(_)) { "content" } else { "item" };
                line[noun] = json!(id.to_string());
            }
            ImportOutcome::Skipped { reason } => line["reason"] = json!(reason),
            ImportOutcome::Failed(trouble) => {
                line["code"] = json!(trouble.code);
                line["field"] = json!(trouble.field);
                line["reason"] = json!(trouble.reason);
            }
        }
        line
    }
}

impl fmt::Display for ImportLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match &self.outcome {
            ImportOutcome::Written(None) => write!(f, "line {number}: would be written"),
            ImportOutcome::Written(Some(id)) => write!(f, "line {number}: {id}"),
            ImportOutcome::Updated(id) => write!(f, "line {number}: {id} corrected"),
            ImportOutcome::Linked(id) => write!(f, "line {number}: {id} linked"),
            ImportOutcome::Unchanged(id) => write!(f, "line {number}: known as {id}"),
            ImportOutcome::Changed(id) => write!(f, "line {number}: changed since it became {id}, left as it is"),
            ImportOutcome::Skipped { reason } => write!(f, "line {number}: skipped, {reason}"),
            ImportOutcome::Failed(ImportTrouble { code, field, reason }) if field.is_empty() => {
                write!(f, "line {number}: {reason} ({code})")
            }
            ImportOutcome::Failed(ImportTrouble { code, field, reason }) => {
                write!(f, "line {number}: {field}: {reason} ({code})")
            }
            ImportOutcome::Gone(id) => {
                let of = self.origin.as_ref().map(|(_, id)| id.as_str()).unwrap_or_default();
                write!(f, "{of}: it is not in the file any more; {id} stays as it is")
            }
        }
    }
}

/// How many records became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Records read, empty lines not counted.
    pub read: u64,
    /// Contents published.
    pub written: u64,
    /// Contents corrected.
    pub updated: u64,
    /// Contents that got the links to what came later in the file, beside what else became of them.
    pub linked: u64,
    /// Records whose content is as they say.
    pub unchanged: u64,
    /// Records that have changed and whose content was left, as was asked.
    pub changed: u64,
    /// Records rightly not taken over.
    pub skipped: u64,
    /// Records that could not be taken over, or not wholly.
    pub failed: u64,
    /// Contents that the file has no more.
    pub gone: u64,
    /// After which line somebody ended it, if somebody did.
    pub interrupted: Option<u64>,
}

impl ImportReport {
    pub(super) fn count(&mut self, outcome: &ImportOutcome) {
        *match outcome {
            ImportOutcome::Written(_) => &mut self.written,
            ImportOutcome::Updated(_) => &mut self.updated,
            ImportOutcome::Linked(_) => &mut self.linked,
            ImportOutcome::Unchanged(_) => &mut self.unchanged,
            ImportOutcome::Changed(_) => &mut self.changed,
            ImportOutcome::Skipped { .. } => &mut self.skipped,
            ImportOutcome::Failed(_) => &mut self.failed,
            ImportOutcome::Gone(_) => &mut self.gone,
        } += 1;
    }

    /// Whether everything was read and taken over.
    pub fn is_whole(&self) -> bool {
        self.failed == 0 && self.interrupted.is_none()
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, written, updated, linked, unchanged, changed, skipped, failed, gone, .. } = self;
        write!(f, "{read} read, {written} written, {updated} corrected, {unchanged} unchanged, {skipped} skipped")?;
        for (count, what) in [(linked, "linked later"), (changed, "changed and left"), (gone, "gone from the source")] {
            if *count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        write!(f, ", {failed} failed")
    }
}
