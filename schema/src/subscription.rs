//! Shared columns (栏目共享) as the contract shows them.
//!
//! Wraps the library's record; the public sees only those in force whose ends it may see.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use library::{Audience, Scope};

use crate::column::Column;
use crate::content::ContentKind;
use crate::enums::{ColumnSubscriptionState, SubscriptionMode};
use crate::organisation::Organisation;
use crate::scalars::{Date, DateTime, kept};
use crate::tag::Tag;

crate::interface::union! {
    /// Where a shared column takes its contents from (共享来源): a column, a tag or an organisation.
    SubscriptionSource { Column, Tag, Organisation }
}

impl SubscriptionSource {
    fn of(scope: &Scope, source: library::sharing::SubscriptionSource) -> Option<Self> {
        use library::sharing::SubscriptionSource as Kept;
        match source {
            Kept::Column(id) => scope.column(id).map(|column| Self::Column(Column::alone(column))),
            Kept::Tag(id) => scope.tag(id).map(|tag| Self::Tag(Tag(tag))),
            Kept::Organisation(id) => scope.organisation(id).map(|found| Self::Organisation(Organisation(found))),
        }
    }
}

/// What a shared column lets through.
pub struct SubscriptionFilter(Arc<library::sharing::Subscription>);

/// What a shared column lets through (共享条件); all parts must hold.
#[Object]
impl SubscriptionFilter {
    /// Only these kinds (信息种类); empty for all.
    async fn kinds(&self) -> Vec<ContentKind> {
        self.0.fields.kinds.iter().map(|kind| (*kind).into()).collect()
    }

    /// Only contents with one of these tags (标签); empty for all.
    async fn tags(&self, ctx: &Context<'_>) -> Vec<Tag> {
        self.0.fields.tags.iter().filter_map(|id| crate::scope(ctx).tag(*id)).map(Tag).collect()
    }

    /// Only contents published on or after this day (发布日期起).
    async fn published_from(&self) -> Option<Date> {
        self.0.fields.published_from.map(Date)
    }
}

/// A shared column.
#[derive(Clone)]
pub struct ColumnSubscription(pub Arc<library::sharing::Subscription>);

impl ColumnSubscription {
    /// Those of `subscriptions` whose both ends may be seen: a site in preparation is not given away by what it takes.
    pub fn seen(scope: &Scope, subscriptions: Vec<Arc<library::sharing::Subscription>>) -> Vec<Self> {
        let seen = |subscription: &Arc<library::sharing::Subscription>| {
            scope.column(subscription.target).is_some() && SubscriptionSource::of(scope, subscription.source).is_some()
        };
        subscriptions.into_iter().filter(seen).map(Self).collect()
    }
}

/// A shared column (栏目共享, 数据同源): a department publishes once, other columns show it by reference.
#[Object]
impl ColumnSubscription {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The column that shows (接收栏目).
    async fn target(&self, ctx: &Context<'_>) -> Result<Column> {
        kept(crate::scope(ctx).column(self.0.target), "target of a shared column").map(Column::alone)
    }

    /// What it takes from (来源).
    async fn source(&self, ctx: &Context<'_>) -> Result<SubscriptionSource> {
        kept(SubscriptionSource::of(crate::scope(ctx), self.0.source), "source of a shared column")
    }

    /// Whether mirrored contents are shown at once (共享方式).
    async fn mode(&self) -> SubscriptionMode {
        self.0.fields.mode.into()
    }

    /// Where it stands (共享状态).
    async fn state(&self) -> ColumnSubscriptionState {
        self.0.state.into()
    }

    /// Whether the columns below the source count too (含下级栏目).
    async fn with_descendants(&self) -> bool {
        self.0.fields.with_descendants
    }

    /// What it lets through (共享条件).
    async fn filter(&self) -> SubscriptionFilter {
        SubscriptionFilter(self.0.clone())
    }

    /// Since when (建立时间).
    async fn created_at(&self) -> DateTime {
        self.0.created_at.utc()
    }

    /// How many contents it shows (已展示数量). Internal: null for the public.
    async fn shown(&self, ctx: &Context<'_>) -> Option<i32> {
        match crate::scope(ctx).audience() {
            Audience::Public | Audience::Editorial => None,
        }
    }

    /// How many contents wait for the receiving desk (待审核数量). Internal: null for the public.
    async fn pending(&self, ctx: &Context<'_>) -> Option<i32> {
        match crate::scope(ctx).audience() {
            Audience::Public | Audience::Editorial => None,
        }
    }
}
