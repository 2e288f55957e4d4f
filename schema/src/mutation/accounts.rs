//! Deeds on accounts, sessions and roles (账号、会话、授权).

use async_graphql::{Context, Object, Result};

use crate::account::{
    self, ChangePasswordInput, ChangePasswordPayload, CreateAccountInput, CreateAccountPayload, EditAccountInput,
    EditAccountPayload, EndSessionsInput, EndSessionsPayload, GrantRoleInput, GrantRolePayload, RefreshSessionInput,
    RefreshSessionPayload, ResetPasswordInput, ResetPasswordPayload, RevokeRoleInput, RevokeRolePayload, SignInInput,
    SignInPayload, SignOutInput, SignOutPayload,
};

/// Deeds on accounts.
#[derive(Default)]
pub struct AccountDeeds;

#[Object]
impl AccountDeeds {
    /// Begins a session (登录). Asked without `Authorization`. After three failures each further attempt from the same
    /// address must wait longer.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name and password (登录名和口令).")] input: SignInInput,
    ) -> Result<SignInPayload> {
        Box::pin(account::sign_in(ctx, input)).await
    }

    /// Goes on with a session (刷新会话): with a refresh token, or with the cookie that keeps one. Asked without `Authorization`.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token (刷新令牌).")] input: RefreshSessionInput,
    ) -> Result<RefreshSessionPayload> {
        Box::pin(account::refresh_session(ctx, input)).await
    }

    /// Ends the asker's session (退出登录): its tokens are good for nothing from now on, and a cookie is forgotten.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions (哪些会话).")] input: SignOutInput,
    ) -> Result<SignOutPayload> {
        Box::pin(account::sign_out(ctx, input)).await
    }

    /// Ends all sessions of an account (结束会话): one's own, or one that the asker keeps.
    async fn end_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose (账号).")] input: EndSessionsInput,
    ) -> Result<EndSessionsPayload> {
        Box::pin(account::end_sessions(ctx, input)).await
    }

    /// Changes the asker's own password (修改口令); all other sessions of the account end.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present password and the next (口令).")] input: ChangePasswordInput,
    ) -> Result<ChangePasswordPayload> {
        Box::pin(account::change_password(ctx, input)).await
    }

    /// Gives an account a new password (重置口令), which must be changed at the next sign-in; all its sessions end. For who
    /// keeps the account and all that it has a role over.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which (账号和新口令).")] input: ResetPasswordInput,
    ) -> Result<ResetPasswordPayload> {
        Box::pin(account::reset_password(ctx, input)).await
    }

    /// Creates an account without any role (新建账号). For platform and site administrators.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account (账号).")] input: CreateAccountInput,
    ) -> Result<CreateAccountPayload> {
        Box::pin(account::create_account(ctx, input)).await
    }

    /// Edits an account, or disables it (修改账号). For who keeps the account and all that it has a role over.
    async fn edit_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditAccountInput,
    ) -> Result<EditAccountPayload> {
        Box::pin(account::edit_account(ctx, input)).await
    }

    /// Gives an account a role somewhere (授权). For who keeps accounts there; nobody gives himself a role.
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, which and where (授权内容).")] input: GrantRoleInput,
    ) -> Result<GrantRolePayload> {
        Box::pin(account::grant_role(ctx, input)).await
    }

    /// Takes a role away (撤销授权); it acts with the next request. For who keeps accounts where the role holds.
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which grant (授权).")] input: RevokeRoleInput,
    ) -> Result<RevokeRolePayload> {
        Box::pin(account::revoke_role(ctx, input)).await
    }
}
