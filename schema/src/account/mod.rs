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

/// An account, as much of it as the asker may see.
#[derive(Clone)]
pub struct Account {
    of: Arc<library::account::Account>,
    whole: bool,
}

impl Account {
    /// An account that the asker may see whole: who found it, has asked the library.
    pub fn whole(of: Arc<library::account::Account>) -> Self {
        Self { of, whole: true }
    }

    /// Somebody whose name stands in a history that the asker may see.
    pub fn named(of: Arc<library::account::Account>) -> Self {
        Self { of, whole: false }
    }
}

/// An account (账号): somebody who signs in. Found by the account itself and by who keeps or audits it; in histories everybody
/// sees its name and where it works.
#[Object]
impl Account {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.of.id.into()
    }

    /// How the person is called, as histories show it (姓名).
    async fn name(&self) -> &str {
        &self.of.fields.display_name
    }

    /// What is typed to sign in (登录名); null for who neither is it, nor keeps or audits it.
    async fn login_name(&self) -> Option<&str> {
        self.whole.then_some(self.of.name.as_str())
    }

    /// Where the person works (所在机构).
    async fn organisation(&self, ctx: &Context<'_>) -> Option<Organisation> {
        crate::scope(ctx).organisation(self.of.organisation?).map(Organisation)
    }

    /// Whether it may sign in (账号状态); null as above.
    async fn state(&self) -> Option<AccountState> {
        self.whole.then_some(self.of.state.into())
    }

    /// When it was created (创建时间); null as above.
    async fn created_at(&self) -> Option<DateTime> {
        self.whole.then(|| self.of.created_at.utc())
    }

    /// Whether it signs in with a second factor, too (已启用双因素认证); null as above.
    async fn second_factor(&self) -> Option<bool> {
        self.whole.then_some(self.of.has_second_factor)
    }

    /// The identities of sign-on providers that it is known by (统一身份), the oldest first; none as above.
    async fn identities(&self, ctx: &Context<'_>) -> Vec<LinkedIdentity> {
        let directory = crate::scope(ctx).library().directory();
        let theirs = directory.identities.all().iter().filter(|one| self.whole && one.account == self.of.id);
        theirs.cloned().map(LinkedIdentity).collect()
    }

    /// Its roles (授权), the oldest first; none for who neither is it, nor keeps or audits it.
    async fn grants(&self, ctx: &Context<'_>) -> Vec<Grant> {
        // Of now: in the payload of a deed the request began before it, perhaps by nobody.
        let directory = crate::scope(ctx).library().directory();
        let theirs = directory.grants.all().iter().filter(|grant| self.whole && grant.account == self.of.id);
        theirs.cloned().map(Grant).collect()
    }
}
