//! Shared columns (栏目共享) as the contract shows them.
//!
//! Wraps the library's record; the public sees only those in force whose ends it may see.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use library::Scope;
use library::id::SubscriptionId;
use library::sharing::SubscriptionCounts;
use tokio::sync::OnceCell;

use crate::account::Account;
use crate::column::Column;
use crate::content::ContentKind;
use crate::enums::{ColumnSubscriptionState, SubscriptionMode};
use crate::organisation::Organisation;
use crate::scalars::{Date, DateTime, int, kept};
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

/// A shared column, with the others that are shown beside it.
#[derive(Clone)]
pub struct ColumnSubscription {
    /// The library's record.
    pub record: Arc<library::sharing::Subscription>,
    kin: Arc<SubscriptionKin>,
}

/// Shared columns that were read together: how much they bring is counted for all at once.
struct SubscriptionKin {
    records: Vec<Arc<library::sharing::Subscription>>,
    counts: OnceCell<HashMap<SubscriptionId, SubscriptionCounts>>,
}

impl ColumnSubscription {
    /// One that is shown by itself.
    pub fn alone(record: Arc<library::sharing::Subscription>) -> Self {
        let kin = SubscriptionKin { records: vec![record.clone()], counts: OnceCell::new() };
        Self { record, kin: Arc::new(kin) }
    }

    /// Those that are shown together.
    pub fn together(records: Vec<Arc<library::sharing::Subscription>>) -> Vec<Self> {
        let kin = Arc::new(SubscriptionKin { records: records.clone(), counts: OnceCell::new() });
        records.into_iter().map(|record| Self { record, kin: kin.clone() }).collect()
    }

    /// Those of `subscriptions` whose both ends may be seen: a site in preparation is not given away by what it takes.
    pub fn seen(scope: &Scope, subscriptions: Vec<Arc<library::sharing::Subscription>>) -> Vec<Self> {
        let seen = |subscription: &Arc<library::sharing::Subscription>| {
            scope.column(subscription.target).is_some() && SubscriptionSource::of(scope, subscription.source).is_some()
        };
        Self::together(subscriptions.into_iter().filter(seen).collect())
    }

    /// How much it brings, for who keeps one of its ends.
    async fn counts(&self, ctx: &Context<'_>) -> Result<Option<SubscriptionCounts>> {
        let scope = crate::scope(ctx);
        if !scope.keeps_subscription(&self.record) {
            return Ok(None);
        }
        let load = async || scope.subscription_counts(&self.kin.records).await;
        let counts = self.kin.counts.get_or_try_init(load).await.map_err(crate::error)?;
        Ok(Some(counts.get(&self.record.id).copied().unwrap_or_default()))
    }
}

/// A shared column (栏目共享, 数据同源): a department publishes once, other columns show it by reference.
#[Object]
impl ColumnSubscription {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.record.id.into()
    }

    /// The column that shows (接收栏目).
    async fn target(&self, ctx: &Context<'_>) -> Result<Column> {
        kept(crate::scope(ctx).column(self.record.target), "target of a shared column").map(Column::alone)
    }

    /// What it takes from (来源).
    async fn source(&self, ctx: &Context<'_>) -> Result<SubscriptionSource> {
        kept(SubscriptionSource::of(crate::scope(ctx), self.record.source), "source of a shared column")
    }

    /// Whether mirrored contents are shown at once (共享方式).
    async fn mode(&self) -> SubscriptionMode {
        self.record.fields.mode.into()
    }

    /// Where it stands (共享状态).
    async fn state(&self) -> ColumnSubscriptionState {
        self.record.state.into()
    }

    /// Whether the columns below the source count too (含下级栏目).
    async fn with_descendants(&self) -> bool {
        self.record.fields.with_descendants
    }

    /// What it lets through (共享条件).
    async fn filter(&self) -> SubscriptionFilter {
        SubscriptionFilter(self.record.clone())
    }

    /// Since when (建立时间).
    async fn created_at(&self) -> DateTime {
        self.record.created_at.utc()
    }

    /// Who asked for it (申请人). Internal: null for who keeps neither end or may not see the account.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Account> {
        let scope = crate::scope(ctx);
        let kept = scope.keeps_subscription(&self.record);
        self.record.created_by.filter(|_| kept).and_then(|id| scope.account(id)).map(Account::whole)
    }

    /// How many contents it shows (已展示数量). Internal: null for who keeps neither end.
    async fn shown(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(self.counts(ctx).await?.map(|counts| int(counts.shown)))
    }

    /// How many contents wait for the receiving desk (待审核数量). Internal: null for who keeps neither end.
    async fn pending(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(self.counts(ctx).await?.map(|counts| int(counts.pending)))
    }
}
