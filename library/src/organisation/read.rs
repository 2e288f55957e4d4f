//! Reading organisations.

use std::sync::Arc;

use super::Organisation;
use crate::Scope;
use crate::changes::{KeyKind, List};
use crate::id::{AnyId, OrganisationId};
use crate::site::AdministrativeLevel;

/// How an organisation is named by those who ask for it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub enum OrganisationLocator {
    Id(OrganisationId),
    Code(String),
    CreditCode(String),
}

/// What narrows a list of organisations; all given parts must hold.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct OrganisationFilter {
    pub parent: Option<OrganisationId>,
    pub level: Option<AdministrativeLevel>,
    /// The beginning of the division code.
    pub division: Option<String>,
    /// A part of the name.
    pub name: Option<String>,
}

impl List {
    /// The organisations.
    pub(crate) fn organisations() -> Self {
        Self::All("organisations")
    }
}

impl Scope {
    /// An organisation.
    pub fn organisation(&self, id: OrganisationId) -> Option<Arc<Organisation>> {
        self.note_record(AnyId::OrganisationId(id));
        self.directory().organisations.get(id).cloned()
    }

    /// The organisation that a locator names.
    pub fn organisation_by(&self, by: &OrganisationLocator) -> Option<Arc<Organisation>> {
        let (kind, value) = match by {
            OrganisationLocator::Id(id) => return self.organisation(*id),
            OrganisationLocator::Code(code) => (KeyKind::OrganisationCode, code),
            OrganisationLocator::CreditCode(code) => (KeyKind::CreditCode, code),
        };
        self.note_key(kind, value.clone());
        let id = self.directory().organisations.by_key(kind, value)?.id;
        self.organisation(id)
    }

    /// The organisations that match, by rank; those that were merged or closed are left out.
    pub fn organisations(&self, filter: &OrganisationFilter) -> Vec<Arc<Organisation>> {
        self.note_list(List::organisations());
        let fits = |organisation: &&Arc<Organisation>| {
            let fields = &organisation.fields;
            organisation.is_active()
                && filter.parent.is_none_or(|parent| fields.parent == Some(parent))
                && filter.level.is_none_or(|level| fields.level == level)
                && filter.name.as_ref().is_none_or(|name| fields.name.contains(name.as_str()))
                && filter.division.as_ref().is_none_or(|division| {
                    fields.division_code.as_ref().is_some_and(|code| code.starts_with(division.as_str()))
                })
        };
        self.directory().organisations.all().iter().filter(fits).cloned().collect()
    }

    /// What an organisation hangs under, outermost first.
    pub fn organisation_ancestors(&self, id: OrganisationId) -> Vec<Arc<Organisation>> {
        let ancestors = self.directory().organisations.ancestors(id);
        self.note_record(AnyId::OrganisationId(id));
        for ancestor in &ancestors {
            self.note_record(AnyId::OrganisationId(ancestor.id));
        }
        ancestors
    }
}
