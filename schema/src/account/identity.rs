//! Identities of sign-on providers (统一身份) that accounts are known by: linking and unlinking them.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::Account;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::{DateTime, id, kept};

/// An identity that the asker may see: who found it, has asked the library.
#[derive(Clone)]
pub struct LinkedIdentity(pub Arc<library::linked_identity::LinkedIdentity>);

/// An identity of a sign-on provider that an account is known by (统一身份). Found by who sees the account.
#[Object]
impl LinkedIdentity {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whose it is (账号).
    async fn account(&self, ctx: &Context<'_>) -> Result<Account> {
        let found = crate::scope(ctx).library().directory().accounts.get(self.0.account).cloned();
        kept(found, "account of an identity").map(Account::whole)
    }

    /// Who vouches for it, `iss` of its tokens (签发方).
    async fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// How the issuer calls it, `sub` of its tokens (身份标识).
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// When it was linked (关联时间).
    async fn linked_at(&self) -> DateTime {
        self.0.created_at.utc()
    }
}

/// An identity to be linked to an account (关联统一身份).
#[derive(Clone, InputObject)]
pub struct LinkIdentityInput {
    /// To which account (账号).
    pub account: ID,
    /// Who vouches for it, to the letter as in `iss` (签发方).
    pub issuer: String,
    /// How the issuer calls it, to the letter as in `sub` (身份标识).
    pub subject: String,
}

payload! {
    /// What came of linking an identity (关联统一身份结果).
    LinkIdentityPayload {
        /// The identity (统一身份).
        identity: LinkedIdentity,
    }
}

/// Links an identity.
pub async fn link_identity(ctx: &Context<'_>, input: LinkIdentityInput) -> Result<LinkIdentityPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let LinkIdentityInput { account, issuer, subject } = input;
    let new = library::linked_identity::LinkIdentity { account: id(&account)?, issuer, subject };
    let asker = caller.clone();
    let deed = async move { library.link_identity(&asker, new).await };
    done(ctx, deed, |(id, position)| LinkIdentityPayload {
        identity: afterwards(ctx, caller).identity(id).map(LinkedIdentity),
        position: written(position),
        ..LinkIdentityPayload::default()
    })
    .await
}

/// An identity to be unlinked (解除统一身份关联).
#[derive(Clone, InputObject)]
pub struct UnlinkIdentityInput {
    /// Which identity (统一身份).
    pub identity: ID,
}

payload! {
    /// What came of unlinking an identity (解除统一身份关联结果).
    UnlinkIdentityPayload {}
}

/// Unlinks an identity.
pub async fn unlink_identity(ctx: &Context<'_>, input: UnlinkIdentityInput) -> Result<UnlinkIdentityPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let identity = id(&input.identity)?;
    let deed = async move { library.unlink_identity(&caller, identity).await };
    done(ctx, deed, |position| UnlinkIdentityPayload {
        position: written(position),
        ..UnlinkIdentityPayload::default()
    })
    .await
}
