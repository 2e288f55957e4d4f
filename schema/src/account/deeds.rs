//! What is done to accounts: creating, editing, and their passwords.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::Password;
use library::account::{AccountFields, CreateAccount, EditAccount};

use super::{Account, AccountState};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::{id, optional_id};

/// An account to be created (新建账号).
#[derive(Clone, InputObject)]
pub struct CreateAccountInput {
    /// What is typed to sign in: letters, digits and `- _ .`, unique (登录名).
    pub login_name: String,
    /// How the person is called (姓名).
    pub name: String,
    /// Where the person works (所在机构).
    pub organisation: Option<ID>,
    /// The first password, which must be changed after the first sign-in (初始口令).
    pub password: String,
}

payload! {
    /// What came of creating an account (新建账号结果).
    CreateAccountPayload {
        /// The account (账号).
        account: Account,
    }
}

/// Creates an account.
pub async fn create_account(ctx: &Context<'_>, input: CreateAccountInput) -> Result<CreateAccountPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let new = CreateAccount {
        name: input.login_name,
        fields: AccountFields { display_name: input.name },
        organisation: optional_id(input.organisation.as_ref())?,
        password: Password::new(input.password),
    };
    let asker = caller.clone();
    let deed = async move { library.create_account(&asker, new).await };
    done(ctx, deed, |(id, position)| CreateAccountPayload {
        account: afterwards(ctx, caller).account(id).map(Account::whole),
        position: written(position),
        ..CreateAccountPayload::default()
    })
    .await
}

/// What of an account is changed; what is not given stays (修改账号).
#[derive(Clone, InputObject)]
pub struct EditAccountInput {
    /// Which account (账号).
    pub id: ID,
    /// How the person is called (姓名).
    pub name: Option<String>,
    /// Where the person works; null for nowhere (所在机构).
    pub organisation: MaybeUndefined<ID>,
    /// Whether it may sign in (账号状态): disabled, all its sessions end at once.
    pub state: Option<AccountState>,
}

payload! {
    /// What came of editing an account (修改账号结果).
    EditAccountPayload {
        /// The account (账号).
        account: Account,
    }
}

/// Edits an account.
pub async fn edit_account(ctx: &Context<'_>, input: EditAccountInput) -> Result<EditAccountPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let account = id(&input.id)?;
    let organisation = match &input.organisation {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(given) => Some(Some(id(given)?)),
    };
    let edit = EditAccount { display_name: input.name, organisation, state: input.state.map(Into::into) };
    let asker = caller.clone();
    let deed = async move { library.edit_account(&asker, account, edit).await };
    done(ctx, deed, |position| EditAccountPayload {
        account: afterwards(ctx, caller).account(account).map(Account::whole),
        position: written(position),
        ..EditAccountPayload::default()
    })
    .await
}

/// The present password and the next (修改口令).
#[derive(Clone, InputObject)]
pub struct ChangePasswordInput {
    /// The present password (当前口令).
    pub current_password: String,
    /// The next: 12 to 128 characters, of three sorts at least, without the login name (新口令).
    pub new_password: String,
}

payload! {
    /// What came of changing the password (修改口令结果).
    ChangePasswordPayload {}
}

/// Changes the asker's password.
pub async fn change_password(ctx: &Context<'_>, input: ChangePasswordInput) -> Result<ChangePasswordPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (current, new) = (Password::new(input.current_password), Password::new(input.new_password));
    let deed = async move { library.change_password(&caller, current, new).await };
    done(ctx, deed, |position| ChangePasswordPayload {
        position: written(position),
        ..ChangePasswordPayload::default()
    })
    .await
}

/// A password for somebody who lost the own one (重置口令).
#[derive(Clone, InputObject)]
pub struct ResetPasswordInput {
    /// Whose (账号).
    pub account: ID,
    /// The next, which must be changed after the next sign-in (新口令).
    pub new_password: String,
}

payload! {
    /// What came of giving a password (重置口令结果).
    ResetPasswordPayload {}
}

/// Gives an account a password.
pub async fn reset_password(ctx: &Context<'_>, input: ResetPasswordInput) -> Result<ResetPasswordPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let account = id(&input.account)?;
    let new = Password::new(input.new_password);
    let deed = async move { library.reset_password(&caller, account, new).await };
    done(ctx, deed, |position| ResetPasswordPayload { position: written(position), ..ResetPasswordPayload::default() })
        .await
}
