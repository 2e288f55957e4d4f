//! Sites (站点) as the contract shows them.
//!
//! Wraps the library's record; whether a site may be seen is decided by the scope, never here.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, OneofObject, Result};
use library::Scope;
use library::id::ColumnId;

use crate::column::{Column, ColumnFilter};
use crate::connection::{Connection, Count, Total};
use crate::content::{Content, ContentFilter, ContentOrder, contents};
use crate::enums::{AdministrativeLevel, SiteKind, SiteStatus};
use crate::feeds::Feeds;
use crate::organisation::Organisation;
use crate::page::MetaTag;
use crate::panel::Panel;
use crate::placement::{Placement, PlacementFilter, PlacementList, PlacementOrder};
use crate::scalars::DateTime;
use crate::scalars::{Json, Url, bad_input, id, kept, optional_id};

/// The most columns that one tree shows.
const MOST_COLUMNS: usize = 500;
/// The most paths that are looked up at once.
const MOST_PATHS: usize = 100;

/// Names one site (站点定位): by exactly one of its keys.
#[derive(Debug, Clone, OneofObject)]
pub enum SiteLocator {
    /// Its identifier.
    Id(ID),
    /// Its code (站点代码).
    Code(String),
    /// One of its host names (域名).
    Host(String),
}

impl TryFrom<SiteLocator> for library::site::SiteLocator {
    type Error = Error;

    fn try_from(by: SiteLocator) -> Result<Self> {
        Ok(match by {
            SiteLocator::Id(given) => Self::Id(id(&given)?),
            SiteLocator::Code(code) => Self::Code(code),
            SiteLocator::Host(host) => Self::Host(host),
        })
    }
}

/// Narrows a list of sites (站点筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SiteFilter {
    /// Of this level (行政级别).
    pub level: Option<AdministrativeLevel>,
    /// Of this kind (站点类型).
    pub kind: Option<SiteKind>,
    /// Directly below this site (上级站点).
    pub parent: Option<ID>,
    /// With this in the name (名称包含).
    pub name: Option<String>,
}

impl TryFrom<SiteFilter> for library::site::SiteFilter {
    type Error = Error;

    fn try_from(filter: SiteFilter) -> Result<Self> {
        Ok(Self {
            level: filter.level.map(Into::into),
            kind: filter.kind.map(Into::into),
            parent: optional_id(filter.parent.as_ref())?,
            name: filter.name,
        })
    }
}

/// A site.
#[derive(Clone)]
pub struct Site(pub Arc<library::site::Site>);

impl Site {
    /// All of them as nodes.
    pub fn all(sites: Vec<Arc<library::site::Site>>) -> Vec<Self> {
        sites.into_iter().map(Self).collect()
    }

    /// The open columns below `under`, `depth` levels of them, parents before children.
    fn tree(&self, scope: &Scope, under: Option<ColumnId>, depth: usize) -> Vec<Arc<library::column::Column>> {
        let mut tree = Vec::new();
        let mut waiting = vec![(under, depth)];
        while let Some((parent, depth)) = waiting.pop() {
            if let Some(column) = parent.filter(|_| parent != under).and_then(|id| scope.column(id)) {
                tree.push(column);
            }
            if depth > 0 {
                let below = scope.columns_below(self.0.id, parent);
                waiting.extend(below.iter().rev().map(|column| (Some(column.id), depth - 1)));
            }
        }
        tree
    }

    /// The columns of this site that `filter` lets through.
    fn fitting(&self, scope: &Scope, filter: ColumnFilter) -> Result<HashSet<ColumnId>> {
        let mut filter: library::column::ColumnFilter = filter.try_into()?;
        let own = library::site::SiteLocator::Id(self.0.id);
        if let Some(by) = filter.site.replace(own)
            && scope.site_by(&by).is_none_or(|site| site.id != self.0.id)
        {
            return Ok(HashSet::new());
        }
        Ok(scope.columns(&filter).iter().map(|column| column.id).collect())
    }
}

/// A site (站点): a front end under its own host names, from the city's portal to a screen in a service hall.
#[Object]
#[allow(clippy::too_many_arguments, reason = "the arguments of connections")]
impl Site {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its code, unique in the library (站点代码).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name (网站名称; 网页设计规范 SiteName).
    async fn name(&self) -> &str {
        &self.0.fields.name
    }

    /// A short name for crumbs and lists (简称).
    async fn short_name(&self) -> Option<&str> {
        self.0.fields.short_name.as_deref()
    }

    /// Its host names, the main one first (域名); at most 50.
    async fn hosts(&self) -> &[String] {
        &self.0.fields.hosts
    }

