//! What is at an address of a site: pages, redirects, tombstones; breadcrumbs and page tags.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use library::address;

use crate::column::Column;
use crate::content::Content;
use crate::placement::Placement;
use crate::scalars::{DateTime, Url};
use crate::site::Site;
use crate::tag::Tag;

/// A page tag.
pub struct MetaTag(pub library::content::MetaTag);

/// A `<meta>` of a page's head that government sites must print (网页设计规范: 页面标签).
#[Object]
impl MetaTag {
    /// Its name (名称).
    async fn name(&self) -> &str {
        self.0.name
    }

    /// Its content (内容).
    async fn content(&self) -> &str {
        &self.0.content
    }
}

/// A step of a breadcrumb.
pub struct Crumb(pub library::placement::Crumb);

/// A step on the way from the home page to a page (面包屑).
#[Object]
impl Crumb {
    /// What it is called (名称).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its address (网址); null for the page itself.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }
}

crate::interface::union! {
    /// What is at a path of a site (地址解析结果).
    Resolution { Page, Redirect, Gone, Withdrawn }
}

impl Resolution {
    /// What the library found at a path of `site`.
    pub fn of(site: Arc<library::site::Site>, found: address::Resolution) -> Self {
        match found {
            address::Resolution::Page(page) => Self::Page(Page { site, page: *page }),
            address::Resolution::Redirect { to, permanent } => Self::Redirect(Redirect { to: Url(to), permanent }),
            address::Resolution::Gone { at } => Self::Gone(Gone { at: at.utc() }),
            address::Resolution::Withdrawn { at, notice } => Self::Withdrawn(Withdrawn { at: at.utc(), notice }),
        }
    }
}

/// The page moved (重定向).
#[derive(Clone, SimpleObject)]
pub struct Redirect {
    /// Where it is now (新网址).
    to: Url,
    /// Whether it moved for good (永久).
    permanent: bool,
}

/// The page was taken away on purpose (已删除).
#[derive(Clone, SimpleObject)]
pub struct Gone {
    /// When (时间).
    at: DateTime,
}

/// The content that was here was withdrawn (已撤稿).
#[derive(Clone, SimpleObject)]
pub struct Withdrawn {
    /// When (撤稿时间).
    at: DateTime,
    /// What readers are told (撤稿说明).
    notice: Option<String>,
}

/// A page of a site.
#[derive(Clone)]
pub struct Page {
    site: Arc<library::site::Site>,
    page: address::Page,
}

impl Page {
    fn showing(&self) -> Option<Placement> {
        self.page.shown.clone().map(Placement::alone)
    }
}

/// A page of a site (页面): home page, column, content in its showing, or tag.
#[Object]
impl Page {
    /// The site (站点).
    async fn site(&self) -> Site {
        Site(self.site.clone())
    }

    /// The column (栏目): of a column's page, or the one in which the content is shown.
    async fn column(&self) -> Option<Column> {
        self.page.column.clone().map(Column::alone)
    }

    /// The content (信息).
    async fn content(&self) -> Option<Content> {
        self.page.content.clone().map(Content::alone)
    }

    /// The showing of the content on this site (展示): its own title, neighbours, origin.
    async fn placement(&self) -> Option<Placement> {
        self.showing()
    }

    /// The tag (标签).
    async fn tag(&self) -> Option<Tag> {
        self.page.tag.clone().map(Tag)
    }

    /// The way from the home page (面包屑).
    async fn breadcrumb(&self, ctx: &Context<'_>) -> Vec<Crumb> {
        let page = &self.page;
        let own = page.shown.as_ref().and_then(|shown| shown.placement.title.as_deref());
        let title = own.or(page.content.as_ref().map(|content| content.card.title.as_str()));
        let title = title.or(page.tag.as_ref().map(|tag| tag.fields.name.as_str()));
        let column = page.column.as_ref().map(|column| column.id);
        crate::scope(ctx).breadcrumb(&self.site, column, title).into_iter().map(Crumb).collect()
    }

    /// The tags of the page's head (页面标签): 3 on a home page, 7 on a column, 10 on a content.
    async fn meta_tags(&self, ctx: &Context<'_>) -> Vec<MetaTag> {
        let scope = crate::scope(ctx);
        let tags = match (&self.page.shown, &self.page.column) {
            (Some(shown), _) => scope.meta_tags_of_showing(&shown.placement, &shown.content),
            (None, Some(column)) => scope.meta_tags_of_column(column),
            (None, None) => scope.meta_tags_of_site(&self.site),
        };
        tags.into_iter().map(MetaTag).collect()
    }

    /// The one address under which search engines should know it (规范网址): that of the content's home site.
    async fn canonical_url(&self, ctx: &Context<'_>) -> async_graphql::Result<Url> {
        let scope = crate::scope(ctx);
        match &self.page.content {
            Some(content) => {
                Ok(scope.canonical_url(content).map(Url).unwrap_or(Url(self.site.url_of(&self.page.path))))
            }
            None => Ok(Url(self.site.url_of(&self.page.path))),
        }
    }
}
