//! Editing a site (editSite), opening, suspending and closing it included.

use super::{SiteFields, SiteStatus, accept};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update site set status = $2, document = $3 where id = $1");
static REMOVE_HOSTS: Sql = Sql::new("delete from site_host where site_id = $1");
static INSERT_HOST: Sql = Sql::new("insert into site_host (host, site_id) values ($1, $2)");

impl Library {
    /// Replaces a site's fields and status.
    ///
    /// # Errors
    /// Refuses an unknown site, a host that is taken, and malformed fields.
    pub async fn edit_site(
        &self,
        caller: &Caller,
        id: SiteId,
        status: SiteStatus,
        fields: SiteFields,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let directory = work.directory.clone();
        let before = directory.sites.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        let fields = accept(fields, &directory)?;
        let status_text: &str = status.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), status_text.into(), document.into()]).await?;
        if fields.hosts != before.fields.hosts {
            work.run(&REMOVE_HOSTS, &[id.into()]).await?;
            for host in &fields.hosts {
                if directory.sites.by_key(KeyKind::Host, host).is_some_and(|other| other.id != id) {
                    return Err(Refusal::duplicate("hosts").into());
                }
                work.run(&INSERT_HOST, &[host.into(), id.into()]).await?;
            }
            for host in fields.hosts.iter().chain(&before.fields.hosts) {
                work.key(KeyKind::Host, host);
            }
        }
        if status != before.status || fields.edition_of != before.fields.edition_of {
            work.key(KeyKind::SiteCode, &before.code);
        }
        work.site = Some(id);
        work.record(AnyId::SiteId(id), Effect::Changed);
        work.list(List::sites());
        commit(work).await
    }
}
