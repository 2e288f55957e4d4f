//! Placements (展示): one showing of a content in one column.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use library::placement::Shown;

use crate::column::Column;
use crate::connection::decode_cursor;
use crate::content::{Content, ContentKind, DateTimeRange, OrderDirection, Validity};
use crate::kin::{ContentKin, PlacementKin};
use crate::page::{Crumb, MetaTag};
use crate::scalars::{DateTime, Url, id, kept, optional_id};
use crate::subscription::ColumnSubscription;

/// Whether a placement is the editors' own or mirrored (展示来源).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::placement::PlacementOrigin")]
pub enum PlacementOrigin {
    /// Placed by the site's own editors (本站).
    Own,
    /// Brought by a subscription (栏目共享).
    Mirrored,
}

/// Narrows a list of placements (展示筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PlacementFilter {
    /// Of one of these kinds (信息类型).
    kinds: Option<Vec<ContentKind>>,
    /// With at least one of these tags (任一标签).
    any_tags: Option<Vec<ID>>,
    /// Published in this time (发布时间).
    published_at: Option<DateTimeRange>,
    /// Whether the columns below count too (含下级栏目).
    with_descendants: Option<bool>,
    /// With or without a cover (有无封面).
    with_cover: Option<bool>,
    /// With this theme (主题分类代码).
    theme: Option<String>,
    /// Of this publisher (发布机构).
    publisher: Option<ID>,
    /// Policies of these validities (有效性).
    validity: Option<Vec<Validity>>,
}

impl TryFrom<PlacementFilter> for library::placement::PlacementFilter {
    type Error = async_graphql::Error;

    fn try_from(filter: PlacementFilter) -> Result<Self> {
        let (published_from, published_before) = DateTimeRange::ends(filter.published_at.as_ref());
        Ok(Self {
            kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            any_tags: filter.any_tags.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            published_from,
            published_before,
            with_descendants: filter.with_descendants.unwrap_or(false),
            with_cover: filter.with_cover,
            theme: filter.theme,
            publisher: optional_id(filter.publisher.as_ref())?,
            validity: filter.validity.unwrap_or_default().into_iter().map(Into::into).collect(),
        })
    }
}

/// By what a list of placements is ordered (展示排序).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::placement::PlacementOrderField")]
pub enum PlacementOrderField {
    /// What is pinned, then the newest (置顶优先): the order of a column.
    PinnedThenNewest,
    /// By rank, then the newest (排序值).
    Rank,
    /// By time of publication (发布时间).
    PublishedAt,
    /// By the last change (更新时间).
    UpdatedAt,
}

/// An order of placements (展示排序).
#[derive(Debug, Clone, InputObject)]
pub struct PlacementOrder {
    /// By what (字段).
    field: PlacementOrderField,
    /// Which way (方向).
    direction: OrderDirection,
}

/// The arguments of a list of placements.
pub struct PlacementList {
    /// What narrows it.
    pub filter: library::placement::PlacementFilter,
    /// Its order.
    pub order: library::placement::PlacementOrder,
    /// Which page.
    pub paging: library::Paging<Vec<library::database::Value>>,
}

impl PlacementList {
    /// From the arguments as they are given; `of_site` for the list of a whole site.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for malformed identifiers, cursors of other lists and sizes out of range.
    #[allow(clippy::too_many_arguments, reason = "one for each argument of the contract")]
    pub fn of(
        filter: Option<PlacementFilter>,
        order_by: Option<PlacementOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        offset: Option<i32>,
        of_site: bool,
    ) -> Result<Self> {
        let order = order_by.map_or_else(Default::default, |order| library::placement::PlacementOrder {
            field: order.field.into(),
            ascending: order.direction == OrderDirection::Asc,
        });
        use library::placement::PlacementOrderField as Field;
        let shape = match (order.field, of_site) {
            (Field::PinnedThenNewest | Field::Rank, false) => "iiu",
            (Field::PinnedThenNewest | Field::Rank, true) => "iiuu",
            (Field::PublishedAt | Field::UpdatedAt, false) => "iu",
            (Field::PublishedAt | Field::UpdatedAt, true) => "iuu",
        };
        let key = |cursor: Option<String>| {
            cursor.map(|cursor| library::read_key(&decode_cursor(&cursor)?, shape).map_err(crate::error)).transpose()
        };
        let paging = library::Paging::of(first, key(after)?, last, key(before)?, offset).map_err(crate::error)?;
        Ok(Self { filter: filter.unwrap_or_default().try_into()?, order, paging })
    }
}

