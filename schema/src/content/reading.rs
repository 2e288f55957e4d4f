//! What the resolvers of contents read: the live row, and for its whole family at once what the row does not hold.

use std::sync::Arc;

use async_graphql::{Context, Result};
use library::attachment::{Attached, AttachmentRole};
use library::content::{Detail, LiveContent};
use library::link::LinkRole;

use super::Content;
use crate::attachment::Attachment;
use crate::kin::{ContentKin, Linked};
use crate::scalars::{Url, first, kept};
use crate::site::SiteLocator;

/// What all kinds of contents share.
#[derive(Clone)]
pub struct ContentShared {
    /// The live row.
    pub content: Arc<LiveContent>,
    /// Its family.
    pub kin: Arc<ContentKin>,
}

impl ContentShared {
    /// What its page adds.
    ///
    /// # Errors
    /// `INTERNAL` if the library fails.
    pub async fn detail(&self, ctx: &Context<'_>) -> Result<Arc<Detail>> {
        let found = self.kin.detail(crate::scope(ctx), self.content.id).await.map_err(crate::error)?;
        kept(found, "detail of a content")
    }

    /// Its links, with what is at their other ends.
    ///
    /// # Errors
    /// `INTERNAL` if the library fails.
    pub async fn linked(&self, ctx: &Context<'_>) -> Result<Vec<Linked>> {
        self.kin.links(crate::scope(ctx), self.content.id).await.map_err(crate::error)
    }

    /// What plays a role in its links, as objects of its kind, in the order of the links.
    ///
    /// # Errors
    /// `INTERNAL` if the library fails.
    pub async fn playing<T: TryFrom<Content>>(&self, ctx: &Context<'_>, role: LinkRole) -> Result<Vec<T>> {
        let links = self.linked(ctx).await?.into_iter().filter(|linked| linked.link.is(role));
        Ok(links.filter_map(|linked| T::try_from(linked.content?).ok()).collect())
    }

    /// The first of these: as many as an argument asks for.
    ///
    /// # Errors
    /// As [`Self::playing`], and for a number out of its bounds.
    pub async fn first_playing<T: TryFrom<Content>>(
        &self,
        ctx: &Context<'_>,
        role: LinkRole,
        size: Option<i32>,
    ) -> Result<Vec<T>> {
        let mut found = self.playing(ctx, role).await?;
        found.truncate(first(size)?);
        Ok(found)
    }

    /// Its address on a site that shows it; without a site, or where it is not shown there, on its home site.
    ///
    /// # Errors
    /// As the site's locator.
    pub async fn address(&self, ctx: &Context<'_>, on: Option<SiteLocator>) -> Result<Option<Url>> {
        let scope = crate::scope(ctx);
        let site = match on {
            Some(on) => scope.site_by(&on.try_into()?),
            None => None,
        };
        if let Some(site) = site
            && site.id != self.content.home_site
        {
            let shown = self.kin.showings(scope, self.content.id, Some(site.id)).await.map_err(crate::error)?;
            if let Some(placement) = shown.first() {
                return placement.url(ctx).await.map(Some);
            }
        }
        Ok(scope.canonical_url(&self.content).map(Url))
    }

    /// Its files of the wanted roles, in order.
    ///
    /// # Errors
    /// `INTERNAL` if the library fails.
    pub async fn files(&self, ctx: &Context<'_>, wanted: impl Fn(AttachmentRole) -> bool) -> Result<Vec<Attachment>> {
        let detail = self.detail(ctx).await?;
        let files = detail.attachments.iter().filter(|file| wanted(file.role)).cloned();
        Ok(files.map(|file: Attached| Attachment(file)).collect())
    }
}
