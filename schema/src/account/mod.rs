//! Accounts (账号) as the contract shows them, and what is done to them.

mod api_key;
mod audit;
mod deeds;
mod grant;
mod identity;
mod second_factor;
mod session;
mod viewer;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use crate::organisation::Organisation;
use crate::scalars::DateTime;

pub use api_key::{
    ApiKey, CreateApiKeyInput, CreateApiKeyPayload, RevokeApiKeyInput, RevokeApiKeyPayload, create_api_key,
    revoke_api_key,
};
pub use audit::{AuditEntry, AuditFilter, audit};
pub use deeds::{
    ChangePasswordInput, ChangePasswordPayload, CreateAccountInput, CreateAccountPayload, EditAccountInput,
    EditAccountPayload, ResetPasswordInput, ResetPasswordPayload, change_password, create_account, edit_account,
    reset_password,
};
pub use grant::{Grant, GrantRoleInput, GrantRolePayload, RevokeRoleInput, RevokeRolePayload, grant_role, revoke_role};
pub use identity::{
    LinkIdentityInput, LinkIdentityPayload, LinkedIdentity, UnlinkIdentityInput, UnlinkIdentityPayload, link_identity,
    unlink_identity,
};
pub use second_factor::{
    EnrolSecondFactorInput, EnrolSecondFactorPayload, RemoveSecondFactorInput, RemoveSecondFactorPayload,
    enrol_second_factor, remove_second_factor,
};
pub use session::{
    EndSessionsInput, EndSessionsPayload, RefreshSessionInput, RefreshSessionPayload, SignInInput, SignInPayload,
    SignOutInput, SignOutPayload, end_sessions, refresh_session, sign_in, sign_out,
};
pub use viewer::{Action, Viewer};

/// Whether an account may sign in (账号状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::account::AccountState")]
pub enum AccountState {
    /// It may (正常).
    Active,
    /// It may not, and has no session (停用).
    Disabled,
}

/// An account that the asker may see whole: who found it, has asked the library.
#[derive(Clone)]
pub struct Account(pub Arc<library::account::Account>);

/// An account (账号): somebody who signs in. Found by the account itself and by who keeps or audits it.
#[Object]
impl Account {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// How the person is called, as histories show it (姓名).
    async fn name(&self) -> &str {
        &self.0.fields.display_name
    }

    /// What is typed to sign in (登录名).
    async fn login_name(&self) -> &str {
        &self.0.name
    }

    /// Where the person works (所在机构).
    async fn organisation(&self, ctx: &Context<'_>) -> Option<Organisation> {
        crate::scope(ctx).organisation(self.0.organisation?).map(Organisation)
    }

    /// Whether it may sign in (账号状态).
    async fn state(&self) -> AccountState {
        self.0.state.into()
    }

    /// When it was created (创建时间).
    async fn created_at(&self) -> DateTime {
        self.0.created_at.utc()
    }

    /// Whether it signs in with a second factor, too (已启用双因素认证).
    async fn second_factor(&self) -> bool {
        self.0.has_second_factor
    }

    /// The identities of sign-on providers that it is known by (统一身份), the oldest first.
    async fn identities(&self, ctx: &Context<'_>) -> Vec<LinkedIdentity> {
        let directory = crate::scope(ctx).library().directory();
        let theirs = directory.identities.all().iter().filter(|one| one.account == self.0.id);
        theirs.cloned().map(LinkedIdentity).collect()
    }

    /// Its roles (授权), the oldest first.
    async fn grants(&self, ctx: &Context<'_>) -> Vec<Grant> {
        // Of now: in the payload of a deed the request began before it, perhaps by nobody.
        let directory = crate::scope(ctx).library().directory();
        directory.grants.all().iter().filter(|grant| grant.account == self.0.id).cloned().map(Grant).collect()
    }
}
