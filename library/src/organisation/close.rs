//! Closing an organisation (closeOrganisation): it publishes nothing new, and what it published stays under its name.

use super::edit::put;
use crate::changes::{Caller, commit};
use crate::database::Sql;
use crate::id::OrganisationId;
use crate::refusal::Result;
use crate::site::{SiteStatus, wrong_state};
use crate::{Library, Position, text};

static CLOSE: Sql = Sql::new("update organisation set closed_at = $2 where id = $1");

impl Library {
    /// Closes an organisation for good. It stays resolvable with its contents, and lists of organisations leave it out.
    ///
    /// # Errors
    /// Refuses an unknown, merged or closed organisation, who does not keep the platform, one with active organisations
    /// below it, and one that sponsors a site which is not closed.
    pub async fn close_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_organisation(caller, id).await?;
        let directory = work.directory.clone();
        if let Some(below) = directory.organisations.children(id).find(|below| below.is_active()) {
            let chinese = format!("下级机构“{}”尚未撤销或并入其他机构", below.fields.name);
            let english = format!("the organisation {} below it is active", below.code);
            return Err(wrong_state("id", &chinese, &english));
        }
        let sponsored =
            |site: &&std::sync::Arc<crate::site::Site>| site.fields.sponsor == id && site.status != SiteStatus::Closed;
        if let Some(site) = directory.sites.all().iter().find(sponsored) {
            let chinese = format!("该机构仍主办站点“{}”", site.fields.name);
            return Err(wrong_state("id", &chinese, &format!("it sponsors the site {}", site.code)));
        }
        work.reason = text::reason(reason)?;
        let at = work.at;
        work.run(&CLOSE, &[id.into(), at.into()]).await?;
        put(&mut work, id, &before.fields).await?;
        commit(work).await
    }
}
