//! Accounts on the desk.

use async_graphql::{Context, Object, Result};

use crate::account::Account;
use crate::connection::{Connection, listed, paging};

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
}
