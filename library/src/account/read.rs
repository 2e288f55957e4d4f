//! Reading accounts: oneself, and whom one administers or audits.

use std::sync::Arc;

use super::Account;
use crate::Scope;
use crate::changes::List;
use crate::id::{AccountId, AnyId};
use crate::may::may_see_account;

impl Scope {
    /// An account, if the asker may see it.
    pub fn account(&self, id: AccountId) -> Option<Arc<Account>> {
        self.note_record(AnyId::AccountId(id));
        let seen = may_see_account(&self.directory(), self.caller(), id);
        self.directory().accounts.get(id).filter(|_| seen).cloned()
    }

    /// The accounts that the asker may see, by name.
    pub fn accounts(&self) -> Vec<Arc<Account>> {
        self.note_list(List::accounts());
        let (directory, caller) = (self.directory(), self.caller());
        let seen = |account: &&Arc<Account>| may_see_account(&directory, caller, account.id);
        directory.accounts.all().iter().filter(seen).cloned().collect()
    }
}
