//! The change log as auditors read it (审计): who did what, when, where and why. It is read along time and changed by nobody.

mod export;
mod list;

use crate::changes::{Action, Effect, Position};
use crate::database::Row;
use crate::id::{AccountId, ApiKeyId, ChangeId, SiteId};
use crate::instant::Instant;
use crate::refusal::Result;

pub use export::SUBJECTS_AT_ONCE;
pub use list::MOST_SUBJECTS;

/// A deed as the log tells of it.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// Its place in the log.
    pub position: Position,
    /// Its identifier.
    pub id: ChangeId,
    /// When it was done.
    pub at: Instant,
    /// Who did it: an account's identifier, or a program.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The site that it concerns most.
    pub site: Option<SiteId>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// Which revision of the content it is about, if it is about one.
    pub revision: Option<i64>,
    /// The key of the system that did it, if one did.
    pub api_key: Option<ApiKeyId>,
    /// What it touched; of very large deeds only the first.
    pub subjects: Vec<AuditSubject>,
}

/// What a deed touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSubject {
    /// The subject as text.
    pub subject: String,
    /// What happened to it.
    pub effect: Effect,
}

/// What narrows the log; all given parts must hold.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Since when, that instant included.
    pub from: Option<Instant>,
    /// Until when, that instant excluded.
    pub until: Option<Instant>,
    /// Who did it.
    pub account: Option<AccountId>,
    /// What was done.
    pub action: Option<Action>,
    /// The site that it concerns most.
    pub site: Option<SiteId>,
}

/// What is selected of each entry, in the order in which [`AuditEntry::read`] reads it.
const COLUMNS: &str = "position, id, at, actor, action, site_id, reason, revision, api_key_id";

impl AuditEntry {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            id: row.get(1)?,
            at: row.get(2)?,
            actor: row.get(3)?,
            action: row.get(4)?,
            site: row.get(5)?,
            reason: row.get(6)?,
            revision: row.get(7)?,
            api_key: row.get(8)?,
            subjects: Vec::new(),
        })
    }

    /// The account that did it, if it was one.
    pub fn account(&self) -> Option<AccountId> {
        self.actor.parse().ok()
    }
}

/// Gives entries the subjects of rows that begin with the entry's identifier, subject and effect.
fn tell(entries: &mut [AuditEntry], rows: &[Row]) -> Result<()> {
    for row in rows {
        let id: ChangeId = row.get(0)?;
        let effect = row.text(2).and_then(|text| text.parse().ok()).unwrap_or(Effect::Changed);
        let subject = AuditSubject { subject: row.get(1)?, effect };
        if let Some(entry) = entries.iter_mut().find(|entry| entry.id == id) {
            entry.subjects.push(subject);
        }
    }
    Ok(())
}
