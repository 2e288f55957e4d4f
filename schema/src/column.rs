//! Columns (栏目) as the contract shows them.
//!
//! Wraps the library's record. Columns that are shown together know of one another, so that what each of them lists
//! is read for all at once; which columns may be seen is decided by the scope.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, OneofObject, Result};
use library::Scope;
use library::id::AnyId;

use crate::account::Action;
use crate::attachment::Attachment;
use crate::connection::{Connection, listed, paging};
use crate::connection::{Count, Total};
use crate::content::{Content, ContentKind};
use crate::enums::{ColumnKind, ColumnStatus, ShareType};
use crate::feeds::Feeds;
use crate::field_definition::FieldDefinition;
use crate::kin::ColumnKin;
use crate::organisation::Organisation;
use crate::page::MetaTag;
use crate::panel::Panel;
use crate::placement::{Placement, PlacementFilter, PlacementList, PlacementOrder};
use crate::scalars::DateTime;
use crate::scalars::{Date, Url, id, int, kept, optional_id};
use crate::site::{Site, SiteLocator};
use crate::subscription::ColumnSubscription;

/// A path on a site (站内路径).
#[derive(Debug, Clone, InputObject)]
pub struct SitePath {
    /// The code of the site (站点代码).
    pub site: String,
    /// The path on it, such as `/news/city` (路径).
    pub path: String,
}

/// Names one column (栏目定位): by exactly one of its keys.
#[derive(Debug, Clone, OneofObject)]
pub enum ColumnLocator {
    /// Its identifier.
    Id(ID),
    /// Its site and path (站点与路径).
    At(SitePath),
}

impl TryFrom<ColumnLocator> for library::column::ColumnLocator {
    type Error = Error;

    fn try_from(by: ColumnLocator) -> Result<Self> {
        Ok(match by {
            ColumnLocator::Id(given) => Self::Id(id(&given)?),
            ColumnLocator::At(SitePath { site, path }) => Self::At { site, path },
        })
    }
}

/// Narrows a list of columns (栏目筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ColumnFilter {
    /// Of this site (所属站点).
    pub site: Option<SiteLocator>,
    /// With this in the name (名称包含).
    pub name: Option<String>,
    /// Of one of these kinds (栏目类型).
    pub kinds: Option<Vec<ColumnKind>>,
    /// Kept by this organisation (责任单位).
    pub owner: Option<ID>,
    /// Whether other sites may have it (可共享).
    pub shareable: Option<bool>,
    /// Whether the site's navigation shows it (导航显示).
    pub in_navigation: Option<bool>,
    /// Takes contents from this column (内容来自该栏目).
    pub feeds_from: Option<ID>,
}

impl TryFrom<ColumnFilter> for library::column::ColumnFilter {
    type Error = Error;

    fn try_from(filter: ColumnFilter) -> Result<Self> {
        Ok(Self {
            site: filter.site.map(TryInto::try_into).transpose()?,
            name: filter.name,
            kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            owner: optional_id(filter.owner.as_ref())?,
            shareable: filter.shareable,
            in_navigation: filter.in_navigation,
            feeds_from: optional_id(filter.feeds_from.as_ref())?,
        })
    }
}

/// A column, with the others that are shown beside it.
#[derive(Clone)]
pub struct Column {
    /// The library's record.
    pub column: Arc<library::column::Column>,
    /// What the columns shown together load together.
    pub kin: Option<Arc<ColumnKin>>,
}

impl Column {
    /// A column that is shown by itself.
    pub fn alone(column: Arc<library::column::Column>) -> Self {
        Self { column, kin: None }
    }

    /// Columns that are shown together.
    pub fn together(columns: Vec<Arc<library::column::Column>>) -> Vec<Self> {
        let kin = Arc::new(ColumnKin::new(columns.iter().map(|column| column.id).collect()));
        columns.into_iter().map(|column| Self { column, kin: Some(kin.clone()) }).collect()
    }

    /// The columns that are shown together with it.
    fn family(&self) -> Arc<ColumnKin> {
        self.kin.clone().unwrap_or_else(|| Arc::new(ColumnKin::new(vec![self.column.id])))
    }

    /// The site that it belongs to.
    ///
    /// # Errors
    /// `INTERNAL` if the library has a column without its site.
    pub fn home(&self, scope: &Scope) -> Result<Arc<library::site::Site>> {
        kept(scope.site(self.column.site), "site of a column")
    }

