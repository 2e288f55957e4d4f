//! Deeds on keys of systems, second factors and linked identities (接口密钥、双因素认证、统一身份).

use async_graphql::{Context, Object, Result};

use crate::account::{
    self, CreateApiKeyInput, CreateApiKeyPayload, EnrolSecondFactorInput, EnrolSecondFactorPayload, LinkIdentityInput,
    LinkIdentityPayload, RemoveSecondFactorInput, RemoveSecondFactorPayload, RevokeApiKeyInput, RevokeApiKeyPayload,
    UnlinkIdentityInput, UnlinkIdentityPayload,
};

/// Deeds on what accounts are known by.
#[derive(Default)]
pub struct KeyDeeds;

#[Object]
impl KeyDeeds {
    /// Makes a key by which a system acts for an account (新建接口密钥). For who keeps the account, all that it has a role over,
    /// and the accounts of the site.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key (接口密钥).")] input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        Box::pin(account::create_api_key(ctx, input)).await
    }

    /// Revokes a key (撤销接口密钥): it is good for nothing with the next request. For who keeps its account.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key (接口密钥).")] input: RevokeApiKeyInput,
    ) -> Result<RevokeApiKeyPayload> {
        Box::pin(account::revoke_api_key(ctx, input)).await
    }

    /// Enrols a second factor of the asker's own account (启用双因素认证): first without a code, which answers the secret, then
    /// with the first code. Then all other sessions of the account end, and `signIn` asks for a code.
    async fn enrol_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nothing, or the first code (验证码).")] input: EnrolSecondFactorInput,
    ) -> Result<EnrolSecondFactorPayload> {
        Box::pin(account::enrol_second_factor(ctx, input)).await
    }

    /// Removes the second factor of somebody who lost it (移除双因素认证); all its sessions end. For who keeps the account and all
    /// that it has a role over; nobody removes the own one.
    async fn remove_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose (账号).")] input: RemoveSecondFactorInput,
    ) -> Result<RemoveSecondFactorPayload> {
        Box::pin(account::remove_second_factor(ctx, input)).await
    }

    /// Links an identity of a sign-on provider to an account (关联统一身份): who brings a token of it, is that account. For who
    /// keeps the account and all that it has a role over.
    async fn link_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which identity, to which account (身份和账号).")] input: LinkIdentityInput,
    ) -> Result<LinkIdentityPayload> {
        Box::pin(account::link_identity(ctx, input)).await
    }

    /// Unlinks an identity (解除统一身份关联): its tokens are good for nothing with the next request. For who keeps the account.
    async fn unlink_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which identity (统一身份).")] input: UnlinkIdentityInput,
    ) -> Result<UnlinkIdentityPayload> {
        Box::pin(account::unlink_identity(ctx, input)).await
    }
}
