//! Sites on the desk: in whatever state, for who has a role over them.

use std::sync::Arc;

use super::{Site, SiteStatus};
use crate::Scope;
use crate::changes::List;
use crate::finding::Severities;
use crate::id::{AnyId, SiteId};
use crate::may::{Target, has_role};

impl Scope {
    /// A site in whatever state, for who has a role over it; the others find those that are public.
    pub fn kept_site(&self, id: SiteId) -> Option<Arc<Site>> {
        self.note_record(AnyId::SiteId(id));
        self.note_list(List::sites());
        let directory = self.directory();
        let target = Target::site(&directory, id)?;
        let seen =
            |site: &&Arc<Site>| has_role(&directory, self.caller(), &target) || site.status != SiteStatus::Preparing;
        directory.sites.get(id).filter(seen).cloned()
    }

    /// How grave content checks take what they find on a site, for who has a role over it.
    pub fn kept_checks(&self, id: SiteId) -> Option<Severities> {
        self.note_record(AnyId::SiteId(id));
        let directory = self.directory();
        let target = Target::site(&directory, id)?;
        let site = directory.sites.get(id).filter(|_| has_role(&directory, self.caller(), &target))?;
        Some(site.fields.checks.clone())
    }

    /// The sites that the asker has a role over, in whatever state, by code.
    pub fn kept_sites(&self, status: Option<SiteStatus>) -> Vec<Arc<Site>> {
        self.note_list(List::sites());
        let directory = self.directory();
        let caller = self.caller();
        let kept = |site: &&Arc<Site>| {
            status.is_none_or(|status| site.status == status)
                && Target::site(&directory, site.id).is_some_and(|target| has_role(&directory, caller, &target))
        };
        directory.sites.all().iter().filter(kept).cloned().collect()
    }
}
