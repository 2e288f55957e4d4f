//! Giving an account a role (grantRole).

use super::{GrantScope, Role, check, insert};
use crate::changes::{Action, Caller, commit_as};
use crate::id::{AccountId, GrantId};
use crate::may::{may_give, may_see_account, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, Who};

/// A role to be given.
#[derive(Debug, Clone)]
pub struct GrantRole {
    /// To whom.
    pub account: AccountId,
    /// Which role.
    pub role: Role,
    /// The level that a reviewer reviews at.
    pub level: Option<u8>,
    /// Where.
    pub scope: GrantScope,
}

impl Library {
    /// Gives an account a role somewhere.
    ///
    /// # Errors
    /// Refuses an unknown account, a scope or level that the role does not have, what is granted already, a caller who
    /// does not administer that scope, and giving oneself a role.
    pub async fn grant_role(&self, caller: &Caller, input: GrantRole) -> Result<(GrantId, Position)> {
        let GrantRole { account, role, level, scope } = input;
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::GrantChanged).await?;
        let directory = work.directory.clone();
        if directory.accounts.get(account).is_none() || !may_see_account(&directory, Some(caller), account) {
            return Err(Refusal::not_found("account").into());
        }
        check(&directory, role, level, scope)?;
        may_give(&directory, caller, role, scope)?;
        if matches!(caller.who, Who::Account(own, _) if own == account) {
            let (message, english) = ("不能给自己授权", "nobody gives the own account a role");
            let hint = ("请由另一位管理员授权", "another administrator gives it");
            let refusal = Refusal::new(RefusalCode::NotAllowed, "account", message, english);
            return Err(refusal.hinting(hint.0, hint.1).into());
        }
        let same =
            |role_: Role, level_: Option<u8>, scope_: GrantScope| (role_, level_, scope_) == (role, level, scope);
        let mut granted = directory.grants.all().iter().filter(|grant| grant.account == account);
        if granted.any(|grant| same(grant.role, grant.level, grant.scope)) {
            return Err(Refusal::duplicate("role").into());
        }
        let id = insert(&mut work, account, role, level, scope).await?;
        commit_as(work, |position| (id, position)).await
    }
}
