//! Editing an account (editAccount), disabling it included.

use super::{AccountFields, AccountState, accept, require_organisation};
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::grant::require_another_administrator;
use crate::id::{AccountId, AnyId, OrganisationId};
use crate::may::{Right, Target, may, may_administer};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, Who};

/// What of an account is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditAccount {
    /// How the person is called.
    pub display_name: Option<String>,
    /// Where the person works; `Some(None)` for nowhere.
    pub organisation: Option<Option<OrganisationId>>,
    /// Whether it may sign in.
    pub state: Option<AccountState>,
}

static UPDATE: Sql = Sql::new("update account set organisation_id = $2, state = $3, document = $4 where id = $1");

impl Library {
    /// Changes what describes an account, where it belongs, and whether it may sign in. Disabled, it has no session
    /// any more.
    ///
    /// # Errors
    /// Refuses an unknown account, a caller who does not administer it or where it goes, an unknown organisation,
    /// disabling oneself and the last administrator of the platform.
    pub async fn edit_account(&self, caller: &Caller, id: AccountId, edit: EditAccount) -> Result<Position> {
        let mut work = self.begin(caller, Action::AccountChanged).await?;
        let directory = work.directory.clone();
        may_administer(&directory, caller, id, "id")?;
        let before = directory.accounts.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        let display_name = edit.display_name.unwrap_or_else(|| before.fields.display_name.clone());
        let fields = accept(&AccountFields { display_name })?;
        let organisation = edit.organisation.unwrap_or(before.organisation);
        if organisation != before.organisation {
            require_organisation(&directory, organisation)?;
            may(&directory, caller, Right::Administer, &Target::colleagues(&directory, organisation))?;
        }
        let state = edit.state.unwrap_or(before.state);
        if state == AccountState::Disabled && before.is_active() {
            if matches!(caller.who, Who::Account(own, _) if own == id) {
                let (message, english) = ("不能停用自己的账号", "nobody disables the own account");
                return Err(Refusal::new(RefusalCode::WrongState, "state", message, english).into());
            }
            require_another_administrator(&directory, id, "state")?;
            work.end_sessions_of(id, None).await?;
        }
        let name: &str = state.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), organisation.into(), name.into(), document.into()]).await?;
        work.record(AnyId::AccountId(id), Effect::Changed);
        work.list(List::accounts());
        commit(work).await
    }
}
