//! Shared columns (栏目共享, 数据同源): a department publishes once, other sites show it by reference.
//!
//! A subscription says which column takes what from where; its placements are mirrored ones and go with it.

mod carried;
mod decide;
mod edit;
mod end;
mod mirror;
mod read;
mod subscribe;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, Effect, List, Work};
use crate::content::ContentKind;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AccountId, AnyId, ColumnId, OrganisationId, SubscriptionId, TagId};
use crate::instant::{Date, Instant};
use crate::may::Target;
use crate::refusal::Result;
use crate::{Directory, Scope};

pub(crate) use carried::{brought, candidates};
pub use edit::{EditSubscription, SubscriptionFilter};
pub(crate) use mirror::{Decision, Ground, Stand, accepted, mirror};
pub use read::SubscriptionCounts;
pub use subscribe::SubscribeColumn;

/// Whether mirrored contents show at once or wait for the receiving desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SubscriptionMode {
    Automatic,
    Reviewed,
}

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SubscriptionState {
    Requested,
    Active,
    Paused,
    Refused,
}

/// What a subscription takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SubscriptionSource {
    Column(ColumnId),
    Tag(TagId),
    Organisation(OrganisationId),
}

impl From<ColumnId> for SubscriptionSource {
    fn from(column: ColumnId) -> Self {
        Self::Column(column)
    }
}

impl SubscriptionSource {
    /// Its kind and its id, as the table has them.
    pub(crate) fn cells(self) -> (&'static str, uuid::Uuid) {
        match self {
            Self::Column(column) => ("COLUMN", column.0),
            Self::Tag(tag) => ("TAG", tag.0),
            Self::Organisation(organisation) => ("ORGANISATION", organisation.0),
        }
    }
}

/// What a subscription lets through, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SubscriptionFields {
    /// At once or after review.
    pub mode: SubscriptionMode,
    /// Whether the columns below the source count too.
    #[serde(default)]
    pub with_descendants: bool,
    /// Only these kinds; empty for all.
    #[serde(default)]
    pub kinds: Vec<ContentKind>,
    /// Only contents with one of these tags; empty for all.
    #[serde(default)]
    pub tags: Vec<TagId>,
    /// Only contents published on or after this day.
    #[serde(default)]
    pub published_from: Option<Date>,
}

/// A shared column.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subscription {
    /// Its identifier.
    pub id: SubscriptionId,
    /// The column that shows.
    pub target: ColumnId,
    /// What it takes from.
    pub source: SubscriptionSource,
    /// Where it stands.
    pub state: SubscriptionState,
    /// Since when.
    pub created_at: Instant,
    /// Who asked for it; not taken along to other libraries.
    #[serde(skip)]
    pub created_by: Option<AccountId>,
    /// What it lets through.
    #[serde(flatten)]
    pub fields: SubscriptionFields,
}

impl Subscription {
    /// Whether it takes directly from this column.
    pub fn feeds_from(&self, column: ColumnId) -> bool {
        self.state == SubscriptionState::Active && self.source == SubscriptionSource::Column(column)
    }

    /// The column that it takes from, as a target of deeds; tags and organisations are shared openly and have no owner here.
    pub(crate) fn owner(&self, directory: &Directory) -> Option<Target> {
        match self.source {
            SubscriptionSource::Column(source) => Target::column(directory, source),
            SubscriptionSource::Tag(_) | SubscriptionSource::Organisation(_) => None,
        }
    }
}

impl Entry for Subscription {
    type Id = SubscriptionId;
    const CHANGED_BY: &'static [Action] = &[Action::ColumnChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, target_column_id, source_kind, source_id, state, created_at, document, created_by
             from column_subscription order by created_at, id",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        let source: uuid::Uuid = row.get(3)?;
        Ok(Self {
            id: row.get(0)?,
            target: row.get(1)?,
            source: match row.text(2) {
                Some("TAG") => SubscriptionSource::Tag(TagId(source)),
                Some("ORGANISATION") => SubscriptionSource::Organisation(OrganisationId(source)),
                _ => SubscriptionSource::Column(ColumnId(source)),
            },
            state: row.text(4).and_then(|text| text.parse().ok()).unwrap_or(SubscriptionState::Paused),
            created_at: row.get(5)?,
            created_by: row.get(7)?,
            fields: row.json(6)?,
        })
    }

    fn id(&self) -> SubscriptionId {
        self.id
    }
}

impl Directory {
    /// Whether anything is shared by what tags it has.
    pub(crate) fn shares_by_tag(&self) -> bool {
        let by_tag = |it: &Subscription| matches!(it.source, SubscriptionSource::Tag(_)) || !it.fields.tags.is_empty();
        self.subscriptions.all().iter().any(|subscription| by_tag(subscription))
    }

    /// Whether anything is shared by where its tags hang.
    pub(crate) fn shares_below_tags(&self) -> bool {
        let deep = |it: &Subscription| matches!(it.source, SubscriptionSource::Tag(_)) && it.fields.with_descendants;
        self.subscriptions.all().iter().any(|subscription| deep(subscription))
    }

    /// Whether anything is shared by who publishes it.
    pub(crate) fn shares_by_publisher(&self) -> bool {
        let by_publisher = |it: &Subscription| matches!(it.source, SubscriptionSource::Organisation(_));
        self.subscriptions.all().iter().any(|subscription| by_publisher(subscription))
    }
}

/// Names a subscription in the log, with the lists in which it stands.
pub(crate) fn tell(work: &mut Work, subscription: &Subscription, effect: Effect) {
    let directory = work.directory.clone();
    work.site = directory.columns.get(subscription.target).map(|column| column.site);
    work.record(AnyId::SubscriptionId(subscription.id), effect);
    work.list(List::subscriptions(subscription.target));
    if let SubscriptionSource::Column(source) = subscription.source {
        for column in directory.columns.family(source) {
            work.list(List::subscriptions(column));
        }
    }
}

impl List {
    /// The subscriptions into and out of a column.
    pub(crate) fn subscriptions(column: ColumnId) -> Self {
        Self::Of("subscriptions", AnyId::ColumnId(column))
    }
}

impl Scope {
    /// A subscription that is in force.
    pub fn subscription(&self, id: SubscriptionId) -> Option<Arc<Subscription>> {
        self.note_record(AnyId::SubscriptionId(id));
        let subscription = self.directory().subscriptions.get(id).cloned()?;
        (subscription.state == SubscriptionState::Active).then_some(subscription)
    }

    /// The subscriptions in force that bring contents into a column, oldest first.
    pub fn incoming(&self, column: ColumnId) -> Vec<Arc<Subscription>> {
        self.note_list(List::subscriptions(column));
        let into = |subscription: &&Arc<Subscription>| {
            subscription.target == column && subscription.state == SubscriptionState::Active
        };
        self.directory().subscriptions.all().iter().filter(into).cloned().collect()
    }

    /// The subscriptions in force that take contents from a column, oldest first.
    pub fn outgoing(&self, column: ColumnId) -> Vec<Arc<Subscription>> {
        self.note_list(List::subscriptions(column));
        self.directory().subscriptions.all().iter().filter(|s| s.feeds_from(column)).cloned().collect()
    }
}
