//! Operations that front ends registered (登记操作), and who still reads a field of the schema; shown to who keeps or audits the
//! platform, and to the application itself.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use library::id::OperationId;
use library::operation::Used;
use library::{Instant, Scope};
use tokio::sync::OnceCell;

use crate::scalars::{DateTime, int};

/// What a registered operation does (操作类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::operation::OperationKind")]
pub enum OperationKind {
    /// It reads (查询).
    Query,
    /// It does deeds (变更).
    Mutation,
    /// It follows changes (订阅).
    Subscription,
}

/// Operations that were read together.
struct Family {
    ids: Vec<OperationId>,
    used: OnceCell<HashMap<OperationId, Used>>,
}

/// A registered operation that the asker may see: who found it, has asked the library.
#[derive(Clone)]
pub struct RegisteredOperation {
    operation: Arc<library::operation::Operation>,
    family: Arc<Family>,
}

impl RegisteredOperation {
    /// Operations that one list answers.
    pub fn together(found: Vec<Arc<library::operation::Operation>>) -> Vec<Self> {
        let ids = found.iter().map(|operation| operation.id).collect();
        let family = Arc::new(Family { ids, used: OnceCell::new() });
        found.into_iter().map(|operation| Self { operation, family: family.clone() }).collect()
    }

    /// One alone.
    pub fn alone(operation: Arc<library::operation::Operation>) -> Self {
        let family = Arc::new(Family { ids: vec![operation.id], used: OnceCell::new() });
        Self { operation, family }
    }

    async fn used(&self, scope: &Scope) -> library::Result<Used> {
        let load = || scope.operations_used(&self.family.ids);
        Ok(self.family.used.get_or_try_init(load).await?.get(&self.operation.id).copied().unwrap_or_default())
    }
}

/// An operation that a front end's build registered (登记操作): a key that is made for the application runs no others. Found by who
/// keeps or audits the platform, and by keys of the application.
#[Object]
impl RegisteredOperation {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.operation.id.into()
    }

    /// The application that asks it (应用).
    async fn app(&self) -> &str {
        &self.operation.app
    }

    /// What it does (操作类型).
    async fn operation_kind(&self) -> OperationKind {
        self.operation.kind.into()
    }

    /// Its name (名称); null for one without.
    async fn name(&self) -> Option<&str> {
        self.operation.name.as_deref()
    }

    /// The SHA-256 of its text, as 64 hexadecimal digits (摘要): by it alone it is asked, too, as a persisted query.
    async fn sha256(&self) -> &str {
        &self.operation.digest
    }

    /// Its text (查询文本).
    async fn query(&self) -> &str {
        &self.operation.query
    }

    /// The fields that it selects, as `Type.field` (使用的字段). A field of an interface counts for each type that can stand there.
    async fn fields(&self) -> Vec<String> {
        self.operation.fields.iter().map(|one| format!("{}.{}", one.type_name, one.field)).collect()
    }

    /// When it was registered (登记时间).
    async fn registered_at(&self) -> DateTime {
        self.operation.registered_at.utc()
    }

    /// When it was retired (停用时间); null while keys run it.
    async fn retired_at(&self) -> Option<DateTime> {
        self.operation.retired_at.map(Instant::utc)
    }

    /// How often it was asked (调用次数), answers from the cache among them; written down once a minute.
    async fn uses(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.used(crate::scope(ctx)).await.map_err(crate::error)?.total))
    }

    /// The same in the last 30 days (近30天调用次数).
    async fn recent_uses(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.used(crate::scope(ctx)).await.map_err(crate::error)?.lately))
    }

    /// When it was last asked, to the minute (最近调用时间); null for never.
    async fn last_used_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let used = self.used(crate::scope(ctx)).await.map_err(crate::error)?;
        Ok(used.last_at.map(Instant::utc))
    }
}

/// Who still reads a field of the schema, or any of a type (字段使用情况).
#[derive(SimpleObject)]
pub struct SchemaUse {
    /// The applications, by name, each once (应用).
    apps: Vec<String>,
    /// Their operations that select it, those that are asked most lately first (登记操作).
    operations: Vec<RegisteredOperation>,
}

impl SchemaUse {
    /// That of a field.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn of(scope: &Scope, type_name: &str, field: Option<&str>) -> Result<Self> {
        let found = scope.schema_use(type_name, field).await.map_err(crate::error)?;
        let mut apps: Vec<String> = found.iter().map(|one| one.operation.app.clone()).collect();
        apps.sort_unstable();
        apps.dedup();
        let used = found.iter().map(|one| (one.operation.id, one.used)).collect();
        let ids = found.iter().map(|one| one.operation.id).collect();
        let family = Arc::new(Family { ids, used: OnceCell::new_with(Some(used)) });
        let operations =
            found.into_iter().map(|one| RegisteredOperation { operation: one.operation, family: family.clone() });
        Ok(Self { apps, operations: operations.collect() })
    }
}
