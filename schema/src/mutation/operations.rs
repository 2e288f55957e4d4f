//! Deeds on registered operations (登记操作).

use async_graphql::{Context, Object, Result};

use crate::operation_deeds::{
    self, RegisterOperationsInput, RegisterOperationsPayload, RetireOperationInput, RetireOperationPayload,
};

/// Deeds on what front ends ask.
#[derive(Default)]
pub struct OperationDeeds;

#[Object]
impl OperationDeeds {
    /// Registers what an application asks (登记操作), all or none. What is registered stays so. For who keeps the platform, and for
    /// keys with the right `OPERATIONS` that are made for the application.
    async fn register_operations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application and its operations (应用和操作).")] input: RegisterOperationsInput,
    ) -> Result<RegisterOperationsPayload> {
        Box::pin(operation_deeds::register_operations(ctx, input)).await
    }

    /// Retires a registered operation (停用登记操作): keys of its application do not run it any more. For who may register it.
    async fn retire_operation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one (登记操作).")] input: RetireOperationInput,
    ) -> Result<RetireOperationPayload> {
        Box::pin(operation_deeds::retire_operation(ctx, input)).await
    }
}
