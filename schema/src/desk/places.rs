//! Sites, organisations, panels, fields and redirects on the desk: what the public does not see of them, too.

use async_graphql::{Context, ID, Object, Result};
use library::Paging;

use crate::connection::{Connection, Total, listed, paging};
use crate::enums::{OrganisationState, SiteStatus};
use crate::field_definition::FieldDefinition;
use crate::organisation::Organisation;
use crate::scalars::{id, optional_id};
use crate::site::Site;
use crate::structure::{CheckSetting, DeskPanel, SiteRedirect};

/// What administrators keep.
pub struct Places;

#[Object]
impl Places {
    /// A site in whatever state (站点), if the asker has a role over it or the public sees it.
    async fn site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identifier (标识).")] id: ID,
    ) -> Result<Option<Site>> {
        Ok(crate::scope(ctx).kept_site(crate::scalars::id(&id)?).map(Site))
    }

    /// The sites that the asker has a role over (站点), in whatever state, by code.
    async fn sites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this state (运行状态).")] status: Option<SiteStatus>,
        #[graphql(name = "first", desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Site>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).kept_sites(status.map(Into::into));
        listed(&all, &paging, |site| site.id.to_string(), Site::all)
    }

    /// The organisations that the asker has a role over, or over a site that they sponsor (机构), in whatever state, by rank.
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this state (机构状态).")] state: Option<OrganisationState>,
        #[graphql(name = "first", desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Organisation>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).kept_organisations(state.map(Into::into));
        listed(&all, &paging, |organisation| organisation.id.to_string(), Organisation::all)
    }

    /// The panels of a site and its columns (区块), archived ones included, on whose pages the asker has a role, by code.
    async fn panels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which site (站点).")] site: ID,
        #[graphql(desc = "Only those of this column (栏目).")] column: Option<ID>,
    ) -> Result<Vec<DeskPanel>> {
        let found = crate::scope(ctx).kept_panels(id(&site)?, optional_id(column.as_ref())?);
        Ok(found.into_iter().map(DeskPanel).collect())
    }

    /// The fields of a site's own, or those that all sites have (扩展字段): retired ones and those that are not public
    /// included, for who has a role over the site, or any role.
    async fn field_definitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which site; those that all sites have if not given (站点).")] site: Option<ID>,
    ) -> Result<Vec<FieldDefinition>> {
        let found = crate::scope(ctx).kept_fields(optional_id(site.as_ref())?);
        Ok(found.into_iter().map(FieldDefinition).collect())
    }

    /// How grave content checks take what they find on a site (检查设置), all rules in their order; null if the asker has no role
    /// over it.
    async fn check_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which site (站点).")] site: ID,
    ) -> Result<Option<Vec<CheckSetting>>> {
        Ok(crate::scope(ctx).kept_checks(id(&site)?).map(|set| CheckSetting::all(&set)))
    }

    /// The redirects of a site (跳转), by path, for who has a role over it. Where columns were before they moved is not
    /// among them.
    async fn redirects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which site (站点).")] site: ID,
        #[graphql(name = "first", desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<SiteRedirect>> {
        let Paging { size, from, .. } = paging(size, after, None, None)?;
        let (site, begins) = (id(&site)?, from.is_none());
        let found = crate::scope(ctx).kept_redirects(site, &from.unwrap_or_default(), size + 1).await;
        let mut found = found.map_err(crate::error)?;
        let has_next = found.len() > size;
        found.truncate(size);
        let items = found.into_iter().map(|redirect| (redirect.path.clone(), SiteRedirect(redirect))).collect();
        Ok(Connection::new(items, has_next, !begins, Total::Known(None)))
    }
}
