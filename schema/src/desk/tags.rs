//! The tag library on the desk: claims, proposals, and tags for a text that is being written.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::connection::{Connection, listed, paging};
use crate::retag::Retag;
use crate::scalars::{Date, Html, first, id, int};
use crate::site::SiteLocator;
use crate::tag::Tag;
use crate::tag_audit::TagAudit;
use crate::tag_claim::{TagClaim, TagClaimState, TagSuggestion};

/// How often a tag was given in a month (标签使用统计).
#[derive(SimpleObject)]
pub struct TagUse {
    /// The tag (标签).
    tag: Tag,
    /// The month of publication, such as `2026-11` (月份).
    month: String,
    /// How many live contents that are at home on the site (信息数).
    contents: i32,
}

/// The tag library.
pub struct Tags;

#[Object]
impl Tags {
    /// Claims on tags (标签认领) that the asker may see, the newest first: at most the newest 1,000.
    async fn tag_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this state (认领状态).")] state: Option<TagClaimState>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<TagClaim>> {
        let paging = paging(size, after, None, None)?;
        let scope = crate::scope(ctx);
        let all = scope.tag_claims(state.map(Into::into)).await.map_err(crate::error)?;
        let nodes = |page: Vec<_>| page.into_iter().map(|claim| TagClaim::of(scope, claim)).collect();
        listed(&all, &paging, |claim: &library::tag::TagClaim| claim.id.to_string(), nodes)
    }

    /// Changes of the tags of all that a filter found (批量改标), the newest first: one's own, and all for who keeps all tags; at most the
    /// newest 200 of 90 days.
    async fn retags(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Retag>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).retags().await.map_err(crate::error)?;
        listed(&all, &paging, |one| one.id.to_string(), |page| page.into_iter().map(Retag).collect())
    }

    /// Tags that were proposed and wait for the tag office (待审批标签), by code: all for who keeps all tags, else the asker's own.
    async fn proposed_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Tag>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).proposed_tags();
        listed(&all, &paging, |tag| tag.id.to_string(), Tag::all)
    }

    /// The tags of what a site published, by month (标签使用统计): the newest month first, in it what was given most; at most 5,000
    /// rows. Empty for who has no role over the site.
    async fn tag_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which site (站点).")] site: SiteLocator,
        #[graphql(desc = "From which day of publication on (起始日).")] from: Date,
        #[graphql(desc = "Before which day, at most 366 days later (截止日之次日).")] before: Date,
    ) -> Result<Vec<TagUse>> {
        let scope = crate::scope(ctx);
        let Some(site) = scope.site_by(&site.try_into()?) else { return Ok(Vec::new()) };
        let found = scope.tag_report(site.id, from.0, before.0).await.map_err(crate::error)?;
        let told = |it: library::tag::TagUse| TagUse { tag: Tag(it.tag), month: it.month, contents: int(it.contents) };
        Ok(found.into_iter().map(told).collect())
    }

    /// Audits of tags (标签抽检) that the asker may see, the newest first: of the newest 1,000.
    async fn tag_audits(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<TagAudit>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).tag_audits().await.map_err(crate::error)?;
        listed(&all, &paging, |audit| audit.id.to_string(), TagAudit::together)
    }

    /// One of them (标签抽检); null for others.
    async fn tag_audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which (抽检标识).")] given: ID,
    ) -> Result<Option<TagAudit>> {
        TagAudit::find(crate::scope(ctx), id(&given)?).await
    }

    /// Tags whose name or synonym stands in a text (标签推荐), the best first. Rare tags count for more than those that stand
    /// everywhere, the title for more than the body; a tag of which no word is there is not suggested.
    async fn suggest_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The title (标题).")] title: String,
        #[graphql(desc = "The body (正文).")] body: Option<Html>,
        #[graphql(name = "first", default = 8, desc = "At most how many, up to 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<TagSuggestion>> {
        let body = body.map(|body| body.0).unwrap_or_default();
        let found = crate::scope(ctx).suggest_tags(&title, &body, first(size)?).await.map_err(crate::error)?;
        Ok(found.into_iter().map(TagSuggestion::of).collect())
    }
}
