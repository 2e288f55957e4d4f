//! Deeds on webhooks (推送).

use async_graphql::{Context, Object, Result};

use crate::webhook_deeds::{
    self, CreateWebhookInput, CreateWebhookPayload, DeleteWebhookInput, DeleteWebhookPayload, EditWebhookInput,
    EditWebhookPayload, RedeliverInput, RedeliverPayload, TestWebhookInput, TestWebhookPayload,
};

/// Deeds on what tells other systems of changes.
#[derive(Default)]
pub struct WebhookDeeds;

#[Object]
impl WebhookDeeds {
    /// Makes a webhook, which is told of what changes from now on (新建推送). For who keeps the site, or without one the platform.
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The webhook (推送).")] input: CreateWebhookInput,
    ) -> Result<CreateWebhookPayload> {
        Box::pin(webhook_deeds::create_webhook(ctx, input)).await
    }

    /// Changes a webhook, pauses it or goes on, or gives it a new secret (编辑推送). For who keeps its site.
    async fn edit_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and what of it (推送).")] input: EditWebhookInput,
    ) -> Result<EditWebhookPayload> {
        Box::pin(webhook_deeds::edit_webhook(ctx, input)).await
    }

    /// Deletes a webhook with all that was sent to it (删除推送). For who keeps its site.
    async fn delete_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (推送).")] input: DeleteWebhookInput,
    ) -> Result<DeleteWebhookPayload> {
        Box::pin(webhook_deeds::delete_webhook(ctx, input)).await
    }

    /// Sends a test to a webhook (测试推送), once. For who keeps its site.
    async fn test_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (推送).")] input: TestWebhookInput,
    ) -> Result<TestWebhookPayload> {
        Box::pin(webhook_deeds::test_webhook(ctx, input)).await
    }

    /// Sends once more what was sent to a webhook before (重新推送), as it is to be told now. For who keeps its site.
    async fn redeliver(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What (推送记录).")] input: RedeliverInput,
    ) -> Result<RedeliverPayload> {
        Box::pin(webhook_deeds::redeliver(ctx, input)).await
    }
}
