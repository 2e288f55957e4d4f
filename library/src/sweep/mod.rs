//! What a changed rule still has to do (后续处理): contents that are settled one by one, or given another tag, in batches that are
//! each a deed of their own, so that others come between.
//!
//! It is written down in the transaction of the rule itself. So nothing stays half done: what a program that ended left
//! over, the next one goes on with from its cursor.

mod contents;
mod read;
mod run;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::changes::{Action, Work};
use crate::database::Sql;
use crate::directory::Directory;
use crate::id::{AnyId, ColumnId, OrganisationId, RetagId, SubscriptionId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::sharing::SubscriptionState;

pub use read::OpenSweep;

/// What is left to do after a rule changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Rest {
    /// What a subscription brings or brought is settled.
    Subscription {
        /// The subscription; it may be ended by now.
        id: SubscriptionId,
        /// The column that it brings to.
        target: ColumnId,
    },
    /// What a column shows is settled.
    Column {
        /// The column.
        id: ColumnId,
        /// Whether what the columns below it show is, too.
        with_descendants: bool,
    },
    /// What has a tag, or one below it, is settled: it hangs elsewhere.
    Tag {
        /// The tag.
        id: TagId,
    },
    /// What an organisation publishes, or one below it, is settled: it hangs elsewhere, or others were merged into it.
    Organisation {
        /// The organisation.
        id: OrganisationId,
    },
    /// What has a tag that was merged is given the other one, and settled where tags are shared.
    MergedTag {
        /// The tag that it has.
        from: TagId,
        /// The one that it gets.
        into: TagId,
    },
    /// What a filter finds is given tags, and others are taken from it.
    Retag {
        /// The change.
        id: RetagId,
    },
}

/// A sweep that was written down and has to be run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sweep {
    id: Uuid,
    rest: Rest,
}

static INSERT: Sql = Sql::new(
    "insert into sweep (id, rest, cursor_id, done, begun_at, touched_at) values ($1, $2, $3, 0, $4, $4)
     on conflict (id) do nothing",
);

impl Sweep {
    /// Writes down what a deed leaves to do; it is there from the moment of its commit.
    pub async fn begin(work: &mut Work, rest: Rest) -> Result<Self> {
        let at = work.at;
        let id = rest.id(at);
        let params = [id.into(), serde_json::to_string(&rest)?.into(), Uuid::nil().into(), at.into()];
        work.run(&INSERT, &params).await?;
        Ok(Self { id, rest })
    }
}

impl Rest {
    /// By what it is known: the same rest at the same instant is the same work.
    fn id(&self, at: Instant) -> Uuid {
        let subject = match self {
            Self::Subscription { id, .. } => id.0,
            Self::Column { id, .. } => id.0,
            Self::Tag { id } => id.0,
            Self::Organisation { id } => id.0,
            Self::Retag { id } => id.0,
            // Another one than that of the tag's own place.
            Self::MergedTag { from, into } => Uuid::from_u128(from.0.as_u128() ^ into.0.as_u128().rotate_left(1)),
        };
        Uuid::from_u128(subject.as_u128() ^ u128::from(at.0.unsigned_abs()))
    }

    /// The record whose rule changed.
    fn about(&self) -> AnyId {
        match *self {
            Self::Subscription { id, .. } => AnyId::SubscriptionId(id),
            Self::Column { id, .. } => AnyId::ColumnId(id),
            Self::Tag { id } => AnyId::TagId(id),
            Self::Organisation { id } => AnyId::OrganisationId(id),
            Self::MergedTag { from, .. } => AnyId::TagId(from),
            Self::Retag { id } => AnyId::RetagId(id),
        }
    }

    /// What the log calls a batch.
    fn action(&self, directory: &Directory) -> Action {
        match self {
            Self::Subscription { id, .. } => {
                let brings = directory.subscriptions.get(*id).is_some_and(|it| it.state == SubscriptionState::Active);
                if brings { Action::PlacementAdded } else { Action::PlacementRemoved }
            }
            Self::Column { .. } | Self::Tag { .. } | Self::Organisation { .. } => Action::PlacementEdited,
            Self::MergedTag { .. } | Self::Retag { .. } => Action::ContentEdited,
        }
    }

    /// The column that it concerns most.
    fn column(&self) -> Option<ColumnId> {
        match self {
            Self::Subscription { target, .. } => Some(*target),
            Self::Column { id, .. } => Some(*id),
            Self::Tag { .. } | Self::Organisation { .. } | Self::MergedTag { .. } | Self::Retag { .. } => None,
        }
    }

    /// How many contents one deed takes.
    fn batch(&self, directory: &Directory) -> usize {
        match self {
            Self::MergedTag { .. } if !directory.shares_by_tag() => 500,
            _ => 100,
        }
    }
}
