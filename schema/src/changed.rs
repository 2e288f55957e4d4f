//! The change feed as it goes on (变更推送): the one subscription.
//!
//! A subscription is executed change by change, each time in a scope of its own: so every event is bounded as an answer is,
//! sees the library as it is then, and nothing piles up behind a slow reader. Whoever executes it keeps where it stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use async_graphql::{Context, Result, Subscription as Root};
use futures::stream::{self, Stream};

use crate::change::{Change, ChangeFilter, position};

/// Where a follower stands, from one execution to the next.
#[derive(Debug, Default)]
pub struct Following {
    /// Behind which position it goes on; before the first execution what it asks for itself counts.
    position: AtomicI64,
    begun: AtomicBool,
    /// Whether there is more now.
    more: AtomicBool,
    /// Which change it was told of last; 0 for none.
    told: AtomicI64,
    /// What narrows it, whatever it asks itself.
    filter: Option<library::change_feed::ChangeFilter>,
}

impl Following {
    /// Who was there before, and goes on behind this position whatever it asks.
    pub fn behind(position: i64) -> Self {
        Self { position: AtomicI64::new(position), begun: AtomicBool::new(true), ..Self::default() }
    }

    /// Who is told of what follows this position, narrowed by a filter that is kept elsewhere.
    pub fn narrowed(position: i64, filter: library::change_feed::ChangeFilter) -> Self {
        Self { filter: Some(filter), ..Self::behind(position) }
    }

    /// Behind which position it goes on; nothing before the first execution.
    pub fn position(&self) -> Option<i64> {
        self.begun.load(Ordering::Relaxed).then(|| self.position.load(Ordering::Relaxed))
    }

    /// The position of the change that the last execution told of; nothing if it told of none.
    pub fn told(&self) -> Option<i64> {
        Some(self.told.load(Ordering::Relaxed)).filter(|position| *position > 0)
    }

    /// Whether the next execution finds something for sure, or at least gets further.
    pub fn has_more(&self) -> bool {
        self.more.load(Ordering::Relaxed)
    }

    /// Goes back to where it was before an execution that came to nothing.
    pub fn back_to(&self, position: Option<i64>) {
        self.begun.store(position.is_some(), Ordering::Relaxed);
        self.position.store(position.unwrap_or_default(), Ordering::Relaxed);
    }

    fn went(&self, position: i64, more: bool) {
        self.position.store(position, Ordering::Relaxed);
        self.more.store(more, Ordering::Relaxed);
        self.begun.store(true, Ordering::Relaxed);
    }
}

/// What can be subscribed to.
pub struct Subscription;

/// What can be subscribed to (订阅入口), over Server-Sent Events or a WebSocket.
#[Root]
impl Subscription {
    /// Each change of what is public, as `changes` tells it, from a position on without gap or repetition (变更推送): first what
    /// was missed, then what comes. Whoever is cut off goes on behind the last position that it got.
    async fn changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A position, or a cursor of `changes` (起始位置); from now on if not given.")] after: Option<
            String,
        >,
        #[graphql(desc = "What narrows the feed (筛选).")] filter: Option<ChangeFilter>,
    ) -> Result<impl Stream<Item = Change>> {
        let scope = crate::scope(ctx);
        let following = ctx.data_unchecked::<Arc<Following>>();
        let begin = match (following.position(), after) {
            (Some(known), _) => known,
            (None, Some(after)) => position(Some(&after))?,
            (None, None) => scope.position().await.map_err(crate::error)?,
        };
        let filter = match &following.filter {
            Some(kept) => kept.clone(),
            None => filter.unwrap_or_default().wanted()?,
        };
        let page = scope.change_feed(begin, 1, &filter).await.map_err(crate::error)?;
        following.went(page.end, page.has_next);
        following.told.store(page.changes.first().map_or(0, |change| change.position), Ordering::Relaxed);
        Ok(stream::iter(Change::together(page.changes)))
    }
}
