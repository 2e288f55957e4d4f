//! What a changed rule still has to do (后续处理): contents that are settled one by one, or given another tag, in batches that are
//! each a deed of their own, so that others come between.
//!
//! It is written down in the transaction of the rule itself. So nothing stays half done: what a program that ended left
//! over, the next one goes on with from its cursor.

mod contents;
mod run;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::changes::{Action, Work};
use crate::database::Sql;
use crate::directory::Directory;
use crate::id::{ColumnId, SubscriptionId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::sharing::SubscriptionState;

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
    /// What has a tag that was merged is given the other one.
    MergedTag {
        /// The tag that it has.
        from: TagId,
        /// The one that it gets.
        into: TagId,
    },
}

/// A sweep that was written down and has to be run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sweep {
    id: Uuid,
    rest: Rest,
}

static INSERT: Sql = Sql::new(
    "insert into sweep (id, rest, actor, cursor_id, done, begun_at, touched_at) values ($1, $2, $3, $4, 0, $5, $5)
     on conflict (id) do nothing",
);

impl Sweep {
    /// Writes down what a deed leaves to do; it is there from the moment of its commit.
    pub async fn begin(work: &mut Work, rest: Rest) -> Result<Self> {
        let (actor, at) = (work.actor.clone(), work.at);
        let id = rest.id(at);
        let params = [id.into(), serde_json::to_string(&rest)?.into(), actor.into(), Uuid::nil().into(), at.into()];
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
            Self::MergedTag { from, .. } => from.0,
        };
        Uuid::from_u128(subject.as_u128() ^ u128::from(at.0.unsigned_abs()))
    }

    /// What the log calls a batch.
    fn action(&self, directory: &Directory) -> Action {
        match self {
            Self::Subscription { id, .. } => {
                let brings = directory.subscriptions.get(*id).is_some_and(|it| it.state == SubscriptionState::Active);
                if brings { Action::PlacementAdded } else { Action::PlacementRemoved }
            }
            Self::Column { .. } => Action::PlacementEdited,
            Self::MergedTag { .. } => Action::ContentEdited,
        }
    }

    /// The column that it concerns most.
    fn column(&self) -> Option<ColumnId> {
        match self {
            Self::Subscription { target, .. } => Some(*target),
            Self::Column { id, .. } => Some(*id),
            Self::MergedTag { .. } => None,
        }
    }

    /// How many contents one deed takes.
    fn batch(&self) -> usize {
        match self {
            Self::Subscription { .. } | Self::Column { .. } => 100,
            Self::MergedTag { .. } => 500,
        }
    }
}
