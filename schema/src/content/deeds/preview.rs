//! Preview links: made and revoked.

use async_graphql::{Context, ID, InputObject, Result};
use library::Instant;
use library::preview::PreviewLink;

use crate::deed::{Payload as _, afterwards, caller, outcome, payload, written};
use crate::scalars::{DateTime, Url, id, int, optional_id};

/// A preview link to be made (预览链接).
#[derive(Clone, InputObject)]
pub struct PreviewLinkInput {
    /// Which content (信息).
    pub id: ID,
    /// Which of its revisions (版本号).
    pub revision: i32,
    /// On which site it is shown (站点).
    pub site: ID,
    /// Until when it is good: a day if not given, at most 30 (有效期至).
    pub expires_at: Option<DateTime>,
}

payload! {
    /// What came of making a preview link (预览链接结果).
    PreviewLinkPayload {
        /// The link (预览链接标识), by which it is revoked.
        link: ID,
        /// The address to give to who is to see it (预览网址); the site's front end sends its token on.
        url: Url,
        /// The token, for the header `Jiyue-Preview` (预览令牌). Answered once.
        token: String,
        /// Until when it is good (有效期至).
        expires_at: DateTime,
    }
}

/// Makes a preview link.
pub async fn preview_link(ctx: &Context<'_>, input: PreviewLinkInput) -> Result<PreviewLinkPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let link = PreviewLink {
        id: id(&input.id)?,
        revision: i64::from(input.revision),
        site: id(&input.site)?,
        expires_at: input.expires_at.map(|at| Instant::of(&at)),
    };
    let deed = {
        let asker = asker.clone();
        async move { library.preview_link(&asker, link).await }
    };
    let made = match outcome(ctx, deed).await? {
        Ok(made) => made,
        Err(errors) => return Ok(PreviewLinkPayload::refused(errors)),
    };
    let url = match &made.token {
        Some(token) => afterwards(ctx, asker).preview_url(link, token).await.map_err(crate::error)?,
        None => None,
    };
    Ok(PreviewLinkPayload {
        link: Some(made.id.into()),
        url: url.map(Url),
        token: made.token,
        expires_at: Some(made.expires_at.utc()),
        position: written(made.position),
        ..PreviewLinkPayload::default()
    })
}

/// Preview links to be revoked (撤销预览): one, or all of a content.
#[derive(Clone, InputObject)]
pub struct RevokePreviewInput {
    /// Which link (预览链接).
    pub link: Option<ID>,
    /// All links to this content (信息).
    pub content: Option<ID>,
}

payload! {
    /// What came of revoking (撤销预览结果).
    RevokePreviewPayload {
        /// How many links are good for nothing now (撤销数量).
        revoked: i32,
    }
}

/// Makes preview links good for nothing.
pub async fn revoke_preview(ctx: &Context<'_>, input: RevokePreviewInput) -> Result<RevokePreviewPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (link, content) = (optional_id(input.link.as_ref())?, optional_id(input.content.as_ref())?);
    let deed = async move { library.revoke_preview(&asker, link, content).await };
    crate::deed::done(ctx, deed, |(revoked, position)| RevokePreviewPayload {
        revoked: Some(int(revoked as i64)),
        position: written(position),
        ..RevokePreviewPayload::default()
    })
    .await
}
