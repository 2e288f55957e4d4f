//! Reading sites.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AdministrativeLevel, Site, SiteKind, SiteStatus};
use crate::Scope;
use crate::changes::{KeyKind, List};
use crate::id::{AnyId, SiteId};
use crate::web::normal_host;

/// How a site is named by those who ask for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SiteLocator {
    Id(SiteId),
    Code(String),
    Host(String),
}

/// What narrows a list of sites; all given parts must hold.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct SiteFilter {
    pub level: Option<AdministrativeLevel>,
    pub kind: Option<SiteKind>,
    pub parent: Option<SiteId>,
    /// A part of the name.
    pub name: Option<String>,
}

impl List {
    /// The sites.
    pub(crate) fn sites() -> Self {
        Self::All("sites")
    }
}

impl Scope {
    /// A site that the public may know of: one that is not in preparation.
    pub fn site(&self, id: SiteId) -> Option<Arc<Site>> {
        self.note_record(AnyId::SiteId(id));
        self.directory().sites.get(id).filter(|site| site.status != SiteStatus::Preparing).cloned()
    }

    /// The site that a locator names.
    pub fn site_by(&self, by: &SiteLocator) -> Option<Arc<Site>> {
        let (kind, value) = match by {
            SiteLocator::Id(id) => return self.site(*id),
            SiteLocator::Code(code) => (KeyKind::SiteCode, code.clone()),
            SiteLocator::Host(host) => (KeyKind::Host, normal_host(host)),
        };
        self.note_key(kind, value.clone());
        let id = self.directory().sites.by_key(kind, &value)?.id;
        self.site(id)
    }

    /// The sites that match, by code.
    pub fn sites(&self, filter: &SiteFilter) -> Vec<Arc<Site>> {
        self.note_list(List::sites());
        let fits = |site: &&Arc<Site>| {
            site.status != SiteStatus::Preparing
                && filter.level.is_none_or(|level| site.fields.level == level)
                && filter.kind.is_none_or(|kind| site.fields.kind == kind)
                && filter.parent.is_none_or(|parent| site.parent == Some(parent))
                && filter.name.as_ref().is_none_or(|name| site.fields.name.contains(name.as_str()))
        };
        self.directory().sites.all().iter().filter(fits).cloned().collect()
    }

    /// The same site in other languages, itself left out.
    pub fn editions_of_site(&self, site: &Site) -> Vec<Arc<Site>> {
        let origin = site.fields.edition_of.unwrap_or(site.id);
        let mut editions = self.sites(&SiteFilter::default());
        editions.retain(|other| other.id != site.id && (other.id == origin || other.fields.edition_of == Some(origin)));
        editions
    }

    /// The sites that show nothing to the public now.
    pub(crate) fn silent_sites(&self) -> Vec<SiteId> {
        self.note_list(List::sites());
        self.directory().sites.all().iter().filter(|site| !site.is_running()).map(|site| site.id).collect()
    }
}
