//! Tags and their groups (标签库) as the contract shows them.
//!
//! Wraps the library's records; the scope hands out active tags only and answers a merged one with its target.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, OneofObject, Result, SimpleObject};

use crate::connection::Connection;
use crate::content::{Content, ContentFilter, ContentKind, ContentOrder, contents};
use crate::enums::{TagSphere, TagState};
use crate::organisation::Organisation;
use crate::scalars::{Url, id, kept, optional_id};
use crate::scalars::{first, int};
use crate::site::SiteLocator;

/// Names one tag (标签定位): by exactly one of its keys.
#[derive(Debug, Clone, OneofObject)]
pub enum TagLocator {
    /// Its identifier.
    Id(ID),
    /// Its code (标签代码).
    Code(String),
    /// Its name or a synonym (名称或同义词).
    Name(String),
}

impl TryFrom<TagLocator> for library::tag::TagLocator {
    type Error = Error;

    fn try_from(by: TagLocator) -> Result<Self> {
        Ok(match by {
            TagLocator::Id(given) => Self::Id(id(&given)?),
            TagLocator::Code(code) => Self::Code(code),
            TagLocator::Name(name) => Self::Name(name),
        })
    }
}

/// Narrows a list of tags (标签筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TagFilter {
    /// Of the group with this code (标签维度代码).
    pub group: Option<String>,
    /// Of this sphere (标签分域).
    pub sphere: Option<TagSphere>,
    /// In this state (标签状态); the public sees active tags only.
    pub state: Option<TagState>,
    /// Looked after by this organisation (认领单位).
    pub steward: Option<ID>,
    /// With this in the name or a synonym (名称包含).
    pub name: Option<String>,
}

impl TryFrom<TagFilter> for library::tag::TagFilter {
    type Error = Error;

    fn try_from(filter: TagFilter) -> Result<Self> {
        Ok(Self {
            group: filter.group,
            sphere: filter.sphere.map(Into::into),
            state: filter.state.map(Into::into),
            steward: optional_id(filter.steward.as_ref())?,
            name: filter.name,
        })
    }
}

/// A group of tags.
#[derive(Clone)]
pub struct TagGroup(pub Arc<library::tag::TagGroup>);

/// A group of tags (标签维度): one dimension of the tag library.
#[Object]
impl TagGroup {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its code, unique in the library (维度代码).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name (维度名称).
    async fn name(&self) -> &str {
        &self.0.fields.name
    }

    /// Its sphere (标签分域).
    async fn sphere(&self) -> TagSphere {
        self.0.fields.sphere.into()
    }

    /// Its active tags (标签), by code.
    async fn tags(&self, ctx: &Context<'_>) -> Vec<Tag> {
        let filter = library::tag::TagFilter { group: Some(self.0.code.clone()), ..Default::default() };
        Tag::all(crate::scope(ctx).tags(&filter))
    }
}

/// A tag.
#[derive(Clone)]
pub struct Tag(pub Arc<library::tag::Tag>);

impl Tag {
    /// All of them as nodes.
    pub fn all(tags: Vec<Arc<library::tag::Tag>>) -> Vec<Self> {
        tags.into_iter().map(Self).collect()
    }

    /// Its page on a site.
    pub fn address(&self, site: &library::site::Site) -> Url {
        Url(site.url_of(&format!("/tag/{}", self.0.code)))
    }
}

/// A tag (标签). Names and synonyms are unique among active tags.
#[Object]
#[allow(clippy::too_many_arguments, reason = "the arguments of connections")]
impl Tag {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its code, unique in the library (标签代码).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name (标签名称).
    async fn name(&self) -> &str {
        &self.0.fields.name
    }

