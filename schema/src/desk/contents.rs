//! Contents on the desk: what is one's own, what waits for one, and all that one reaches.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use library::content::Working;
use library::database::Value;
use library::tag::TagClaimState;
use library::{Paging, Walked};

use super::content::DeskContent;
use crate::connection::{Connection, Total, decode_cursor};
use crate::content::{ContentKind, ContentState};
use crate::scalars::{DateTime, int, optional_id};

/// Narrows a list of the desk (采编筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DeskFilter {
    /// At home on this site (归属站点).
    site: Option<ID>,
    /// At home in this column (归属栏目).
    column: Option<ID>,
    /// In one of these states (信息状态).
    states: Option<Vec<ContentState>>,
    /// Of one of these kinds (信息类型).
    kinds: Option<Vec<ContentKind>>,
    /// Drafted by this account (起草人).
    author: Option<ID>,
    /// With this text in the title (标题包含).
    text: Option<String>,
}

impl DeskFilter {
    fn read(filter: Option<Self>) -> Result<library::desk::DeskFilter> {
        let filter = filter.unwrap_or_default();
        Ok(library::desk::DeskFilter {
            site: optional_id(filter.site.as_ref())?,
            column: optional_id(filter.column.as_ref())?,
            states: filter.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            author: optional_id(filter.author.as_ref())?,
            text: filter.text,
        })
    }
}

/// Which page is asked for: the keys of its cursors look like `shape`.
///
/// # Errors
/// `BAD_USER_INPUT` for a malformed cursor and a size out of range.
pub fn page(first: Option<i32>, after: Option<String>, shape: &str) -> Result<Paging<Vec<Value>>> {
    let read = |cursor: String| library::read_key(&decode_cursor(&cursor)?, shape).map_err(crate::error);
    Paging::of(first, after.map(read).transpose()?, None, None, None).map_err(crate::error)
}

fn listed(page: Walked<(Vec<Value>, Working)>) -> Connection<DeskContent> {
    let wrap = |items: Vec<(Vec<Value>, Working)>| {
        items.into_iter().map(|(key, working)| (key, DeskContent::new(std::sync::Arc::new(working)))).collect()
    };
    Connection::walked(page.with(wrap), Total::Known(None))
}

/// How much there is to do (待办数量); each number is counted as far as 10,000.
#[derive(SimpleObject)]
pub struct DeskCounts {
    /// One's own drafts (我的草稿).
    drafts: i32,
    /// Those of them that were returned (被退回).
    returned: i32,
    /// What waits for one's review or publication (待审待发).
    queue: i32,
    /// What shared columns bring and waits for one's decision (待接收).
    pending_placements: i32,
    /// Open claims of tags that one may see (待定认领).
    tag_claims: i32,
}

/// How long contents wait in a stage (各环节等待).
#[derive(SimpleObject)]
pub struct WaitingTime {
    /// The stage (环节).
    state: ContentState,
    /// The level of review that they wait for; null where they wait to be published (审核级别).
    level: Option<i32>,
    /// How many wait (数量).
    contents: i32,
    /// Since when the one waits that has waited longest (最早等待时间).
    longest_since: DateTime,
}

/// Contents on the desk.
pub struct Contents;

#[Object]
impl Contents {
    /// The asker's own drafts (我的草稿), the newest first; those that were returned among them.
    async fn drafts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which (筛选).")] filter: Option<DeskFilter>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<DeskContent>> {
        let found = crate::scope(ctx).drafts(&DeskFilter::read(filter)?, &page(size, after, "iu")?).await;
        found.map(listed).map_err(crate::error)
    }

    /// What waits for the asker's review, and what is approved and waits to be published by it (待办), the longest waiting first.
    async fn queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which (筛选).")] filter: Option<DeskFilter>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<DeskContent>> {
        let found = crate::scope(ctx).queue(&DeskFilter::read(filter)?, &page(size, after, "iu")?).await;
        found.map(listed).map_err(crate::error)
    }

    /// All contents where the asker has a role (信息管理), whatever their state, the newest change first.
    async fn contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which (筛选).")] filter: Option<DeskFilter>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<DeskContent>> {
        let found = crate::scope(ctx).desk_contents(&DeskFilter::read(filter)?, &page(size, after, "iu")?).await;
        found.map(listed).map_err(crate::error)
    }

    /// A content as it is worked on (采编视图); null for who has no role over it.
    async fn content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identifier, as a content or as the desk has it (标识).")] id: ID,
    ) -> Result<Option<DeskContent>> {
        let content = DeskContent::content_id(&id)?;
        let found = crate::scope(ctx).working(content).await.map_err(crate::error)?;
        Ok(found.map(|working| DeskContent::new(std::sync::Arc::new(working))))
    }

    /// How much there is to do for the asker (待办数量).
    async fn counts(&self, ctx: &Context<'_>) -> Result<DeskCounts> {
        let scope = crate::scope(ctx);
        let counts = scope.desk_counts().await.map_err(crate::error)?;
        let claims = scope.tag_claims(Some(TagClaimState::Open)).await.map_err(crate::error)?;
        Ok(DeskCounts {
            drafts: int(counts.drafts),
            returned: int(counts.returned),
            queue: int(counts.queue),
            pending_placements: int(scope.pending_count().await.map_err(crate::error)?),
            tag_claims: int(claims.len() as i64),
        })
    }

    /// How long contents wait in each stage (各环节等待时间), of those where the asker has a role.
    async fn waiting_times(&self, ctx: &Context<'_>) -> Result<Vec<WaitingTime>> {
        let times = crate::scope(ctx).waiting_times().await.map_err(crate::error)?;
        let shown = |time: library::desk::WaitingTime| WaitingTime {
            state: time.state.into(),
            level: time.level.map(int),
            contents: int(time.contents),
            longest_since: time.longest_since.utc(),
        };
        Ok(times.into_iter().map(shown).collect())
    }
}
