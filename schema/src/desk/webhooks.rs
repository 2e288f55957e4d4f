//! Webhooks on the desk.

use async_graphql::{Context, ID, Object, Result};

use crate::connection::{Connection, listed, paging};
use crate::scalars::id;
use crate::webhook::Webhook;

/// Who is told of changes.
pub struct Webhooks;

#[Object]
impl Webhooks {
    /// The webhooks (推送) that the asker keeps, the newest first.
    async fn webhooks(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Webhook>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).webhooks();
        listed(&all, &paging, |webhook| webhook.id.to_string(), |page| page.into_iter().map(Webhook).collect())
    }

    /// One of them (推送); null for others.
    async fn webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which (推送标识).")] given: ID,
    ) -> Result<Option<Webhook>> {
        Ok(crate::scope(ctx).webhook(id(&given)?).map(Webhook))
    }
}
