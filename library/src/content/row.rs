//! What is live of a content: the narrow row that lists show, and what its page adds.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cards::Cards;
use super::description::Description;
use super::fields::FieldEntry;
use super::kind::{ContentKind, Details, Glance};
use super::read::Body;
use super::state::ContentState;
use crate::attachment::Attached;
use crate::changes::Member;
use crate::database::Row;
use crate::id::{ColumnId, ContentId, OrganisationId, SiteId, TagId};
use crate::instant::{Date, DayZone, Instant};
use crate::link::ContentLink;
use crate::refusal::Result;

/// What lists show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What says what it is; its fields are read as if they stood here.
    pub description: Description,
    /// The picture of lists.
    #[serde(default)]
    pub cover: Option<Attached>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<TagId>,
    /// What its kind alone shows.
    pub glance: Glance,
    /// A hash of what was taken over from where it came.
    #[serde(default)]
    pub content_hash: Option<String>,
    /// Whether `published_at` is an original time that an import stated.
    #[serde(default)]
    pub imported: bool,
}

impl Deref for Card {
    type Target = Description;

    fn deref(&self) -> &Description {
        &self.description
    }
}

/// What the page of one content adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Detail {
    #[serde(default)]
    pub attachments: Vec<Attached>,
    #[serde(default)]
    pub fields: Vec<FieldEntry>,
    pub details: Details,
}

/// A live content as lists show it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct LiveContent {
    pub id: ContentId,
    pub kind: ContentKind,
    pub home_site: SiteId,
    pub home_column: Option<ColumnId>,
    pub publisher: OrganisationId,
    pub language: String,
    pub published_at: Instant,
    pub updated_at: Instant,
    pub index_number: Option<String>,
    pub origin: Option<(String, String)>,
    pub revision: i64,
    pub card: Arc<Card>,
    /// What it is of a revision that is worked on: then it is not live as it stands here.
    pub draft: Option<Arc<Draft>>,
}

/// A revision that is worked on, as far as it is more than what lists show.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where it stands.
    pub state: ContentState,
    /// When the content was first published, if it was.
    pub published_at: Option<Instant>,
    /// What its page adds.
    pub detail: Arc<Detail>,
    /// Its text.
    pub body: Arc<Body>,
    /// Its links.
    pub links: Vec<ContentLink>,
}

/// The columns of a content that every list selects, in the order in which [`LiveContent::read`] reads them.
pub(crate) const CONTENT: &str = "{c}.id, {c}.kind, {c}.home_site_id, {c}.home_column_id, {c}.publisher_id, \
     {c}.language, {c}.published_at, {c}.updated_at, {c}.index_number, {c}.origin_system, {c}.origin_id, \
     {c}.revision, {c}.card";

impl LiveContent {
    /// Reads the columns of [`CONTENT`] that begin at cell `at`.
    pub(crate) fn read(cards: &Cards, row: &Row, at: usize) -> Result<Self> {
        let id = row.get(at)?;
        let system: Option<String> = row.get(at + 9)?;
        let origin_id: Option<String> = row.get(at + 10)?;
        Ok(Self {
            id,
            kind: row.text(at + 1).and_then(|text| text.parse().ok()).unwrap_or(ContentKind::Article),
            home_site: row.get(at + 2)?,
            home_column: row.get(at + 3)?,
            publisher: row.get(at + 4)?,
            language: row.get(at + 5)?,
            published_at: row.get(at + 6)?,
            updated_at: row.get(at + 7)?,
            index_number: row.get(at + 8)?,
            origin: system.zip(origin_id),
            revision: row.get(at + 11)?,
            card: cards.read(id, row.text(at + 12).unwrap_or_default())?,
            draft: None,
        })
    }

    /// The day by which lists of policies are ordered: that of writing, else of forming, else of publication.
    pub(crate) fn written_on(&self, zone: DayZone) -> Option<Date> {
        let policy = self.card.policy()?;
        Some(policy.written_on.or(self.card.formed_on).unwrap_or_else(|| zone.date(self.published_at)))
    }

    /// Where it stands in lists that have no rank.
    pub(crate) fn member(&self) -> Member {
        Member {
            content: self.id,
            kind: self.kind,
            rank: 0,
            published_at: self.published_at,
            updated_at: self.updated_at,
        }
    }
}
