//! Deeds on shared columns (栏目共享).

use async_graphql::{Context, Object, Result};

use crate::subscription_deeds::{
    self, DecideSubscriptionInput, DecideSubscriptionPayload, EditSubscriptionInput, EditSubscriptionPayload,
    SubscribeColumnInput, SubscribeColumnPayload, UnsubscribeColumnInput, UnsubscribeColumnPayload,
};

/// Deeds on shared columns.
#[derive(Default)]
pub struct SharingDeeds;

#[Object]
impl SharingDeeds {
    /// Shows in a column what another column, a tag or an organisation brings (订阅栏目). For who keeps the receiving column.
    async fn subscribe_column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What takes from where (共享内容).")] input: SubscribeColumnInput,
    ) -> Result<SubscribeColumnPayload> {
        Box::pin(subscription_deeds::subscribe_column(ctx, input)).await
    }

    /// Edits a shared column, or lets it rest (修改共享). For who keeps the receiving column.
    async fn edit_subscription(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditSubscriptionInput,
    ) -> Result<EditSubscriptionPayload> {
        Box::pin(subscription_deeds::edit_subscription(ctx, input)).await
    }

    /// Ends a shared column (取消共享): what only it brought goes. For who keeps either end.
    async fn unsubscribe_column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which (共享).")] input: UnsubscribeColumnInput,
    ) -> Result<UnsubscribeColumnPayload> {
        Box::pin(subscription_deeds::unsubscribe_column(ctx, input)).await
    }

    /// Grants or refuses a column that is shared on conditions (答复共享申请). For who keeps the source column.
    async fn decide_subscription(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and the answer (答复内容).")] input: DecideSubscriptionInput,
    ) -> Result<DecideSubscriptionPayload> {
        Box::pin(subscription_deeds::decide_subscription(ctx, input)).await
    }
}
