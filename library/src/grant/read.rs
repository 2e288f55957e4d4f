//! Reading grants: those of accounts that the asker may see.

use std::sync::Arc;

use super::Grant;
use crate::Scope;
use crate::changes::List;
use crate::id::{AccountId, AnyId, GrantId};
use crate::may::may_see_account;

impl Scope {
    /// A grant, if the asker may see its account.
    pub fn grant(&self, id: GrantId) -> Option<Arc<Grant>> {
        self.note_record(AnyId::GrantId(id));
        let caller = self.caller();
        let directory = self.directory();
        directory.grants.get(id).filter(|grant| may_see_account(&directory, caller, grant.account)).cloned()
    }

    /// The grants of all accounts that the asker may see, the oldest first.
    pub fn all_grants(&self) -> Vec<Arc<Grant>> {
        self.note_list(List::All("grants"));
        self.note_list(List::accounts());
        let (directory, caller) = (self.directory(), self.caller());
        let seen = |grant: &&Arc<Grant>| may_see_account(&directory, caller, grant.account);
        directory.grants.all().iter().filter(seen).cloned().collect()
    }

    /// The grants of an account, the oldest first; none if the asker may not see it.
    pub fn grants(&self, account: AccountId) -> Vec<Arc<Grant>> {
        self.note_list(List::grants(account));
        if !may_see_account(&self.directory(), self.caller(), account) {
            return Vec::new();
        }
        self.directory().grants.all().iter().filter(|grant| grant.account == account).cloned().collect()
    }
}
