//! Mirrors on the desk.

use async_graphql::{Context, Object, Result};

use crate::mirror::Mirror;

/// What of other instances is followed.
pub struct Mirrors;

#[Object]
impl Mirrors {
    /// The mirrors (跟随) into sites that the asker keeps, by name, with their exchange logs (交换日志).
    async fn mirrors(&self, ctx: &Context<'_>) -> Result<Vec<Mirror>> {
        let found = crate::scope(ctx).mirrors().await.map_err(crate::error)?;
        Ok(found.into_iter().map(Mirror).collect())
    }
}
