//! What is live of a content: the narrow row that lists show, and what its page adds.

use serde::{Deserialize, Serialize};

use super::fields::FieldEntry;
use super::kind::{ArticleFormat, ContentKind, Details, DisclosureKind, InterpretationForm, InterpreterRole};
use crate::attachment::Attached;
use crate::changes::Member;
use crate::column::ShareType;
use crate::database::Row;
use crate::id::{ColumnId, ContentId, OrganisationId, SiteId, TagId};
use crate::instant::{Date, Instant};
use crate::refusal::Result;

/// 有效性. What the source does not state is NOT_STATED.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Validity {
    #[default]
    NotStated,
    NotYetEffective,
    Effective,
    EffectiveAsAmended,
    Repealed,
    Expired,
    DeclaredInvalid,
}

impl Validity {
    /// Whether the policy is in force; nothing where that is not stated.
    pub fn in_force(self) -> Option<bool> {
        match self {
            Self::NotStated => None,
            Self::Effective | Self::EffectiveAsAmended => Some(true),
            Self::NotYetEffective | Self::Repealed | Self::Expired | Self::DeclaredInvalid => Some(false),
        }
    }

    /// As it is printed on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotStated => "未标注",
            Self::NotYetEffective => "尚未生效",
            Self::Effective => "有效",
            Self::EffectiveAsAmended => "已修改",
            Self::Repealed => "已废止",
            Self::Expired => "已失效",
            Self::DeclaredInvalid => "宣布失效",
        }
    }
}

/// The validity of a policy: state, changed by deeds at their moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ValidityState {
    /// What holds.
    pub validity: Validity,
    /// Since which day.
    #[serde(default)]
    pub since: Option<Date>,
    /// The policy that made it so.
    #[serde(default)]
    pub basis: Option<ContentId>,
    /// What an editor says of it.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether somebody set it; then dates no longer change it.
    #[serde(default)]
    pub set: bool,
}

/// Where the period of a notice stands: state, changed by the clock deed at its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum NoticePhase {
    Upcoming,
    Open,
    Ended,
}

/// What lists show of a policy beyond the common fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct PolicyGlance {
    #[serde(default)]
    pub document_number: Option<String>,
    #[serde(default)]
    pub document_type: Option<String>,
    #[serde(default)]
    pub issuers: Vec<OrganisationId>,
    #[serde(default)]
    pub issuer_names: Vec<String>,
    #[serde(default)]
    pub written_on: Option<Date>,
    #[serde(default)]
    pub effective_on: Option<Date>,
    #[serde(default)]
    pub expires_on: Option<Date>,
    pub state: ValidityState,
}

/// What lists show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Card {
    pub title: String,
    #[serde(default)]
    pub subtitle: Option<String>,
    #[serde(default)]
    pub summary: Option<String>,
    #[serde(default)]
    pub cover: Option<Attached>,
    #[serde(default)]
    pub tags: Vec<TagId>,
    #[serde(default)]
    pub keywords: Vec<String>,
    pub source_name: String,
    #[serde(default)]
    pub source_url: Option<String>,
    #[serde(default)]
    pub author: Option<String>,
    #[serde(default)]
    pub editor: Option<String>,
    #[serde(default)]
    pub formed_on: Option<Date>,
    pub disclosure: DisclosureKind,
    pub share_type: ShareType,
    #[serde(default)]
    pub external_url: Option<String>,
    #[serde(default)]
    pub format: Option<ArticleFormat>,
    #[serde(default)]
    pub policy: Option<PolicyGlance>,
    #[serde(default)]
    pub form: Option<InterpretationForm>,
    #[serde(default)]
    pub author_role: Option<InterpreterRole>,
    #[serde(default)]
    pub online_url: Option<String>,
    #[serde(default)]
    pub notice_phase: Option<NoticePhase>,
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// Whether the validity of an answer has passed: state, changed by the clock deed.
    #[serde(default)]
    pub entry_expired: bool,
    #[serde(default)]
    pub content_hash: Option<String>,
    /// Whether `published_at` is an original time that an import stated.
    #[serde(default)]
    pub imported: bool,
}

/// What the page of one content adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Detail {
    #[serde(default)]
    pub attachments: Vec<Attached>,
    #[serde(default)]
    pub themes: Vec<String>,
    #[serde(default)]
    pub genres: Vec<String>,
    #[serde(default)]
    pub audiences: Vec<String>,
    #[serde(default)]
    pub life_stages: Vec<String>,
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
    pub card: Card,
}

/// The columns of a content that every list selects, in the order in which [`LiveContent::read`] reads them.
pub(crate) const CONTENT: &str = "{c}.id, {c}.kind, {c}.home_site_id, {c}.home_column_id, {c}.publisher_id, \
     {c}.language, {c}.published_at, {c}.updated_at, {c}.index_number, {c}.origin_system, {c}.origin_id, \
     {c}.revision, {c}.card";

impl LiveContent {
    /// Reads the columns of [`CONTENT`] that begin at cell `at`.
    pub(crate) fn read(row: &Row, at: usize) -> Result<Self> {
        let system: Option<String> = row.get(at + 9)?;
        let origin_id: Option<String> = row.get(at + 10)?;
        Ok(Self {
            id: row.get(at)?,
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
            card: row.json(at + 12)?,
        })
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
