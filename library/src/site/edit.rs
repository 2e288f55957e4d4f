//! Editing a site (editSite); whether it is open is told by other deeds.

use super::{SiteFields, SiteStatus, accept, may_hang_under, may_sponsor, wrong_state};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, SiteId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update site set parent_id = $2, document = $3 where id = $1");
static REMOVE_HOSTS: Sql = Sql::new("delete from site_host where site_id = $1");
static INSERT_HOST: Sql = Sql::new("insert into site_host (host, site_id) values ($1, $2)");

impl Library {
    /// Changes what describes a site by `edit`, and the site above it if `parent` is given (`Some(None)` for none). Who
    /// keeps the site may; under which hosts it is found, whose it is and what it hangs under decides who keeps the
    /// platform, because that gives rights and readers away.
    ///
    /// # Errors
    /// Refuses an unknown or closed site, a caller who may not, a host that is taken, a place below itself or below a
    /// closed site, and malformed fields.
    pub async fn edit_site(
        &self,
        caller: &Caller,
        id: SiteId,
        parent: Option<Option<SiteId>>,
        edit: impl FnOnce(&mut SiteFields) + Send,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let directory = work.directory.clone();
        may_on(&directory, caller, Right::Manage, Target::site(&directory, id), "id")?;
        let before = directory.sites.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        if before.status == SiteStatus::Closed {
            return Err(wrong_state("id", "站点已关停，不能再修改", "the site is closed for good"));
        }
        let mut fields = before.fields.clone();
        edit(&mut fields);
        let fields = accept(fields, Some(id), &directory)?;
        let parent = parent.unwrap_or(before.parent);
        for (path, changed) in [
            ("parent", parent != before.parent),
            ("sponsor", fields.sponsor != before.fields.sponsor),
            ("hosts", fields.hosts != before.fields.hosts),
        ] {
            if changed {
                may_on(&directory, caller, Right::Platform, Some(Target::platform()), path)?;
            }
        }
        if parent != before.parent {
            may_hang_under(&directory, Some(id), parent)?;
        }
        if fields.sponsor != before.fields.sponsor {
            may_sponsor(&directory, fields.sponsor)?;
        }
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), parent.into(), document.into()]).await?;
        if fields.hosts != before.fields.hosts {
            work.run(&REMOVE_HOSTS, &[id.into()]).await?;
            for host in &fields.hosts {
                work.run(&INSERT_HOST, &[host.into(), id.into()]).await?;
            }
            for host in fields.hosts.iter().chain(&before.fields.hosts) {
                work.key(KeyKind::Host, host);
            }
        }
        if fields.edition_of != before.fields.edition_of {
            work.key(KeyKind::SiteCode, &before.code);
        }
        work.site = Some(id);
        work.record(AnyId::SiteId(id), Effect::Changed);
        work.list(List::sites());
        commit(work).await
    }
}
