//! Grants (授权): which role an account has, and where; giving and taking them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use library::grant::GrantScope;
use library::id::AnyId;

use super::Account;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::node::Node;
use crate::nouns::of_directory;
use crate::scalars::{bad_input, id, kept};

/// What an account is somewhere (角色). What each may do is in docs/grants.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::grant::Role")]
pub enum Role {
    /// Keeps the whole platform (平台管理员).
    PlatformAdmin,
    /// Keeps a site with those below it, their columns and accounts (站点管理员).
    SiteAdmin,
    /// Writes contents (编辑).
    Editor,
    /// Reviews contents at one level (审核员).
    Reviewer,
    /// Publishes, withdraws and arranges (发布员).
    Publisher,
    /// Keeps tags (标签管理员).
    TagSteward,
    /// Reads who did what (审计员).
    Auditor,
}

/// A role that an account has somewhere.
#[derive(Clone)]
pub struct Grant(pub Arc<library::grant::Grant>);

/// A role that an account has somewhere (授权).
#[Object]
impl Grant {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whose it is (账号).
    async fn account(&self, ctx: &Context<'_>) -> Result<Account> {
        let found = crate::scope(ctx).library().directory().accounts.get(self.0.account).cloned();
        kept(found, "account of a grant").map(Account::whole)
    }

    /// Which role (角色).
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// Where it holds (范围): a site, an organisation or a column, with all below it; null for the whole platform.
    async fn scope(&self, ctx: &Context<'_>) -> Option<Node> {
        of_directory(crate::scope(ctx), self.0.scope.id()?)
    }

    /// The level that a reviewer reviews at, 1 to 4; null for other roles (审核级别).
    async fn level(&self) -> Option<i32> {
        self.0.level.map(i32::from)
    }
}

/// A role to be given (授权).
#[derive(Debug, Clone, InputObject)]
pub struct GrantRoleInput {
    /// To whom (账号).
    pub account: ID,
    /// Which role (角色).
    pub role: Role,
    /// The level that a reviewer reviews at, 1 to 4; for no other role (审核级别).
    pub level: Option<i32>,
    /// Where (范围): a site, an organisation or a column, with all below it; the whole platform if not given.
    pub scope: Option<ID>,
}

payload! {
    /// What came of giving a role (授权结果).
    GrantRolePayload {
        /// The grant (授权).
        grant: Grant,
    }
}

/// Gives a role.
pub async fn grant_role(ctx: &Context<'_>, input: GrantRoleInput) -> Result<GrantRolePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let scope = match &input.scope {
        None => GrantScope::Platform,
        Some(given) => GrantScope::of(id::<AnyId>(given)?)
            .ok_or_else(|| bad_input("a scope is a site, an organisation or a column"))?,
    };
    let level = input.level.map(|level| u8::try_from(level).unwrap_or(u8::MAX));
    let role = library::grant::GrantRole { account: id(&input.account)?, role: input.role.into(), level, scope };
    let asker = caller.clone();
    let deed = async move { library.grant_role(&asker, role).await };
    done(ctx, deed, |(id, position)| GrantRolePayload {
        grant: afterwards(ctx, caller).grant(id).map(Grant),
        position: written(position),
        ..GrantRolePayload::default()
    })
    .await
}

/// A role to be taken away (撤销授权).
#[derive(Debug, Clone, InputObject)]
pub struct RevokeRoleInput {
    /// Which grant (授权).
    pub grant: ID,
}

payload! {
    /// What came of taking a role away (撤销授权结果).
    RevokeRolePayload {}
}

/// Takes a role away.
pub async fn revoke_role(ctx: &Context<'_>, input: RevokeRoleInput) -> Result<RevokeRolePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let grant = id(&input.grant)?;
    let deed = async move { library.revoke_role(&caller, grant).await };
    done(ctx, deed, |position| RevokeRolePayload { position: written(position), ..RevokeRolePayload::default() }).await
}
