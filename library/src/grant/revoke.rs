//! Taking a role away (revokeRole).

use super::{GrantScope, Role};
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, GrantId};
use crate::may::{may_give, may_see_account, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position};

static DELETE: Sql = Sql::new("delete from role_grant where id = $1");

impl Library {
    /// Takes a role away from its account; it acts with the next request.
    ///
    /// # Errors
    /// Refuses an unknown grant, a caller who does not administer its scope, and the last administrator of the
    /// platform.
    pub async fn revoke_role(&self, caller: &Caller, id: GrantId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::GrantChanged).await?;
        let directory = work.directory.clone();
        let grant = directory.grants.get(id).ok_or_else(|| Refusal::not_found("grant"))?;
        if !may_see_account(&directory, Some(caller), grant.account) {
            return Err(Refusal::not_found("grant").into());
        }
        may_give(&directory, caller, grant.role, grant.scope)?;
        if grant.role == Role::PlatformAdmin {
            require_another_administrator(&directory, grant.account, "grant")?;
        }
        work.run(&DELETE, &[id.into()]).await?;
        work.record(AnyId::GrantId(id), Effect::Left);
        work.list(List::grants(grant.account));
        commit(work).await
    }
}

/// Refuses to lose `account` as an administrator of the platform if it is the last one.
pub(crate) fn require_another_administrator(directory: &Directory, account: AccountId, path: &str) -> Result<()> {
    let is_administrator = |id: AccountId| {
        directory.grants_of(id).any(|grant| grant.role == Role::PlatformAdmin && grant.scope == GrantScope::Platform)
    };
    let another = || directory.accounts.all().iter().any(|other| other.id != account && is_administrator(other.id));
    if !is_administrator(account) || another() {
        return Ok(());
    }
    let (message, english) = ("平台至少要有一位平台管理员", "the last administrator of the platform");
    let hint = ("请先授权另一位平台管理员", "make another account an administrator first");
    Err(Refusal::new(RefusalCode::WrongState, path, message, english).hinting(hint.0, hint.1).into())
}
