//! The root of all reading: it only lists, each noun's file reads.

use async_graphql::{Context, ID, Object, Result};
use library::code::CodeList as List;

use crate::account::Viewer;
use crate::change::{Change, ChangeFilter};
use crate::code_item::CodeItem;
use crate::column::{Column, ColumnFilter, ColumnLocator};
use crate::connection::{Connection, listed, paging};
use crate::content::{Content, ContentFilter, ContentKind, ContentLocator, ContentOrder, contents};
use crate::desk::Desk;
use crate::enums::CodeList;
use crate::field_definition::FieldDefinition;
use crate::kept::CacheExplanation;
use crate::node::Node;
use crate::organisation::{Organisation, OrganisationFilter, OrganisationLocator};
use crate::page::Resolution;
use crate::reader::{Reader, ReaderFeed};
use crate::scalars::Json;
use crate::search::{AnswerSet, Arguments, HotKeyword, SearchConnection, SearchFilter, SearchOrder, Suggestion};
use crate::site::{Site, SiteFilter, SiteLocator};
use crate::tag::{Tag, TagFilter, TagGroup, TagLocator};

/// Everything that can be read.
pub struct Query;

/// Everything that can be read (查询入口). Public by default, whoever asks.
#[Object]
#[allow(clippy::too_many_arguments, reason = "the arguments of connections")]
impl Query {
    /// Anything by its identifier (按标识取对象); null if it does not exist or may not be seen.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identifier (标识).")] id: ID,
    ) -> Result<Option<Node>> {
        Ok(crate::node::find(crate::scope(ctx), vec![id]).await?.pop().flatten())
    }

    /// Several things by their identifiers (批量取对象), at most 100, in their order; null for what may not be seen.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their identifiers (标识).")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        crate::node::find(crate::scope(ctx), ids).await
    }

    /// The position of the change log that answers reflect at least (变更位置).
    async fn position(&self, ctx: &Context<'_>) -> Result<String> {
        crate::scope(ctx).position().await.map(|position| position.to_string()).map_err(crate::error)
    }

    /// A site (站点).
    async fn site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (定位).")] by: SiteLocator,
    ) -> Result<Option<Site>> {
        Ok(crate::scope(ctx).site_by(&by.try_into()?).map(Site))
    }

    /// The sites (站点列表), by code.
    async fn sites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<SiteFilter>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Site>> {
        let found = crate::scope(ctx).sites(&filter.unwrap_or_default().try_into()?);
        let paging = paging(first, after, last, before)?;
        listed(&found, &paging, |site| site.id.to_string(), |page| page.into_iter().map(Site).collect())
    }

    /// An organisation (机构).
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (定位).")] by: OrganisationLocator,
    ) -> Result<Option<Organisation>> {
        Ok(crate::scope(ctx).organisation_by(&by.try_into()?).map(Organisation))
    }

    /// The organisations (机构列表), by rank.
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<OrganisationFilter>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Organisation>> {
        let found = crate::scope(ctx).organisations(&filter.unwrap_or_default().try_into()?);
        let paging = paging(first, after, last, before)?;
        listed(&found, &paging, |one| one.id.to_string(), |page| page.into_iter().map(Organisation).collect())
    }

    /// A column (栏目).
    async fn column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (定位).")] by: ColumnLocator,
    ) -> Result<Option<Column>> {
        Ok(crate::scope(ctx).column_by(&by.try_into()?).map(Column::alone))
    }

    /// The open columns (栏目列表), by site, rank and path.
    async fn columns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<ColumnFilter>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Column>> {
        let found = crate::scope(ctx).columns(&filter.unwrap_or_default().try_into()?);
        let paging = paging(first, after, last, before)?;
        listed(&found, &paging, |column| column.id.to_string(), Column::together)
    }

    /// A content (信息).
    async fn content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (定位).")] by: ContentLocator,
    ) -> Result<Option<Content>> {
        let found = crate::scope(ctx).content_by(&by.try_into()?).await.map_err(crate::error)?;
        Ok(found.map(Content::alone))
    }

    /// The contents of all sites (信息列表), the newest first unless another order is asked for.
    async fn contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<ContentFilter>,
        #[graphql(desc = "The order (排序): newest first if not given.")] order_by: Option<ContentOrder>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
        #[graphql(desc = "How many to pass over, at most 10,000; not with a cursor (跳过条数).")] offset: Option<i32>,
    ) -> Result<Connection<Content>> {
        let filter = filter.unwrap_or_default().try_into()?;
        contents(crate::scope(ctx), filter, order_by, (first, after, last, before, offset)).await
    }

    /// What is at a path of a site (地址解析): a page, a redirect, or that it is gone; null if nothing ever was.
    async fn resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site (站点).")] site: SiteLocator,
        #[graphql(desc = "The path, such as `/news` (路径).")] path: String,
    ) -> Result<Option<Resolution>> {
        let scope = crate::scope(ctx);
        let Some(site) = scope.site_by(&site.try_into()?) else { return Ok(None) };
        let found = scope.resolve(&site, &path).await.map_err(crate::error)?;
        Ok(found.map(|found| Resolution::of(site, found)))
    }

    /// A tag (标签); a merged one answers its target.
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (定位).")] by: TagLocator,
    ) -> Result<Option<Tag>> {
        Ok(crate::scope(ctx).tag_by(&by.try_into()?).map(Tag))
    }

    /// The active tags (标签列表), by code.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<TagFilter>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        let found = crate::scope(ctx).tags(&filter.unwrap_or_default().try_into()?);
        let paging = paging(first, after, last, before)?;
        listed(&found, &paging, |tag| tag.id.to_string(), Tag::all)
    }

    /// The groups of tags (标签维度), by rank.
    async fn tag_groups(&self, ctx: &Context<'_>) -> Vec<TagGroup> {
        crate::scope(ctx).tag_groups().into_iter().map(TagGroup).collect()
    }

    /// Items of a code list (代码表): the top level unless `under` or `level` says otherwise.
    async fn codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which list (代码表).")] list: CodeList,
        #[graphql(desc = "Only the items directly below this code (上级代码).")] under: Option<String>,
        #[graphql(desc = "Only the items of this level, 1 for the top (层级).")] level: Option<i32>,
    ) -> Vec<CodeItem> {
        let level = level.and_then(|level| usize::try_from(level).ok());
        let found = crate::scope(ctx).codes(List::from(list), under.as_deref(), level);
        found.into_iter().map(CodeItem).collect()
    }

    /// The public fields of a site's own (扩展字段), as far as site, column and kind are given, by rank.
    async fn field_definitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this site (站点).")] site: Option<SiteLocator>,
        #[graphql(desc = "Of this column (栏目).")] column: Option<ID>,
        #[graphql(desc = "Of this kind (信息类型).")] kind: Option<ContentKind>,
    ) -> Result<Vec<FieldDefinition>> {
        FieldDefinition::list(crate::scope(ctx), site, column, kind)
    }

    /// What is found by words (检索), over all sites and kinds or on one site. Words may stand in any order; `"as it stands"` is looked
    /// for in quotation marks, `-word` leaves out what has it. Null on a site that there is not, and with the error
    /// `SEARCH_UNAVAILABLE` while the index cannot be asked.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is looked for; at most 1,000 characters (检索词).")] query: String,
        #[graphql(desc = "Only what this site shows (站点).")] site: Option<SiteLocator>,
        #[graphql(desc = "What narrows the search (筛选).")] filter: Option<SearchFilter>,
        #[graphql(desc = "The order (排序): what fits best first if not given.")] order_by: Option<SearchOrder>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many to pass over, at most 1,000; not with a cursor (跳过条数).")] offset: Option<i32>,
    ) -> Option<Result<SearchConnection>> {
        let arguments = Arguments { query, site, filter, order_by, first, after, offset };
        SearchConnection::of(ctx, arguments).await.transpose()
    }

    /// What goes on from what somebody has typed (检索联想): names of tags and titles, in Chinese, by their sound (拼音) or by its
    /// initials (首字母). Null with the error `SEARCH_UNAVAILABLE` while the index cannot be asked.
    async fn suggest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was typed (输入).")] prefix: String,
        #[graphql(desc = "Only what this site shows (站点).")] site: Option<SiteLocator>,
        #[graphql(desc = "How many: 10 if not given, at most 100 (前若干条).")] first: Option<i32>,
    ) -> Option<Result<Vec<Suggestion>>> {
        Suggestion::all(ctx, &prefix, site, first).await.transpose()
    }

    /// What many have looked for within a week (热词), on a site or on all of them: never what fewer than five readers of one day did.
    async fn hot_keywords(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On this site (站点).")] site: Option<SiteLocator>,
        #[graphql(desc = "How many: 10 if not given, at most 100 (前若干条).")] first: Option<i32>,
    ) -> Option<Result<Vec<HotKeyword>>> {
        HotKeyword::all(ctx, site, first).await.transpose()
    }

    /// Answers a question (智能问答) from the knowledge entries, each with how sure it is and where it comes from; what is not known is said
    /// to be. Null with the error `SEARCH_UNAVAILABLE` while the index cannot be asked.
    async fn ask(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question; at most 1,000 characters (问题).")] question: String,
        #[graphql(desc = "Only what this site shows (站点).")] site: Option<SiteLocator>,
        #[graphql(desc = "How many answers: 3 if not given, at most 100 (前若干条).")] first: Option<i32>,
    ) -> Option<Result<AnswerSet>> {
        AnswerSet::of(ctx, question, site, first).await.transpose()
    }

    /// What changed of what is public (变更流), in order and without gaps: for systems that follow the library. Begin with
    /// `position` and a snapshot (`contents`), then ask for what comes after. A change that means nothing for the filter is not
    /// told, but moves `pageInfo.endCursor` on: go on there until `hasNextPage` is false, then ask again later.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A position, or the end of the page before (起始位置); from the beginning if not given.")]
        after: Option<String>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "What narrows the feed (筛选).")] filter: Option<ChangeFilter>,
    ) -> Result<Connection<Change>> {
        crate::change::changes(crate::scope(ctx), after, first, filter).await
    }

    /// What the cache does with the answer to an operation (缓存说明): what the answer depends on, and so what would take it away.
    /// Null for who is not the operator.
    async fn cache_explain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document, with one query (查询语句).")] operation: String,
        #[graphql(desc = "Its variables (变量).")] variables: Option<Json>,
    ) -> Option<CacheExplanation> {
        crate::kept::explain(ctx, operation, variables).await
    }

    /// Who asks (当前用户); null for who is not signed in. The answer is private.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        Viewer::of(crate::scope(ctx))
    }

    /// What is kept of the reader who asks (公众用户); null for who is none. The answer is private.
    async fn reader(&self, ctx: &Context<'_>) -> Result<Option<Reader>> {
        Reader::of(crate::scope(ctx)).await
    }

    /// What who asks may want (猜你想看、猜你想问、猜你想办): the newest over the tags that a reader subscribed, else the newest of all.
    /// Ask for articles and policies, for knowledge entries, or for service guides. The answer is private.
    async fn feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds (信息类型); all if not given.")] kinds: Option<Vec<ContentKind>>,
        #[graphql(desc = "Only what this site shows (展示站点).")] on: Option<SiteLocator>,
    ) -> Result<ReaderFeed> {
        ReaderFeed::of(crate::scope(ctx), kinds, on).await
    }

    /// The desk of who asks (采编后台); null for who is not signed in. The answer is private.
    async fn desk(&self, ctx: &Context<'_>) -> Option<Desk> {
        Desk::of(crate::scope(ctx))
    }
}