/// A placement with what it shows and its family.
#[derive(Clone)]
pub struct Placement {
    /// The library's record.
    pub placement: Arc<library::placement::Placement>,
    content: Content,
    kin: Arc<PlacementKin>,
}

impl Placement {
    /// A placement that is shown by itself.
    pub fn alone(shown: Shown) -> Self {
        let kin = Arc::new(PlacementKin::new(vec![shown.placement.clone()]));
        Self { placement: shown.placement, content: Content::alone(shown.content), kin }
    }

    /// The reason why it is here that matters most.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<library::placement::Reason>> {
        if let Some(reason) = &self.placement.reason {
            return Ok(Some(reason.clone()));
        }
        let reasons = self.kin.reasons(crate::scope(ctx), self.placement.id).await.map_err(crate::error)?;
        Ok(reasons.into_iter().next())
    }

    /// Placements that are shown together.
    pub fn together(shown: Vec<Shown>) -> Vec<Self> {
        let kin = Arc::new(PlacementKin::new(shown.iter().map(|shown| shown.placement.clone()).collect()));
        let mut contents: Vec<_> = shown.iter().map(|shown| shown.content.clone()).collect();
        contents.sort_unstable_by_key(|content| content.id);
        contents.dedup_by_key(|content| content.id);
        let content_kin = Arc::new(ContentKin::new(contents));
        let node = |shown: Shown| Self {
            placement: shown.placement,
            content: Content::of(shown.content, content_kin.clone()),
            kin: kin.clone(),
        };
        shown.into_iter().map(node).collect()
    }

    /// Its address on its site.
    ///
    /// # Errors
    /// `INTERNAL` if the library has a placement without its site.
    pub async fn url(&self, ctx: &Context<'_>) -> Result<Url> {
        let scope = crate::scope(ctx);
        let site = kept(scope.site(self.placement.site), "site of a placement")?;
        Ok(Url(site.url_of(&self.path_of(scope))))
    }

    /// Its title: the column's own or the content's.
    pub fn title(&self) -> &str {
        self.placement.title.as_deref().unwrap_or(&self.content.shared().content.card.title)
    }

    fn path_of(&self, scope: &library::Scope) -> String {
        let content = &self.content.shared().content;
        library::site::Site::content_path(scope.library().zone(), content.id, content.published_at)
    }

    /// The live content that it shows.
    pub fn live(&self) -> &Arc<library::content::LiveContent> {
        &self.content.shared().content
    }
}

