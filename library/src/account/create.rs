//! Creating an account (createAccount), and the first administrator (jiyue admin create).

use identity::Password;

use super::{AccountFields, AccountState, accept, require_organisation, weak};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit_as};
use crate::database::Sql;
use crate::grant::{GrantScope, Role, insert};
use crate::id::{AccountId, AnyId, OrganisationId};
use crate::may::{Right, Target, may, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Directory, Library, Position, Who, text};

/// An account to be created.
#[derive(Debug, Clone)]
pub struct CreateAccount {
    /// What is typed to sign in.
    pub name: String,
    /// What describes it.
    pub fields: AccountFields,
    /// Where the person works.
    pub organisation: Option<OrganisationId>,
    /// The first password, which must be changed at the first sign-in.
    pub password: Password,
}

/// An administrator of the platform to be created where no account can do it.
#[derive(Debug, Clone)]
pub struct CreateAdministrator {
    /// What is typed to sign in.
    pub name: String,
    /// What describes it.
    pub fields: AccountFields,
    /// The password.
    pub password: Password,
}

static INSERT: Sql = Sql::new(
    "insert into account (id, name, organisation_id, state, created_at, password, must_change_password, document)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);

impl Library {
    /// Creates an account without any grant. A password that another account chose must be changed first of all.
    ///
    /// # Errors
    /// Refuses a caller who administers no accounts there, a name that is taken, an unknown organisation and a weak
    /// password.
    pub async fn create_account(&self, caller: &Caller, input: CreateAccount) -> Result<(AccountId, Position)> {
        // Before a processor is spent on the password.
        check(&self.directory(), caller, &input)?;
        let kept = self.hash_password(input.password.clone()).await?;
        let mut work = self.begin(caller, Action::AccountChanged).await?;
        let name = check(&work.directory, caller, &input)?;
        let id = store(&mut work, &name, &input.fields, input.organisation, kept, caller.who != Who::Program).await?;
        commit_as(work, |position| (id, position)).await
    }

    /// Creates an administrator of the platform: what the command line does, which asks for no grant.
    ///
    /// # Errors
    /// Refuses a caller who is no program, a name that is taken and a weak password.
    pub async fn create_administrator(
        &self,
        caller: &Caller,
        input: CreateAdministrator,
    ) -> Result<(AccountId, Position)> {
        let CreateAdministrator { name, fields, password } = input;
        let input = CreateAccount { name, fields, organisation: None, password };
        check(&self.directory(), caller, &input)?;
        let kept = self.hash_password(input.password.clone()).await?;
        let mut work = self.begin(caller, Action::AccountChanged).await?;
        let name = check(&work.directory, caller, &input)?;
        if caller.who != Who::Program {
            return Err(Refusal::not_found("").into());
        }
        let id = store(&mut work, &name, &input.fields, None, kept, false).await?;
        insert(&mut work, id, Role::PlatformAdmin, None, GrantScope::Platform).await?;
        commit_as(work, |position| (id, position)).await
    }
}

/// What can be said before the password is hashed; answers the name as it is kept.
fn check(directory: &Directory, caller: &Caller, input: &CreateAccount) -> Result<String> {
    require_somebody(caller)?;
    require_organisation(directory, input.organisation)?;
    may(directory, caller, Right::Administer, &Target::colleagues(directory, input.organisation))?;
    let name = text::code("loginName", &input.name)?;
    if directory.accounts.by_key(KeyKind::AccountName, &name).is_some() {
        return Err(Refusal::duplicate("loginName").into());
    }
    accept(&input.fields)?;
    weak("password", &input.password, &name)?;
    Ok(name)
}

async fn store(
    work: &mut Work,
    name: &str,
    fields: &AccountFields,
    organisation: Option<OrganisationId>,
    kept: String,
    must_change: bool,
) -> Result<AccountId> {
    let fields = accept(fields)?;
    let id = AccountId(work.library().new_id());
    let state: &str = AccountState::Active.into();
    let params = [
        id.into(),
        name.into(),
        organisation.into(),
        state.into(),
        work.at.into(),
        kept.into(),
        must_change.into(),
        serde_json::to_string(&fields)?.into(),
    ];
    work.run(&INSERT, &params).await?;
    work.record(AnyId::AccountId(id), Effect::Entered);
    work.list(List::accounts());
    work.key(KeyKind::AccountName, name);
    Ok(id)
}
