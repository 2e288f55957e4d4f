//! Removing the second factor of somebody who lost it (removeSecondFactor).

use crate::changes::{Action, Caller, Effect, commit};
use crate::database::Sql;
use crate::id::{AccountId, AnyId};
use crate::may::{may_administer, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, Who};

static DELETE: Sql = Sql::new("delete from second_factor where account_id = $1");

impl Library {
    /// Removes the second factor of an account, so that it signs in without and can enrol another. All its sessions end.
    ///
    /// # Errors
    /// Refuses an unknown account, a caller who does not keep it and all that it has a role over, the own account, and an
    /// account without one.
    pub async fn remove_second_factor(&self, caller: &Caller, id: AccountId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::SecondFactorChanged).await?;
        may_administer(&work.directory, caller, id, "account")?;
        if matches!(caller.who, Who::Account(own, _) if own == id) {
            let (message, english) = ("不能移除自己的双因素认证", "nobody removes the own second factor");
            let refusal = Refusal::new(RefusalCode::NotAllowed, "account", message, english);
            return Err(refusal.hinting("请由另一位管理员移除", "another administrator removes it").into());
        }
        if work.run(&DELETE, &[id.into()]).await? == 0 {
            let (message, english) = ("该账号未启用双因素认证", "the account has no second factor");
            return Err(Refusal::new(RefusalCode::WrongState, "account", message, english).into());
        }
        work.end_sessions_of(id, None).await?;
        work.record(AnyId::AccountId(id), Effect::Changed);
        commit(work).await
    }
}
