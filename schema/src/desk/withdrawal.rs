//! A withdrawal with its receipts (撤回回执).

use async_graphql::{Context, Object, Result};
use library::Paging;

use crate::column::Column;
use crate::scalars::{DateTime, int};
use crate::site::Site;

/// A withdrawal that the asker sees: who found it, has asked the library.
pub struct Withdrawal(pub library::recall::Withdrawal);

/// That a content was taken off every site (撤稿), and who has been reached by it.
#[Object]
impl Withdrawal {
    /// When it was (撤稿时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// Why (撤稿原因).
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What readers of its address are told (撤稿公告).
    async fn notice(&self) -> Option<&str> {
        self.0.notice.as_deref()
    }

    /// How many columns showed it, on whatever site (展示栏目数): for each there is a receipt. 0 for what was withdrawn before there were receipts.
    async fn columns(&self) -> i32 {
        int(self.0.columns)
    }

    /// A receipt (撤回回执) for each column that showed it when it was withdrawn, those first that somebody is still waited for.
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 100, desc = "How many from the beginning, at most 100 (前若干条).")]
        size: Option<i32>,
        #[graphql(desc = "How many to pass over, at most 10,000 (跳过条数).")] offset: Option<i32>,
    ) -> Result<Vec<WithdrawalReceipt>> {
        let paging = Paging::of(size.or(Some(100)), None, None, None, offset).map_err(crate::error)?;
        let found = crate::scope(ctx).receipts(&self.0, &paging).await.map_err(crate::error)?;
        Ok(found.into_iter().map(WithdrawalReceipt).collect())
    }
}

/// What became of a withdrawal in one column.
pub struct WithdrawalReceipt(library::recall::Receipt);

/// What became of a withdrawal in one column that carried the content (撤回回执). Each moment is that at which it was seen to be so,
/// written down once.
#[Object]
impl WithdrawalReceipt {
    /// The site (站点); null if the asker may not see it.
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        crate::scope(ctx).kept_site(self.0.site).map(Site)
    }

    /// The column (栏目); null if the asker may not see it.
    async fn column(&self, ctx: &Context<'_>) -> Option<Column> {
        crate::scope(ctx).column(self.0.column).map(Column::alone)
    }

    /// How many showings were taken away there (移除展示数).
    async fn placements(&self) -> i32 {
        int(self.0.placements)
    }

    /// When they were (下架时间): the moment of the deed, the same for all columns.
    async fn removed_at(&self) -> DateTime {
        self.0.removed_at.utc()
    }

    /// When the last of the nodes that answer readers had passed the withdrawal, so that none keeps it any more (缓存清除时间); null while
    /// one has not. A node that was not heard of for half a minute does not count.
    async fn cache_evicted_at(&self) -> Option<DateTime> {
        self.0.cache_evicted_at.map(library::Instant::utc)
    }

    /// When the search of the last of the nodes had passed it (检索清除时间), so that none finds it any more; null while one has not. A node that
    /// was not heard of for half a minute does not count.
    async fn search_passed_at(&self) -> Option<DateTime> {
        self.0.search_passed_at.map(library::Instant::utc)
    }

    /// When the last of those had been told who follow the column (推送完成时间): webhooks whose filter covers it, and systems that read
    /// `changes` by a key and had done so within seven days. Null while one has not, a webhook that is paused included; what took longer than 29 days stays null.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(library::Instant::utc)
    }
}
