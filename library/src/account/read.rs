//! Reading accounts: oneself, and whom one administers or audits.

use std::sync::Arc;

use super::Account;
use crate::Scope;
use crate::id::{AccountId, AnyId};
use crate::may::may_see_account;

impl Scope {
    /// An account, if the asker may see it.
    pub fn account(&self, id: AccountId) -> Option<Arc<Account>> {
        self.note_record(AnyId::AccountId(id));
        let seen = may_see_account(&self.directory(), self.caller(), id);
        self.directory().accounts.get(id).filter(|_| seen).cloned()
    }
}