    /// The address of its home page (首页网址; 网页设计规范 SiteDomain).
    async fn url(&self) -> Url {
        Url(self.0.url())
    }

    /// Its ten-character code in the national register (网站标识码; 网页设计规范 SiteIDCode).
    async fn site_id_code(&self) -> Option<&str> {
        self.0.fields.site_id_code.as_deref()
    }

    /// Its administrative level (行政级别).
    async fn level(&self) -> AdministrativeLevel {
        self.0.fields.level.into()
    }

    /// What kind of front end it is (站点类型).
    async fn kind(&self) -> SiteKind {
        self.0.fields.kind.into()
    }

    /// Whether it is open (运行状态). Only running sites show contents.
    async fn status(&self) -> SiteStatus {
        self.0.status.into()
    }

    /// What readers are told while it is suspended or closed (停运公告).
    async fn status_notice(&self) -> Option<&str> {
        self.0.fields.status_notice.as_deref()
    }

    /// Its language as a BCP 47 tag (语言).
    async fn language(&self) -> &str {
        &self.0.fields.language
    }

    /// Its IANA time zone (时区).
    async fn time_zone(&self) -> &str {
        &self.0.fields.time_zone
    }

    /// The same site in other languages (其他语言版本), itself left out.
    async fn editions(&self, ctx: &Context<'_>) -> Vec<Site> {
        Site::all(crate::scope(ctx).editions_of_site(&self.0))
    }

    /// The site above it (上级站点).
    async fn parent(&self, ctx: &Context<'_>) -> Option<Site> {
        self.0.parent.and_then(|parent| crate::scope(ctx).site(parent)).map(Site)
    }

    /// The sites directly below it (下级站点), by code.
    async fn children(&self, ctx: &Context<'_>) -> Vec<Site> {
        let filter = library::site::SiteFilter { parent: Some(self.0.id), ..Default::default() };
        Site::all(crate::scope(ctx).sites(&filter))
    }

    /// The organisation that answers for it (主办单位; 国办发〔2017〕47号).
    async fn sponsor(&self, ctx: &Context<'_>) -> Result<Organisation> {
        kept(crate::scope(ctx).organisation(self.0.fields.sponsor), "sponsor").map(Organisation)
    }

    /// The organisations that run it (承办单位).
    async fn operators(&self, ctx: &Context<'_>) -> Vec<Organisation> {
        let operators = self.0.fields.operators.iter();
        operators.filter_map(|id| crate::scope(ctx).organisation(*id)).map(Organisation).collect()
    }

    /// Its ICP number (ICP备案号).
    async fn icp_number(&self) -> Option<&str> {
        self.0.fields.icp_number.as_deref()
    }

    /// Its number with the public security organ (公安备案号).
    async fn police_record_number(&self) -> Option<&str> {
        self.0.fields.police_record_number.as_deref()
    }

    /// How its editors are reached (联系方式).
    async fn contact(&self) -> Option<&str> {
        self.0.fields.contact.as_deref()
    }

    /// Where the mark of party and government organs leads (党政机关网站标识).
    async fn party_government_mark_url(&self) -> Option<Url> {
        self.0.fields.party_government_mark_url.clone().map(Url)
    }

    /// Where errors are reported (“我为政府网站找错”入口).
    async fn error_report_url(&self) -> Option<Url> {
        self.0.fields.error_report_url.clone().map(Url)
    }

    /// Whether it is reachable over IPv6 (支持IPv6).
    async fn ipv6_ready(&self) -> bool {
        self.0.fields.ipv6_ready
    }

    /// Whether it is accessible to disabled people (无障碍).
    async fn accessible(&self) -> bool {
        self.0.fields.accessible
    }

    /// Whether it has a mode for the elderly (适老化).
    async fn elder_mode(&self) -> bool {
        self.0.fields.elder_mode
    }

    /// How its index numbers are made (索引号规则).
    async fn index_number_pattern(&self) -> &str {
        &self.0.fields.index_number_pattern
    }

    /// The address of its sitemap (站点地图; sitemaps.org).
    async fn sitemap_url(&self) -> Url {
        Url(self.0.url_of("/sitemap.xml"))
    }

    /// The addresses of its feeds (订阅源).
    async fn feeds(&self) -> Feeds {
        Feeds::of(&self.0, "/site")
    }