    /// Its page on the site that shows it (标签页网址); null without a site, because a tag is at home nowhere.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site that shows it (展示站点).")] on: Option<SiteLocator>,
    ) -> Result<Option<Url>> {
        let Some(on) = on else { return Ok(None) };
        let site = crate::scope(ctx).site_by(&on.try_into()?);
        Ok(site.map(|site| self.address(&site)))
    }

    /// Its group (标签维度).
    async fn group(&self, ctx: &Context<'_>) -> Result<TagGroup> {
        kept(crate::scope(ctx).tag_group(self.0.group), "group of a tag").map(TagGroup)
    }

    /// The tag above it, of the same group (上级标签).
    async fn parent(&self, ctx: &Context<'_>) -> Option<Tag> {
        self.0.fields.parent.and_then(|parent| crate::scope(ctx).tag(parent)).map(Tag)
    }

    /// The active tags directly below it (下级标签), by code.
    async fn children(&self, ctx: &Context<'_>) -> Vec<Tag> {
        Tag::all(crate::scope(ctx).tags_below(self.0.id))
    }

    /// Other words for the same (同义词).
    async fn synonyms(&self) -> &[String] {
        &self.0.fields.synonyms
    }

    /// The organisation that looks after it (标签认领单位).
    async fn steward(&self, ctx: &Context<'_>) -> Option<Organisation> {
        self.0.fields.steward.and_then(|steward| crate::scope(ctx).organisation(steward)).map(Organisation)
    }

    /// Whether it may be used (标签状态).
    async fn state(&self) -> TagState {
        self.0.state.into()
    }

    /// Where it went, if it was merged (并入标签). Null for the public, which is answered the target itself.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<Tag> {
        self.0.merged_into.and_then(|target| crate::scope(ctx).tag(target)).map(Tag)
    }

    /// How many contents have it (使用次数), or how many of them a site shows.
    async fn usage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this site shows (展示站点).")] on: Option<SiteLocator>,
    ) -> Result<i32> {
        let scope = crate::scope(ctx);
        let Some(on) = shelf_site(scope, on)? else { return Ok(0) };
        let usage = scope.tag_usage(self.0.id, on).await.map_err(crate::error)?;
        Ok(int(usage.iter().map(|(_, count)| count).sum::<i64>()))
    }

    /// The contents that have it (标签内容), the newest first unless another order is asked for.
    async fn contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<ContentFilter>,
        #[graphql(desc = "The order (排序).")] order_by: Option<ContentOrder>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
        #[graphql(desc = "How many to pass over, at most 10,000; not with a cursor (跳过条数).")] offset: Option<i32>,
    ) -> Result<Connection<Content>> {
        let mut filter: library::content::ContentFilter = filter.unwrap_or_default().try_into()?;
        filter.all_tags.push(self.0.id);
        contents(crate::scope(ctx), filter, order_by, (first, after, last, before, offset)).await
    }

    /// The newest contents of each kind that have it (标签页): policies, interpretations, answers and services side by side.
    async fn by_kind(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this site shows (展示站点).")] on: Option<SiteLocator>,
        #[graphql(desc = "Only these kinds, in this order; all if not given (信息类型).")] kinds: Option<
            Vec<ContentKind>,
        >,
        #[graphql(name = "first", default = 5, desc = "How many of each kind, at most 100 (每类条数).")] size: Option<
            i32,
        >,
    ) -> Result<Vec<KindShelf>> {
        let scope = crate::scope(ctx);
        let Some(on) = shelf_site(scope, on)? else { return Ok(Vec::new()) };
        let kinds: Vec<library::content::ContentKind> = match kinds {
            Some(kinds) => kinds.into_iter().map(Into::into).collect(),
            None => library::content::ContentKind::all(),
        };
        let shelves = scope.tag_shelves(self.0.id, on, &kinds, first(size)?).await.map_err(crate::error)?;
        Ok(KindShelf::together(shelves))
    }
}

/// The site whose shelf is asked for, if one is named; nothing if it does not exist.
fn shelf_site(scope: &library::Scope, on: Option<SiteLocator>) -> Result<Option<Option<library::id::SiteId>>> {
    match on {
        None => Ok(Some(None)),
        Some(on) => Ok(scope.site_by(&on.try_into()?).map(|site| Some(site.id))),
    }
}

/// The newest contents of one kind (分类列表).
#[derive(SimpleObject)]
pub struct KindShelf {
    /// The kind (信息类型).
    kind: ContentKind,
    /// How many there are of it (总数).
    total_count: i32,
    /// The newest (最新信息).
    contents: Vec<Content>,
}

impl KindShelf {
    /// A shelf of what was found.
    pub fn of(kind: ContentKind, total: u64, contents: Vec<Content>) -> Self {
        Self { kind, total_count: int(total), contents }
    }

    /// Shelves whose contents are read together.
    pub fn together(shelves: Vec<library::content::KindShelf>) -> Vec<Self> {
        let all = shelves.iter().flat_map(|shelf| shelf.contents.iter().cloned()).collect();
        let mut nodes = Content::together(all).into_iter();
        let shelf = |shelf: library::content::KindShelf| Self {
            kind: shelf.kind.into(),
            total_count: int(shelf.total),
            contents: nodes.by_ref().take(shelf.contents.len()).collect(),
        };
        shelves.into_iter().map(shelf).collect()
    }
}
