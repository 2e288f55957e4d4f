//! Deeds on registered operations (登记操作): registering and retiring them.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result};
use library::id::OperationId;
use library::operation::OperationRules;

use crate::deed::{afterwards, caller, done, payload, written};
use crate::operation::RegisteredOperation;
use crate::scalars::id;

/// Operations to be registered (登记操作).
#[derive(Clone, InputObject)]
pub struct RegisterOperationsInput {
    /// The application that asks them (应用): a code, such as `county-x`.
    pub app: String,
    /// Their texts (查询文本): each is one operation with its fragments, as the front end sends it, at most 500 at once.
    pub operations: Vec<String>,
}

payload! {
    /// What came of registering operations (登记操作结果).
    RegisterOperationsPayload {
        /// Those that were given, in their order (登记操作).
        operations: Vec<RegisteredOperation>,
        /// How many of them were not registered before (新增数).
        added: i32,
    }
}

/// Registers operations.
pub async fn register_operations(
    ctx: &Context<'_>,
    input: RegisterOperationsInput,
) -> Result<RegisterOperationsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let rules = ctx.data_opt::<Arc<dyn OperationRules>>().cloned();
    let new = library::operation::RegisterOperations { app: input.app, queries: input.operations };
    let asker = caller.clone();
    let deed = async move { library.register_operations(&asker, new, rules.as_deref()).await };
    done(ctx, deed, |made| {
        let scope = afterwards(ctx, caller);
        let found = made.ids.iter().filter_map(|id| scope.operation(*id)).collect();
        RegisterOperationsPayload {
            operations: Some(RegisteredOperation::together(found)),
            added: i32::try_from(made.new).ok(),
            position: written(made.position),
            ..RegisterOperationsPayload::default()
        }
    })
    .await
}

/// An operation to be retired (停用登记操作).
#[derive(Clone, InputObject)]
pub struct RetireOperationInput {
    /// Which one (登记操作).
    pub operation: ID,
}

payload! {
    /// What came of retiring an operation (停用登记操作结果).
    RetireOperationPayload {
        /// The operation, which keys of its application run no more (登记操作).
        operation: RegisteredOperation,
    }
}

/// Retires an operation.
pub async fn retire_operation(ctx: &Context<'_>, input: RetireOperationInput) -> Result<RetireOperationPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let operation: OperationId = id(&input.operation)?;
    let asker = caller.clone();
    let deed = async move { library.retire_operation(&asker, operation).await };
    done(ctx, deed, |position| RetireOperationPayload {
        operation: afterwards(ctx, caller).operation(operation).map(RegisteredOperation::alone),
        position: written(position),
        ..RetireOperationPayload::default()
    })
    .await
}
