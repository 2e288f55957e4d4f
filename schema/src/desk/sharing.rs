//! Shared columns on the desk: what waits, what is shared, and how contents are reviewed.

use async_graphql::{Context, ID, Object, Result};

use crate::column_deeds::ReviewPolicy;
use crate::connection::{Connection, Count, Total, decode_cursor, listed, paging};
use crate::scalars::optional_id;
use crate::site::SiteLocator;
use crate::subscription::ColumnSubscription;
use crate::subscription_deeds::PendingPlacement;
use crate::sweep::Sweep;

/// Shared columns.
pub struct Sharing;

#[Object]
impl Sharing {
    /// What shared columns bring and what waits for the asker's decision (待审共享), the newest first.
    async fn pending_placements(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<PendingPlacement>> {
        let scope = crate::scope(ctx);
        let after = after.map(|cursor| library::read_key(&decode_cursor(&cursor)?, "iu").map_err(crate::error));
        let paging = library::Paging::of(size, after.transpose()?, None, None, None).map_err(crate::error)?;
        let page = scope.pending_placements(&paging).await.map_err(crate::error)?;
        let nodes = |all: Vec<library::placement::Pending>| {
            let keys: Vec<_> = all.iter().map(library::placement::Pending::cursor_key).collect();
            keys.into_iter().zip(PendingPlacement::together(all)).collect()
        };
        let count: Count = Box::new(|scope| Box::pin(async move { scope.pending_count().await.map(Some) }));
        Ok(Connection::walked(page.with(nodes), Total::Counted(count)))
    }

    /// What changed rules still have to do (后续处理): shared columns that are being filled or ended, tags that are being merged; the oldest
    /// first, at most 100.
    async fn sweeps(&self, ctx: &Context<'_>) -> Result<Vec<Sweep>> {
        let open = crate::scope(ctx).open_sweeps().await.map_err(crate::error)?;
        Ok(open.into_iter().map(Sweep).collect())
    }

    /// The shared columns of which the asker keeps an end (栏目共享), in whatever state, the oldest first.
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with an end on this site (站点).")] site: Option<SiteLocator>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<ColumnSubscription>> {
        let (scope, paging) = (crate::scope(ctx), paging(size, after, None, None)?);
        let site = match site {
            None => None,
            Some(by) => match scope.site_by(&by.try_into()?) {
                Some(site) => Some(site.id),
                None => return Ok(Connection::empty()),
            },
        };
        let all = ColumnSubscription::seen(scope, scope.kept_subscriptions(site));
        listed(&all, &paging, |one| one.record.id.to_string(), |page| page)
    }

    /// How contents of a site or of one of its columns are reviewed (审核策略); null for who does not keep it.
    async fn review_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site (站点).")] site: SiteLocator,
        #[graphql(desc = "A column of it; the site itself if not given (栏目).")] column: Option<ID>,
    ) -> Result<Option<ReviewPolicy>> {
        let scope = crate::scope(ctx);
        let Some(site) = scope.site_by(&site.try_into()?) else { return Ok(None) };
        Ok(scope.review_policy(site.id, optional_id(column.as_ref())?).map(ReviewPolicy))
    }
}
