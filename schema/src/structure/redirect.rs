//! Redirects of a site: making, removing and listing them.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use library::address::{Redirect, RedirectTo};

use crate::deed::{caller, done, payload, written};
use crate::node::Node;
use crate::scalars::{Url, bad_input, id};

/// Where an old path leads (跳转目标): exactly one of these.
#[derive(Debug, Clone, OneofObject)]
pub enum RedirectTargetInput {
    /// A content (信息), wherever it is shown.
    Content(ID),
    /// A column (栏目), wherever it moves.
    Column(ID),
    /// Another path of the same site (站内路径).
    Path(String),
    /// An address outside (站外网址).
    Url(Url),
    /// Nowhere: `true` says that what was here was taken away on purpose (已删除).
    Gone(bool),
}

/// A redirect to be made (新建跳转).
#[derive(Debug, Clone, InputObject)]
pub struct CreateRedirectInput {
    /// On which site (站点).
    pub site: ID,
    /// The old path, such as `/html/2019/1.html` (旧路径).
    pub path: String,
    /// Where it leads (目标).
    pub to: RedirectTargetInput,
}

payload! {
    /// What came of making a redirect (新建跳转结果).
    CreateRedirectPayload {}
}

/// Makes a redirect.
pub async fn create_redirect(ctx: &Context<'_>, input: CreateRedirectInput) -> Result<CreateRedirectPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let site = id(&input.site)?;
    let to = match input.to {
        RedirectTargetInput::Content(given) => RedirectTo::Content(id(&given)?),
        RedirectTargetInput::Column(given) => RedirectTo::Column(id(&given)?),
        RedirectTargetInput::Path(path) => RedirectTo::Path(path),
        RedirectTargetInput::Url(url) => RedirectTo::Url(url.0),
        RedirectTargetInput::Gone(true) => RedirectTo::Gone,
        RedirectTargetInput::Gone(false) => return Err(bad_input("to.gone: must be true")),
    };
    let deed = async move { library.create_redirect(&caller, site, &input.path, to).await };
    done(ctx, deed, |position| CreateRedirectPayload { position: written(position), ..Default::default() }).await
}

/// A redirect to be removed (删除跳转).
#[derive(Debug, Clone, InputObject)]
pub struct RemoveRedirectInput {
    /// On which site (站点).
    pub site: ID,
    /// The old path (旧路径).
    pub path: String,
}

payload! {
    /// What came of removing a redirect (删除跳转结果).
    RemoveRedirectPayload {}
}

/// Removes a redirect.
pub async fn remove_redirect(ctx: &Context<'_>, input: RemoveRedirectInput) -> Result<RemoveRedirectPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let site = id(&input.site)?;
    let deed = async move { library.remove_redirect(&caller, site, &input.path).await };
    done(ctx, deed, |position| RemoveRedirectPayload { position: written(position), ..Default::default() }).await
}

/// An old path and where it leads.
pub struct SiteRedirect(pub Redirect);

/// An old path of a site and where it leads (跳转).
#[Object]
impl SiteRedirect {
    /// The old path (旧路径).
    async fn path(&self) -> &str {
        &self.0.path
    }

    /// The identifier of the content or column that it leads to (目标标识).
    async fn target_id(&self) -> Option<ID> {
        match &self.0.to {
            RedirectTo::Content(id) => Some((*id).into()),
            RedirectTo::Column(id) => Some((*id).into()),
            RedirectTo::Path(_) | RedirectTo::Url(_) | RedirectTo::Gone => None,
        }
    }

    /// The content or column that it leads to, if the public sees it (目标).
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = self.target_id(ctx).await? else { return Ok(None) };
        Ok(crate::node::find(crate::scope(ctx), vec![id]).await?.pop().flatten())
    }

    /// The path of the same site that it leads to (站内路径).
    async fn to_path(&self) -> Option<&str> {
        match &self.0.to {
            RedirectTo::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The address outside that it leads to (站外网址).
    async fn url(&self) -> Option<Url> {
        match &self.0.to {
            RedirectTo::Url(url) => Some(Url(url.clone())),
            _ => None,
        }
    }

    /// Whether it says that what was here was taken away on purpose (已删除).
    async fn gone(&self) -> bool {
        matches!(self.0.to, RedirectTo::Gone)
    }
}
