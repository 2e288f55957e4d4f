//! Organisations on the desk: closed and merged ones, too, for who has a role over them.

use std::sync::Arc;

use super::{Organisation, OrganisationState};
use crate::Scope;
use crate::changes::List;
use crate::id::OrganisationId;
use crate::may::{Target, has_role};

impl Scope {
    /// The organisations that the asker has a role over, or over a site that they sponsor, in whatever state, by rank.
    pub fn kept_organisations(&self, state: Option<OrganisationState>) -> Vec<Arc<Organisation>> {
        self.note_list(List::organisations());
        self.note_list(List::sites());
        let directory = self.directory();
        let caller = self.caller();
        let kept = |organisation: &&Arc<Organisation>| {
            let target = Target::leadership(&directory, organisation.id);
            state.is_none_or(|state| organisation.state() == state)
                && target.is_some_and(|target| has_role(&directory, caller, &target))
        };
        directory.organisations.all().iter().filter(kept).cloned().collect()
    }

    /// An organisation and those that were merged into it, however long ago: whose contents are found under it.
    pub(crate) fn merged_with(&self, id: OrganisationId) -> Vec<OrganisationId> {
        self.note_record(crate::id::AnyId::OrganisationId(id));
        let directory = self.directory();
        let mut all = vec![id];
        let mut at = 0;
        while at < all.len() {
            let into = all[at];
            let merged = directory.organisations.all().iter().filter(|one| one.merged_into == Some(into));
            let merged: Vec<_> = merged.map(|one| one.id).filter(|one| !all.contains(one)).collect();
            all.extend(merged);
            at += 1;
        }
        all
    }
}
