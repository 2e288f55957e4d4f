//! Registered operations on the desk.

use async_graphql::{Context, Object, Result};

use crate::connection::{Connection, listed, paging};
use crate::operation::{RegisteredOperation, SchemaUse};

/// What front ends ask.
pub struct Operations;

#[Object]
impl Operations {
    /// The registered operations (登记操作) that the asker may see, by application and name.
    async fn operations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this application (应用).")] app: Option<String>,
        #[graphql(desc = "Whether those that are retired are shown, too (含已停用).", default)] with_retired: bool,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<RegisteredOperation>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).operations(app.as_deref(), with_retired);
        listed(&all, &paging, |operation| operation.id.to_string(), RegisteredOperation::together)
    }

    /// Which front end still reads a field of the schema, or any field of a type (字段使用情况): by the operations that are registered
    /// and not retired.
    async fn schema_use(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "type", desc = "The type (类型), such as `Policy`.")] type_name: String,
        #[graphql(desc = "The field (字段), such as `validity`; any if not given.")] field: Option<String>,
    ) -> Result<SchemaUse> {
        SchemaUse::of(crate::scope(ctx), &type_name, field.as_deref()).await
    }
}
