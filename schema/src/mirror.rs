//! Mirrors (跟随) and the exchange log (交换日志): what of another instance is followed, and what came of it; shown to who keeps the
//! site into which it comes, alone.

use async_graphql::{Context, Enum, ID, Object, Result};
use library::mirror::ExchangeFilter;
use library::{Paging, read_key};

use crate::connection::{Connection, Total, paging};
use crate::scalars::{DateTime, Url};
use crate::site::Site;

/// How far a mirror is (跟随阶段).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::mirror::MirrorPhase")]
pub enum MirrorPhase {
    /// Everything that the other side shows is taken over, page by page (全量快照).
    Snapshot,
    /// What the other side shows no more is withdrawn (清理).
    Clearing,
    /// Its changes are followed (增量跟随).
    Following,
}

/// What was done about something that came from another instance (交换结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::mirror::ExchangeOutcome")]
pub enum ExchangeOutcome {
    /// A content was published (已发布).
    Written,
    /// A content was corrected (已更正).
    Updated,
    /// A content that had left was published again (恢复发布).
    Returned,
    /// A content was withdrawn, because the other side shows it no more (已撤稿).
    Withdrawn,
    /// It was rightly not taken over (已略过).
    Skipped,
    /// It could not be taken over (失败).
    Failed,
    /// Everything that the other side shows is looked at from now on (开始全量快照).
    SnapshotBegun,
    /// All of it was looked at (全量快照结束).
    SnapshotEnded,
    /// The other side could not be asked, or did not answer what was asked (对端异常).
    Trouble,
}

/// A mirror that the asker was shown.
pub struct Mirror(pub library::mirror::Mirror);

/// Columns of another instance of Jiyue that are followed into columns of a site here (跟随). Begun by `jiyue mirror`; found by who
/// keeps the site.
#[Object]
impl Mirror {
    /// What it is called (名称): what it brought has it in its origin, as the system `mirror:NAME`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The address of the other side (来源地址).
    async fn url(&self) -> Url {
        Url(self.0.origin.clone())
    }

    /// The code of the site into which it comes (站点代码).
    async fn site_code(&self, ctx: &Context<'_>) -> Option<String> {
        let directory = crate::scope(ctx).library().directory();
        directory.sites.get(self.0.site).map(|site| site.code.clone())
    }

    /// That site, if it is open (站点).
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        crate::scope(ctx).site(self.0.site).map(Site)
    }

    /// How far it is (阶段).
    async fn phase(&self) -> MirrorPhase {
        self.0.phase.into()
    }

    /// The position of the other side up to which it was followed (对端位置); null before its first page.
    async fn position(&self) -> Option<&str> {
        self.0.position.as_deref()
    }

    /// When it began (开始时间).
    async fn begun_at(&self) -> DateTime {
        self.0.begun_at.utc()
    }

    /// When the other side answered last (最近应答时间); null if it never did.
    async fn heard_at(&self) -> Option<DateTime> {
        self.0.heard_at.map(|at| at.utc())
    }

    /// Since when something keeps it from going on (异常开始时间); null if nothing does.
    async fn problem_at(&self) -> Option<DateTime> {
        self.0.problem.as_ref().map(|(at, _, _)| at.utc())
    }

    /// What that is, as a code such as `NOT_REACHED` (异常代码).
    async fn problem(&self) -> Option<&str> {
        self.0.problem.as_ref().map(|(_, code, _)| code.as_str())
    }

    /// The same as a sentence in English (异常说明).
    async fn problem_reason(&self) -> Option<&str> {
        self.0.problem.as_ref().map(|(_, _, reason)| reason.as_str())
    }

    /// The exchange log (交换日志), the newest first: what came, when, and what was done. It is kept for half a year.
    async fn exchanges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these outcomes (交换结果).")] outcomes: Option<Vec<ExchangeOutcome>>,
        #[graphql(default = false, desc = "Only what did not go as it came: what has a code (仅看异常).")]
        with_code: bool,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Exchange>> {
        let Paging { size, from, .. } = paging(size, after, None, None)?;
        let from = from.map(|key| read_key(&key, "iu")).transpose().map_err(crate::error)?;
        let paging = Paging { from, ..Paging::first(size) };
        let outcomes = outcomes.unwrap_or_default().into_iter().map(Into::into).collect();
        let filter = ExchangeFilter { outcomes, with_code };
        let page = crate::scope(ctx).exchanges(&self.0, &filter, &paging).await.map_err(crate::error)?;
        let page = page.with(|found| found.into_iter().map(|entry| (entry.key(), Exchange(entry))).collect());
        Ok(Connection::walked(page, Total::Known(None)))
    }
}

/// An entry of a log that the asker was shown.
pub struct Exchange(library::mirror::Exchange);

/// Something that came from another instance, and what was done about it (交换日志条目).
#[Object]
impl Exchange {
    /// When it was done (时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// What was done (结果).
    async fn outcome(&self) -> ExchangeOutcome {
        self.0.outcome.into()
    }

    /// The identifier of the content on the other side (对端标识); null for what is about no content.
    async fn origin_id(&self) -> Option<&str> {
        self.0.told.origin_id.as_deref()
    }

    /// The identifier of the content here (本库标识).
    async fn content_id(&self) -> Option<ID> {
        self.0.content.map(Into::into)
    }

    /// Its title (标题).
    async fn title(&self) -> Option<&str> {
        self.0.told.title.as_deref()
    }

    /// The position of the other side up to which was looked when it came (对端位置); null for what a snapshot brought.
    async fn position(&self) -> Option<&str> {
        self.0.told.position.as_deref()
    }

    /// Why it was not done, or not as it came (代码), such as `UNMATCHED_COLUMN`; null if it went as it came.
    async fn code(&self) -> Option<&str> {
        self.0.told.code.as_deref()
    }

    /// The field in question (字段).
    async fn field(&self) -> Option<&str> {
        self.0.told.field.as_deref()
    }

    /// The same as a sentence in English (说明).
    async fn reason(&self) -> Option<&str> {
        self.0.told.reason.as_deref()
    }
}
