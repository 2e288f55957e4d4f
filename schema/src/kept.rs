//! What a node keeps of its answers, as the schema tells of it (缓存说明). What keeps them is behind the door, and knows of
//! no type here.

use std::sync::Arc;

use async_graphql::{Context, Enum, SimpleObject};
use library::Position;
use serde_json::Value;

use crate::Answering;
use crate::scalars::{Json, int};

/// What keeps answers.
pub trait Kept: Send + Sync {
    /// How many kept answers the change at `position` took away, if that is still known.
    fn evicted(&self, position: Position) -> Answering<'_, Option<u64>>;

    /// What is done with the answer to a question; nothing to who may not know.
    fn explain(&self, operation: String, variables: Value) -> Answering<'_, Option<CacheExplanation>>;
}

/// What keeps the answers of this node; data of a request.
pub type Keeper = Arc<dyn Kept>;

/// What is done with the answer to an operation (缓存状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CacheState {
    /// It is kept now (已缓存).
    Kept,
    /// It may be kept, and is not now (可缓存).
    NotKept,
    /// It depends on who asks, or is done anew each time: it is never kept (不缓存).
    Private,
    /// It is no valid query, and has no answer (语句有误).
    Invalid,
}

/// What the cache does with the answer to an operation (缓存说明).
#[derive(Debug, Clone, SimpleObject)]
pub struct CacheExplanation {
    /// What is done with it (缓存状态).
    pub state: CacheState,
    /// The position of the change log that this tells of (变更位置).
    pub position: String,
    /// What the answer depends on, a line each (依赖): a change of one of these takes it away. Of a list, the part that is shown. At
    /// most 200, then a line that says how many more.
    pub subjects: Vec<String>,
    /// The keys by which caches in front of the server know it (`Surrogate-Key`), and are told what is stale (清除键).
    pub keys: Vec<String>,
    /// How many bytes the answer has (字节数); null if it has errors.
    pub bytes: Option<i32>,
    /// What is wrong with an operation that is not valid (问题).
    pub problem: Option<String>,
}

/// How many kept answers the change at a written position took away; nothing where none are kept.
pub async fn evicted(ctx: &Context<'_>, position: Option<&str>) -> Option<i32> {
    let keeper = ctx.data_opt::<Keeper>()?;
    keeper.evicted(position?.parse().ok()?).await.map(|many| int(i64::try_from(many).unwrap_or(i64::MAX)))
}

/// What is done with the answer to an operation; nothing to who may not know.
pub async fn explain(ctx: &Context<'_>, operation: String, variables: Option<Json>) -> Option<CacheExplanation> {
    // Who asks is looked at behind the door; this keeps the answer from everybody else.
    let _ = crate::scope(ctx).caller();
    let keeper = ctx.data_opt::<Keeper>()?;
    keeper.explain(operation, variables.map_or(Value::Null, |Json(variables)| variables)).await
}
