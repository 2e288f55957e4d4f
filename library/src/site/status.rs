//! Opening, suspending and closing a site (openSite, suspendSite, closeSite): nothing of what it holds is touched.

use super::{Site, SiteStatus, wrong_state};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, SiteId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update site set status = $2, document = $3 where id = $1");

impl Library {
    /// Opens a site that is prepared or suspended; its notice goes.
    ///
    /// # Errors
    /// Refuses an unknown site, who does not keep the platform, a site that is open or closed for good, and one below a
    /// closed site.
    pub async fn open_site(&self, caller: &Caller, id: SiteId) -> Result<Position> {
        let (mut work, site) = self.begin_on_site(caller, id, Right::Platform).await?;
        match site.status {
            SiteStatus::Preparing | SiteStatus::Suspended => {}
            SiteStatus::Running => return Err(wrong_state("id", "站点已在运行", "the site is open")),
            SiteStatus::Closed => {
                return Err(wrong_state("id", "站点已关停，不能再开通", "the site is closed for good"));
            }
        }
        let above = work.directory.sites.ancestors(id);
        if above.iter().any(|site| site.status == SiteStatus::Closed) {
            return Err(wrong_state("id", "上级站点已关停", "a site above it is closed"));
        }
        put(&mut work, &site, SiteStatus::Running, None).await?;
        commit(work).await
    }

    /// Takes a site off the web for a time: readers are told `notice`, its pages answer nothing. Said again, it changes
    /// the notice.
    ///
    /// # Errors
    /// Refuses an unknown site, who does not keep it, an empty notice, and a site that is not open yet or closed.
    pub async fn suspend_site(
        &self,
        caller: &Caller,
        id: SiteId,
        notice: &str,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, site) = self.begin_on_site(caller, id, Right::Manage).await?;
        let notice = text::require("notice", notice, 500)?;
        work.reason = text::reason(reason)?;
        match site.status {
            SiteStatus::Running | SiteStatus::Suspended => {}
            SiteStatus::Preparing => {
                return Err(wrong_state("id", "站点尚未开通", "the site is not open yet"));
            }
            SiteStatus::Closed => return Err(wrong_state("id", "站点已关停", "the site is closed for good")),
        }
        put(&mut work, &site, SiteStatus::Suspended, Some(notice)).await?;
        commit(work).await
    }

    /// Closes a site for good: readers are told `notice`. Nobody loses content: what it holds stays where it is, and what
    /// other sites show of it is shown there as before.
    ///
    /// # Errors
    /// Refuses an unknown site, who does not keep the platform, an empty notice, a site that never was open or is closed,
    /// and one with an open site below it.
    pub async fn close_site(
        &self,
        caller: &Caller,
        id: SiteId,
        notice: &str,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, site) = self.begin_on_site(caller, id, Right::Platform).await?;
        let notice = text::require("notice", notice, 500)?;
        work.reason = text::reason(reason)?;
        match site.status {
            SiteStatus::Running | SiteStatus::Suspended => {}
            // Closed sites are known to the public: one that nobody knew of must not become known by being given up.
            SiteStatus::Preparing => {
                return Err(wrong_state("id", "站点尚未开通，无需关停", "the site never was open"));
            }
            SiteStatus::Closed => return Err(wrong_state("id", "站点已关停", "the site is closed already")),
        }
        let directory = work.directory.clone();
        let family = directory.sites.family(id);
        let mut below = family.iter().filter(|below| **below != id).filter_map(|below| directory.sites.get(*below));
        if let Some(open) = below.find(|site| site.is_running()) {
            let chinese = format!("下级站点“{}”仍在运行", open.fields.name);
            return Err(wrong_state("id", &chinese, &format!("the site {} below it is open", open.code)));
        }
        put(&mut work, &site, SiteStatus::Closed, Some(notice)).await?;
        commit(work).await
    }

    async fn begin_on_site(&self, caller: &Caller, id: SiteId, right: Right) -> Result<(Work, Site)> {
        let work = self.begin(caller, Action::SiteChanged).await?;
        may_on(&work.directory, caller, right, Target::site(&work.directory, id), "id")?;
        let site = work.directory.sites.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        let site = Site::clone(site);
        Ok((work, site))
    }
}

async fn put(work: &mut Work, site: &Site, status: SiteStatus, notice: Option<String>) -> Result<()> {
    let mut fields = site.fields.clone();
    fields.status_notice = notice;
    let status: &str = status.into();
    let document = serde_json::to_string(&fields)?;
    work.run(&UPDATE, &[site.id.into(), status.into(), document.into()]).await?;
    work.site = Some(site.id);
    work.record(AnyId::SiteId(site.id), Effect::Changed);
    work.list(List::sites());
    // What is found by its code and hosts begins or ceases to be there.
    work.key(KeyKind::SiteCode, &site.code);
    for host in &site.fields.hosts {
        work.key(KeyKind::Host, host);
    }
    Ok(())
}