/// One showing of a content in one column (展示). The same content may be shown in many columns of many sites.
#[Object]
impl Placement {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.placement.id.into()
    }

    /// The column (栏目).
    async fn column(&self, ctx: &Context<'_>) -> Result<Column> {
        kept(crate::scope(ctx).column(self.placement.column), "column of a placement").map(Column::alone)
    }

    /// The content that it shows (信息).
    async fn content(&self) -> Content {
        self.content.clone()
    }

    /// The title in this column (标题): the receiver's own, or the content's.
    #[graphql(name = "title")]
    async fn shown_title(&self) -> &str {
        self.title()
    }

    /// The path on the column's site (路径).
    async fn path(&self, ctx: &Context<'_>) -> String {
        self.path_of(crate::scope(ctx))
    }

    /// The address on the column's site (网址).
    #[graphql(name = "url")]
    async fn shown_url(&self, ctx: &Context<'_>) -> Result<Url> {
        self.url(ctx).await
    }

    /// When the content was published (发布时间).
    async fn published_at(&self) -> DateTime {
        self.placement.published_at.utc()
    }

    /// Whether it is pinned before the newest (置顶).
    async fn pinned(&self) -> bool {
        self.placement.rank > 0
    }

    /// Its rank while it is pinned (排序值).
    async fn rank(&self) -> Option<i32> {
        i32::try_from(self.placement.rank).ok().filter(|rank| *rank > 0)
    }

    /// Since when it is shown here (展示起始).
    async fn shown_since(&self) -> DateTime {
        self.placement.shown_since.utc()
    }

    /// Whether it is the editors' own or mirrored (展示来源).
    async fn origin(&self, ctx: &Context<'_>) -> Result<PlacementOrigin> {
        let reason = self.reason(ctx).await?;
        Ok(reason.map_or(library::placement::PlacementOrigin::Own, |reason| reason.origin()).into())
    }

    /// The placement that it mirrors (来源展示); null for the editors' own.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<Placement>> {
        let Some(source) = self.reason(ctx).await?.and_then(|reason| reason.source) else { return Ok(None) };
        self.kin.source(crate::scope(ctx), source).await.map_err(crate::error)
    }

    /// The subscription that brings it (共享规则); null for the editors' own.
    async fn subscription(&self, ctx: &Context<'_>) -> Result<Option<ColumnSubscription>> {
        let subscription = self.reason(ctx).await?.and_then(|reason| reason.subscription);
        Ok(subscription.and_then(|id| crate::scope(ctx).subscription(id)).map(ColumnSubscription::alone))
    }

    /// Every reason why it is here (展示依据): it goes with the last of them.
    async fn reasons(&self, ctx: &Context<'_>) -> Result<Vec<PlacementReason>> {
        let reasons = self.kin.reasons(crate::scope(ctx), self.placement.id).await.map_err(crate::error)?;
        Ok(reasons.into_iter().map(|reason| PlacementReason { reason, kin: self.kin.clone() }).collect())
    }

    /// The placements that it comes from, the nearest first, up to the editors' own (数据同源链).
    async fn provenance(&self, ctx: &Context<'_>) -> Result<Vec<Placement>> {
        let mut next = self.reason(ctx).await?.and_then(|reason| reason.source);
        if next.is_none() {
            return Ok(Vec::new());
        }
        let shared = self.content.shared();
        let all = shared.kin.showings(crate::scope(ctx), shared.content.id, None).await.map_err(crate::error)?;
        let mut way: Vec<Placement> = Vec::new();
        while let Some(found) = next.and_then(|id| all.iter().find(|other| other.placement.id == id)) {
            if way.iter().any(|passed| passed.placement.id == found.placement.id) {
                break;
            }
            way.push(found.clone());
            next = found.reason(ctx).await?.and_then(|reason| reason.source);
        }
        Ok(way)
    }

    /// The next newer showing in the column (上一篇), by time of publication.
    async fn newer(&self, ctx: &Context<'_>) -> Result<Option<Placement>> {
        let found = self.kin.neighbours(crate::scope(ctx), self.placement.id).await.map_err(crate::error)?;
        Ok(found.newer.map(Placement::alone))
    }

    /// The next older showing in the column (下一篇), by time of publication.
    async fn older(&self, ctx: &Context<'_>) -> Result<Option<Placement>> {
        let found = self.kin.neighbours(crate::scope(ctx), self.placement.id).await.map_err(crate::error)?;
        Ok(found.older.map(Placement::alone))
    }

    /// The tags of its page's head (页面标签): the ten of a content page, and optional ones.
    async fn meta_tags(&self, ctx: &Context<'_>) -> Vec<MetaTag> {
        let tags = crate::scope(ctx).meta_tags_of_showing(&self.placement, self.live());
        tags.into_iter().map(MetaTag).collect()
    }

    /// The way from the site's home page (面包屑).
    async fn breadcrumb(&self, ctx: &Context<'_>) -> Result<Vec<Crumb>> {
        let scope = crate::scope(ctx);
        let site = kept(scope.site(self.placement.site), "site of a placement")?;
        let crumbs = scope.breadcrumb(&site, Some(self.placement.column), Some(self.title()));
        Ok(crumbs.into_iter().map(Crumb).collect())
    }
}

/// A reason of a placement.
pub struct PlacementReason {
    reason: library::placement::Reason,
    kin: Arc<PlacementKin>,
}

/// A reason why a placement is where it is (展示依据).
#[Object]
impl PlacementReason {
    /// The editors' own, or a subscription (来源).
    async fn origin(&self) -> PlacementOrigin {
        self.reason.origin().into()
    }

    /// The placement that is mirrored (来源展示).
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<Placement>> {
        let Some(source) = self.reason.source else { return Ok(None) };
        self.kin.source(crate::scope(ctx), source).await.map_err(crate::error)
    }

    /// The subscription that brings it (共享规则).
    async fn subscription(&self, ctx: &Context<'_>) -> Option<ColumnSubscription> {
        crate::scope(ctx).subscription(self.reason.subscription?).map(ColumnSubscription::alone)
    }
}
