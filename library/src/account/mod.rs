//! Accounts (账号): who signs in. What an account may do stands in its grants.
//!
//! The hash of a password stays in its table: it is in no record, no log and no directory.

mod create;
mod edit;
mod password;
mod read;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind, List};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AccountId, OrganisationId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::{Directory, Refusal, text};

pub use create::{CreateAccount, CreateAdministrator};
pub use edit::EditAccount;
pub(crate) use password::weak;

/// Whether an account may sign in (账号状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountState {
    /// It may.
    Active,
    /// It may not, and has no session.
    Disabled,
}

/// What describes an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFields {
    /// How the person is called, as histories show it.
    pub display_name: String,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// What is typed to sign in, unique in the library.
    pub name: String,
    /// Where the person works.
    pub organisation: Option<OrganisationId>,
    /// Whether it may sign in.
    pub state: AccountState,
    /// When it was created.
    pub created_at: Instant,
    /// Whether it may do nothing before its password is changed: somebody else chose it.
    pub must_change_password: bool,
    /// Whether it signs in with a second factor, too.
    pub has_second_factor: bool,
    /// What describes it.
    pub fields: AccountFields,
}

impl Account {
    /// Whether it may sign in.
    pub fn is_active(&self) -> bool {
        self.state == AccountState::Active
    }
}

impl Entry for Account {
    type Id = AccountId;
    const CHANGED_BY: &'static [Action] = &[Action::AccountChanged, Action::SecondFactorChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select a.id, a.name, a.organisation_id, a.state, a.created_at, a.must_change_password, a.document,
               exists (select 1 from second_factor f where f.account_id = a.id and f.confirmed_at is not null)
             from account a order by a.name",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            organisation: row.get(2)?,
            state: row.text(3).and_then(|text| text.parse().ok()).unwrap_or(AccountState::Disabled),
            created_at: row.get(4)?,
            must_change_password: row.get(5)?,
            fields: row.json(6)?,
            has_second_factor: row.get(7)?,
        })
    }

    fn id(&self) -> AccountId {
        self.id
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        vec![(KeyKind::AccountName, self.name.clone())]
    }
}

impl List {
    /// The accounts.
    pub(crate) fn accounts() -> Self {
        Self::All("accounts")
    }
}

/// The fields as they are kept.
fn accept(fields: &AccountFields) -> Result<AccountFields> {
    Ok(AccountFields { display_name: text::require("name", &fields.display_name, 50)? })
}

/// Refuses an organisation that is not there.
fn require_organisation(directory: &Directory, organisation: Option<OrganisationId>) -> Result<()> {
    match organisation {
        Some(id) if directory.organisations.get(id).is_none() => Err(Refusal::not_found("organisation").into()),
        _ => Ok(()),
    }
}
