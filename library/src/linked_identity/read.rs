//! Reading identities: those of accounts that the asker may see.

use std::sync::Arc;

use super::LinkedIdentity;
use crate::Scope;
use crate::changes::List;
use crate::id::{AccountId, AnyId, LinkedIdentityId};
use crate::may::may_see_account;

impl Scope {
    /// An identity, if the asker may see its account.
    pub fn identity(&self, id: LinkedIdentityId) -> Option<Arc<LinkedIdentity>> {
        self.note_record(AnyId::LinkedIdentityId(id));
        let (directory, caller) = (self.directory(), self.caller());
        directory.identities.get(id).filter(|one| may_see_account(&directory, caller, one.account)).cloned()
    }

    /// The identities of an account, the oldest first; none if the asker may not see it.
    pub fn identities(&self, account: AccountId) -> Vec<Arc<LinkedIdentity>> {
        self.note_list(List::identities(account));
        let (directory, caller) = (self.directory(), self.caller());
        if !may_see_account(&directory, caller, account) {
            return Vec::new();
        }
        directory.identities.all().iter().filter(|one| one.account == account).cloned().collect()
    }
}
