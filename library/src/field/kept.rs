//! Field definitions on the desk: those that are not public or retired, too, for who has a role over the site.

use std::sync::Arc;

use super::FieldDefinition;
use crate::Scope;
use crate::changes::List;
use crate::id::{AnyId, FieldDefinitionId, SiteId};
use crate::may::{Target, has_role};

impl Scope {
    /// A field in whatever state, for who has a role over its site, or any role if all sites have it.
    pub fn kept_field(&self, id: FieldDefinitionId) -> Option<Arc<FieldDefinition>> {
        self.note_record(AnyId::FieldDefinitionId(id));
        let field = self.directory().fields.get(id).cloned()?;
        self.keeps_fields_of(field.site).then_some(field)
    }

    /// The fields of a site's own, or those of all sites, for who has a role over the site, or any role, by rank.
    pub fn kept_fields(&self, site: Option<SiteId>) -> Vec<Arc<FieldDefinition>> {
        self.note_list(List::fields());
        match self.keeps_fields_of(site) {
            true => self.directory().fields.all().iter().filter(|field| field.site == site).cloned().collect(),
            false => Vec::new(),
        }
    }

    fn keeps_fields_of(&self, site: Option<SiteId>) -> bool {
        let directory = self.directory();
        let caller = self.caller();
        match site {
            Some(site) => Target::site(&directory, site).is_some_and(|it| has_role(&directory, caller, &it)),
            // What all sites have is seen by who works on any of them.
            None => directory
                .sites
                .all()
                .iter()
                .filter_map(|site| Target::site(&directory, site.id))
                .any(|target| has_role(&directory, caller, &target)),
        }
    }
}
