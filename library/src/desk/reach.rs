//! What an account reaches by its roles (管辖范围): sites, columns and organisations, whole families at a time, so that lists of
//! the desk are narrowed by the database.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::database::Value;
use crate::grant::{Grant, GrantScope};
use crate::id::{AccountId, OrganisationId};
use crate::{Directory, Library};

/// What grants reach.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach {
    /// Everything.
    everything: bool,
    sites: BTreeSet<Uuid>,
    columns: BTreeSet<Uuid>,
    organisations: BTreeSet<Uuid>,
}

impl Reach {
    /// What those grants of an account reach that `counts` says count.
    pub(super) fn of(directory: &Directory, account: AccountId, counts: impl Fn(&Grant) -> bool) -> Self {
        let mut reach = Self::default();
        for grant in directory.grants_of(account).filter(|grant| counts(grant)) {
            reach.add(directory, grant.scope);
        }
        reach
    }

    /// What lies in one scope.
    pub(super) fn of_scope(directory: &Directory, scope: GrantScope) -> Self {
        let mut reach = Self::default();
        reach.add(directory, scope);
        reach
    }

    fn add(&mut self, directory: &Directory, scope: GrantScope) {
        match scope {
            GrantScope::Platform => self.everything = true,
            GrantScope::Site(top) => self.sites.extend(directory.sites.family(top).into_iter().map(|id| id.0)),
            GrantScope::Column(top) => self.columns.extend(directory.columns.family(top).into_iter().map(|id| id.0)),
            GrantScope::Organisation(top) => {
                let family: BTreeSet<OrganisationId> = directory.organisations.family(top).into_iter().collect();
                let sponsored = directory.sites.all().iter().filter(|site| family.contains(&site.fields.sponsor));
                self.sites.extend(sponsored.map(|site| site.id.0));
                let is_kept = |owner: Option<OrganisationId>| owner.is_some_and(|owner| family.contains(&owner));
                let kept = directory.columns.all().iter().filter(|column| is_kept(column.fields.owner));
                self.columns.extend(kept.map(|column| column.id.0));
                self.organisations.extend(family.into_iter().map(|id| id.0));
            }
        }
    }

    /// Whether it reaches nothing.
    pub(super) fn is_empty(&self) -> bool {
        !self.everything && self.sites.is_empty() && self.columns.is_empty() && self.organisations.is_empty()
    }

    /// The condition on a working row `w`, with its parameters from number `at` on.
    pub(super) fn condition(&self, at: usize) -> (String, Vec<Value>) {
        if self.everything {
            return ("true".to_owned(), Vec::new());
        }
        let text = format!(
            "(w.site_id in ids(${at}) or w.column_id in ids(${}) or w.publisher_id in ids(${}))",
            at + 1,
            at + 2
        );
        let ids = |all: &BTreeSet<Uuid>| Value::Ids(all.iter().copied().collect());
        (text, vec![ids(&self.sites), ids(&self.columns), ids(&self.organisations)])
    }
}

impl Library {
    /// What every role of an account reaches.
    pub(super) fn reach(&self, account: AccountId) -> Reach {
        Reach::of(&self.directory(), account, |_| true)
    }
}
