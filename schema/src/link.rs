//! Links between contents (关联) as the contract shows them.

use async_graphql::{Context, Enum, Object, Result};
use serde::Serialize;

use crate::content::Content;
use crate::kin::Linked;
use crate::scalars::Url;
use crate::site::SiteLocator;

/// What a link means (关联类型), read from the content that has it to the one that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::link::LinkType")]
pub enum LinkType {
    /// It interprets the policy (解读).
    Interprets,
    /// It rests on the policy (依据).
    BasedOn,
    /// It is a service that the policy brings about (办事关联).
    ServiceFor,
    /// It amends the policy (修改).
    Amends,
    /// It repeals the policy (废止).
    Repeals,
    /// It supplements the policy (补充).
    Supplements,
    /// It reports on it (报道).
    ReportsOn,
    /// It is a translation of it (翻译).
    Translates,
    /// It is a repost of it (转载).
    Reposts,
    /// See also (相关).
    SeeAlso,
}

/// From which end a link is read (关联方向).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::link::LinkDirection")]
pub enum LinkDirection {
    /// From the content that has it (指向).
    Out,
    /// From the content that it leads to (被指向).
    In,
}

/// A link as one of its ends shows it.
pub struct ContentLink(pub Linked);

/// A link between two contents, or to a page outside (关联信息).
#[Object]
impl ContentLink {
    /// What it means (关联类型).
    #[graphql(name = "type")]
    async fn kind(&self) -> LinkType {
        self.0.link.kind.into()
    }

    /// From which end it is read (方向).
    async fn direction(&self) -> LinkDirection {
        self.0.link.direction.into()
    }

    /// The title at the other end (标题).
    async fn title(&self) -> String {
        let page = || self.0.link.page.as_ref().map(|(title, _)| title.clone());
        let content = self.0.link.content.as_ref().map(|content| content.card.title.clone());
        content.or_else(page).unwrap_or_default()
    }

    /// The address of the other end (网址).
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        match (&self.0.content, &self.0.link.page) {
            (Some(content), _) => content.shared().address(ctx, None::<SiteLocator>).await,
            (None, page) => Ok(page.as_ref().map(|(_, url)| Url(url.clone()))),
        }
    }

    /// The content at the other end (关联信息); null for a page outside.
    async fn content(&self) -> Option<Content> {
        self.0.content.clone()
    }

    /// What editors say of it (说明).
    async fn note(&self) -> Option<&str> {
        self.0.link.note.as_deref()
    }
}
