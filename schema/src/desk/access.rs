//! Accounts on the desk: who may do what, by what they are known, and what was done.

use async_graphql::{Context, ID, Object, Result};

use crate::account::{Account, ApiKey, AuditEntry, AuditFilter, Grant, audit};
use crate::connection::{Connection, listed, paging};
use crate::scalars::id;

/// Who may do what.
pub struct Access;

#[Object]
impl Access {
    /// The accounts (账号) that the asker keeps or audits, and its own, by login name.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Account>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).accounts();
        listed(&all, &paging, |account| account.id.to_string(), |page| page.into_iter().map(Account::whole).collect())
    }

    /// One of these accounts (账号); null for others.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Its identifier (标识).")] given: ID,
    ) -> Result<Option<Account>> {
        Ok(crate::scope(ctx).account(id(&given)?).map(Account::whole))
    }

    /// The roles (授权) of these accounts, the oldest first.
    async fn grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Grant>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).all_grants();
        listed(&all, &paging, |grant| grant.id.to_string(), |page| page.into_iter().map(Grant).collect())
    }

    /// The keys of systems (接口密钥) that act for these accounts, the newest first; those that are good for nothing any more
    /// stay.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<ApiKey>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).api_keys();
        listed(&all, &paging, |key| key.id.to_string(), ApiKey::together)
    }

    /// What was done (审计), the newest first: everything for who audits the platform, what concerns their sites for others. A
    /// page can be shorter than asked for and go on.
    async fn audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<AuditFilter>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<AuditEntry>> {
        audit(ctx, filter, size, after).await
    }
}