    /// Its open columns in the order of the tree (栏目树), parents before children; at most 500. A column that the
    /// filter leaves out does not hide those below it.
    async fn columns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The path of the column below which to begin (上级栏目路径); the first level if not given.")]
        under: Option<String>,
        #[graphql(default = 1, desc = "How many levels (层数); at least 1.")] depth: Option<i32>,
        #[graphql(desc = "Narrows the list (筛选).")] filter: Option<ColumnFilter>,
    ) -> Result<Vec<Column>> {
        let scope = crate::scope(ctx);
        let depth = usize::try_from(depth.unwrap_or(1)).ok().filter(|depth| *depth > 0);
        let depth = depth.ok_or_else(|| bad_input("depth: must be at least 1"))?;
        let fitting = filter.map(|filter| self.fitting(scope, filter)).transpose()?;
        let above = match under {
            None => None,
            Some(path) => match scope.column_at(self.0.id, &path) {
                Some(column) => Some(column.id),
                None => return Ok(Vec::new()),
            },
        };
        let mut tree = self.tree(scope, above, depth);
        tree.retain(|column| fitting.as_ref().is_none_or(|fitting| fitting.contains(&column.id)));
        tree.truncate(MOST_COLUMNS);
        Ok(Column::together(tree))
    }

    /// The column at a path (指定路径的栏目).
    async fn column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its path on the site, such as `/news/city` (栏目路径).")] path: String,
    ) -> Option<Column> {
        crate::scope(ctx).column_at(self.0.id, &path).map(Column::alone)
    }

    /// The columns at several paths, in the order asked for, null where there is none (批量取栏目); at most 100.
    async fn columns_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their paths on the site (栏目路径).")] paths: Vec<String>,
    ) -> Result<Vec<Option<Column>>> {
        if paths.len() > MOST_PATHS {
            return Err(bad_input("paths: at most 100"));
        }
        let scope = crate::scope(ctx);
        let found: Vec<_> = paths.iter().map(|path| scope.column_at(self.0.id, path)).collect();
        let mut columns = Column::together(found.iter().flatten().cloned().collect()).into_iter();
        Ok(found.into_iter().map(|found| found.and_then(|_| columns.next())).collect())
    }

    /// What editors have arranged for the pages of the whole site (页面区块), in the order asked for.
    async fn panels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those with these codes (区块代码); all if not given.")] codes: Option<Vec<String>>,
    ) -> Vec<Panel> {
        Panel::together(crate::scope(ctx).panels(self.0.id, None, codes.as_deref()))
    }

    /// What the head of its home page must say (网页标签; 网页设计规范).
    async fn meta_tags(&self, ctx: &Context<'_>) -> Vec<MetaTag> {
        crate::scope(ctx).meta_tags_of_site(&self.0).into_iter().map(MetaTag).collect()
    }

    /// The settings of its own front end (前端设置) as one object; public by contract, so nothing secret is kept here.
    async fn front_end_settings(
        &self,
        #[graphql(desc = "Only these keys (设置项); all if not given.")] keys: Option<Vec<String>>,
    ) -> Json {
        let all = &self.0.fields.front_end_settings;
        let asked = |key: &String| keys.as_ref().is_none_or(|keys| keys.contains(key));
        let settings = all.iter().filter(|(key, _)| asked(key));
        Json(serde_json::Value::Object(settings.map(|(key, value)| (key.clone(), value.clone())).collect()))
    }

    /// Everything that it shows (全站内容): what is pinned, then the newest, unless another order is asked for.
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
        let asked = PlacementList::of(filter, order_by, first, after, last, before, offset, true)?;
        let scope = crate::scope(ctx);
        let page = scope.placements_of_site(&self.0, &asked.filter, asked.order, &asked.paging).await;
        let page = page.map_err(crate::error)?;
        let page = page.with(|items| {
            let keys: Vec<_> = items.iter().map(|shown| shown.cursor_key(asked.order, true)).collect();
            keys.into_iter().zip(Placement::together(items)).collect()
        });
        let (site, filter) = (self.0.id, Arc::new(asked.filter));
        let count: Count = Box::new(move |scope| {
            let filter = filter.clone();
            Box::pin(async move { Ok(scope.placement_totals(&[], Some(site), &filter).await?.pop().flatten()) })
        });
        Ok(Connection::walked(page, Total::Counted(count)))
    }

    /// The contents that belong to it (归属内容), whether it shows them or not; the newest first unless another order is asked for.
    async fn contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<ContentFilter>,
        #[graphql(desc = "The order (排序).")] order_by: Option<ContentOrder>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Content>> {
        let mut filter: library::content::ContentFilter = filter.unwrap_or_default().try_into()?;
        filter.owned_by = Some(library::site::SiteLocator::Id(self.0.id));
        contents(crate::scope(ctx), filter, order_by, (first, after, last, before, None)).await
    }

    /// When the newest of what it shows was published (最近更新时间).
    async fn last_published_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let newest = crate::scope(ctx).last_published_on(self.0.id).await.map_err(crate::error)?;
        Ok(newest.map(|at| at.utc()))
    }
}