    /// Its address: where a LINK column leads, else its page on its site.
    ///
    /// # Errors
    /// As [`Column::home`].
    pub fn address(&self, scope: &Scope) -> Result<Url> {
        let fields = &self.column.fields;
        match &fields.link_url {
            Some(url) if fields.kind == library::column::ColumnKind::Link => Ok(Url(url.clone())),
            _ => Ok(Url(self.home(scope)?.url_of(&self.column.path))),
        }
    }
}

/// A column (栏目): a shelf of a site that contents are placed in (网页设计规范: 栏目标签).
#[Object]
#[allow(clippy::too_many_arguments, reason = "the arguments of connections")]
impl Column {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.column.id.into()
    }

    /// The site that it belongs to (所属站点).
    async fn site(&self, ctx: &Context<'_>) -> Result<Site> {
        self.home(crate::scope(ctx)).map(Site)
    }

    /// Its name (栏目名称; 网页设计规范 ColumnName).
    async fn name(&self) -> &str {
        &self.column.fields.name
    }

    /// Its path on the site, unique there (栏目路径). An old path leads to the new one for good.
    async fn path(&self) -> &str {
        &self.column.path
    }

    /// Its address (网址): where a LINK column leads, else its page on its site.
    async fn url(&self, ctx: &Context<'_>) -> Result<Url> {
        self.address(crate::scope(ctx))
    }

    /// What it is about (栏目说明; 网页设计规范 ColumnDescription).
    async fn description(&self) -> &str {
        &self.column.fields.description
    }

    /// Its keywords (栏目关键词; 网页设计规范 ColumnKeywords).
    async fn keywords(&self) -> &[String] {
        &self.column.fields.keywords
    }

    /// What it is for (栏目类型).
    async fn kind(&self) -> ColumnKind {
        self.column.fields.kind.into()
    }

    /// What the page tag ColumnType says (栏目类别; 网页设计规范 ColumnType).
    async fn meta_column_type(&self) -> &str {
        self.column.fields.kind.meta_column_type()
    }

    /// Whether it is kept up (栏目状态).
    async fn status(&self) -> ColumnStatus {
        self.column.status.into()
    }

    /// The column above it (上级栏目).
    async fn parent(&self, ctx: &Context<'_>) -> Option<Column> {
        self.column.parent.and_then(|parent| crate::scope(ctx).column(parent)).map(Column::alone)
    }

    /// What it hangs under, outermost first (上级栏目链); the site itself left out.
    async fn ancestors(&self, ctx: &Context<'_>) -> Vec<Column> {
        Column::together(crate::scope(ctx).column_ancestors(self.column.id))
    }

    /// The open columns directly below it (下级栏目), by rank.
    async fn children(&self, ctx: &Context<'_>) -> Vec<Column> {
        Column::together(crate::scope(ctx).columns_below(self.column.site, Some(self.column.id)))
    }

    /// How deep it lies (层级); 1 for the first level.
    async fn depth(&self) -> i32 {
        int(self.column.depth())
    }

    /// Its order among its siblings, smallest first (排序).
    async fn rank(&self) -> i32 {
        int(self.column.fields.rank)
    }

    /// Whether the site's navigation shows it (导航显示).
    async fn in_navigation(&self) -> bool {
        self.column.fields.in_navigation
    }

    /// Where a LINK column leads (链接地址).
    async fn link_url(&self) -> Option<Url> {
        self.column.fields.link_url.clone().map(Url)
    }

    /// Its picture (栏目图片).
    async fn cover(&self) -> Option<Attachment> {
        self.column.fields.cover.clone().map(Attachment)
    }

    /// The name of the front end's template (模板).
    async fn template(&self) -> Option<&str> {
        self.column.fields.template.as_deref()
    }

    /// The first day of a topic (专题开始日期).
    async fn opens_on(&self) -> Option<Date> {
        self.column.fields.opens_on.map(Date)
    }

    /// The last day of a topic (专题结束日期).
    async fn closed_on(&self) -> Option<Date> {
        self.column.fields.closed_on.map(Date)
    }

    /// The kinds that may be placed in it (可收录的信息种类); empty for all.
    async fn accepts(&self) -> Vec<ContentKind> {
        self.column.fields.accepts.iter().map(|kind| (*kind).into()).collect()
    }

    /// Who keeps it (责任单位).
    async fn owner(&self, ctx: &Context<'_>) -> Option<Organisation> {
        self.column.fields.owner.and_then(|owner| crate::scope(ctx).organisation(owner)).map(Organisation)
    }

    /// Its language as a BCP 47 tag (语言); the site's unless it has its own.
    async fn language(&self, ctx: &Context<'_>) -> Result<String> {
        match &self.column.fields.language {
            Some(language) => Ok(language.clone()),
            None => Ok(self.home(crate::scope(ctx))?.fields.language.clone()),
        }
    }

    /// The same column in other languages (其他语言版本), itself left out.
    async fn editions(&self, ctx: &Context<'_>) -> Vec<Column> {
        Column::together(crate::scope(ctx).editions_of_column(&self.column))
    }

    /// Whether other sites may have it (共享类型).
    async fn share_type(&self) -> ShareType {
        self.column.fields.share_type.into()
    }

    /// The fields of the site's own that contents here have (扩展字段), by rank.
    async fn field_definitions(&self, ctx: &Context<'_>) -> Vec<FieldDefinition> {
        let fields = crate::scope(ctx).field_definitions(Some(self.column.site), Some(self.column.id), None);
        fields.into_iter().map(FieldDefinition).collect()
    }

    /// What editors have arranged for this column's page (页面区块), in the order asked for.
    async fn panels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with these codes (区块代码); all if not given.")] codes: Option<Vec<String>>,
    ) -> Vec<Panel> {
        let column = &self.column;
        Panel::together(crate::scope(ctx).panels(column.site, Some(column.id), codes.as_deref()))
    }

    /// The shared columns in force that bring contents in here (共享来源), oldest first.
    async fn incoming(&self, ctx: &Context<'_>) -> Vec<ColumnSubscription> {
        let scope = crate::scope(ctx);
        ColumnSubscription::seen(scope, scope.incoming(self.column.id))
    }

    /// The shared columns in force that take contents from here (共享去向), oldest first.
    async fn outgoing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if not given, at most 100 (数量).")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor (起始游标).")] after: Option<String>,
    ) -> Result<Connection<ColumnSubscription>> {
        let scope = crate::scope(ctx);
        let all = ColumnSubscription::seen(scope, scope.outgoing(self.column.id));
        let key = |subscription: &ColumnSubscription| subscription.record.id.to_string();
        listed(&all, &paging(first, after, None, None)?, key, |page| page)
    }

    /// How often it must change, in days (更新周期; 国办秘函〔2019〕19号).
    async fn update_cycle_days(&self) -> Option<i32> {
        self.column.fields.update_cycle_days
    }

    /// What the head of its page must say (网页标签; 网页设计规范).
    async fn meta_tags(&self, ctx: &Context<'_>) -> Vec<MetaTag> {
        crate::scope(ctx).meta_tags_of_column(&self.column).into_iter().map(MetaTag).collect()
    }

    /// The addresses of its feeds (订阅源).
    async fn feeds(&self, ctx: &Context<'_>) -> Result<Feeds> {
        let site = self.home(crate::scope(ctx))?;
        Ok(Feeds::of(&site, &self.column.path))
    }

    /// What it shows (栏目内容): what is pinned, then the newest, unless another order is asked for.
    async fn placements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<PlacementFilter>,
        #[graphql(desc = "The order (排序).")] order_by: Option<PlacementOrder>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
        #[graphql(desc = "How many to pass over, at most 10,000; not with a cursor (跳过条数).")] offset: Option<i32>,
    ) -> Result<Connection<Placement>> {
        let asked = PlacementList::of(filter, order_by, first, after, last, before, offset, false)?;
        let kin = self.family();
        let id = self.column.id;
        let scope = crate::scope(ctx);
        let page = kin.page(scope, id, &asked.filter, asked.order, &asked.paging).await.map_err(crate::error)?;
        let filter = Arc::new(asked.filter);
        let count: Count = Box::new(move |scope| {
            let (kin, filter) = (kin.clone(), filter.clone());
            Box::pin(async move { kin.total(scope, id, &filter).await })
        });
        Ok(Connection::walked(page, Total::Counted(count)))
    }

    /// What it shows instead of a list (首要内容), for a SINGLE column.
    async fn landing(&self, ctx: &Context<'_>) -> Result<Option<Content>> {
        let Some(landing) = self.column.fields.landing else { return Ok(None) };
        Ok(crate::scope(ctx).content(landing).await.map_err(crate::error)?.map(Content::alone))
    }

    /// When the newest of what it shows was published (最近更新时间).
    async fn last_published_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let newest = self.family().last_published(crate::scope(ctx), self.column.id).await.map_err(crate::error)?;
        Ok(newest.map(|at| at.utc()))
    }

    /// Whether the asker may do this to it (是否可操作); false for who is not signed in. The answer is private.
    async fn viewer_can(&self, ctx: &Context<'_>, #[graphql(desc = "What (操作).")] action: Action) -> Result<bool> {
        let scope = crate::scope(ctx);
        let Some(caller) = scope.caller() else { return Ok(false) };
        scope.allows(caller, action.into(), AnyId::ColumnId(self.column.id)).await.map_err(crate::error)
    }
}
