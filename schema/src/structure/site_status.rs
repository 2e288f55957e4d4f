//! Opening, suspending and closing sites.

use async_graphql::{Context, ID, InputObject, Result};

use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::id;
use crate::site::Site;

/// A site to be opened (开通站点).
#[derive(Debug, Clone, InputObject)]
pub struct OpenSiteInput {
    /// Which site (站点).
    pub id: ID,
}

payload! {
    /// What came of opening a site (开通站点结果).
    OpenSitePayload {
        /// The site (站点).
        site: Site,
    }
}

/// Opens a site.
pub async fn open_site(ctx: &Context<'_>, input: OpenSiteInput) -> Result<OpenSitePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let site = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.open_site(&asker, site).await };
    done(ctx, deed, |position| OpenSitePayload {
        site: afterwards(ctx, caller).kept_site(site).map(Site),
        position: written(position),
        ..OpenSitePayload::default()
    })
    .await
}

/// A site to be suspended (暂停站点).
#[derive(Debug, Clone, InputObject)]
pub struct SuspendSiteInput {
    /// Which site (站点).
    pub id: ID,
    /// What readers are told (停运公告), at most 500 characters.
    pub notice: String,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of suspending a site (暂停站点结果).
    SuspendSitePayload {
        /// The site (站点).
        site: Site,
    }
}

/// Suspends a site.
pub async fn suspend_site(ctx: &Context<'_>, input: SuspendSiteInput) -> Result<SuspendSitePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let site = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.suspend_site(&asker, site, &input.notice, input.reason.as_deref()).await };
    done(ctx, deed, |position| SuspendSitePayload {
        site: afterwards(ctx, caller).kept_site(site).map(Site),
        position: written(position),
        ..SuspendSitePayload::default()
    })
    .await
}

/// A site to be closed for good (关停站点).
#[derive(Debug, Clone, InputObject)]
pub struct CloseSiteInput {
    /// Which site (站点).
    pub id: ID,
    /// What readers are told (停运公告), at most 500 characters.
    pub notice: String,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of closing a site (关停站点结果).
    CloseSitePayload {
        /// The site (站点).
        site: Site,
    }
}

/// Closes a site.
pub async fn close_site(ctx: &Context<'_>, input: CloseSiteInput) -> Result<CloseSitePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let site = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.close_site(&asker, site, &input.notice, input.reason.as_deref()).await };
    done(ctx, deed, |position| CloseSitePayload {
        site: afterwards(ctx, caller).kept_site(site).map(Site),
        position: written(position),
        ..CloseSitePayload::default()
    })
    .await
}
