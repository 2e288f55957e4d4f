//! Recall with receipts (撤回回执): what is withdrawn leaves a receipt for each column that carried it, on whatever site, and
//! each receipt says when those were reached who might still have it.
//!
//! The withdrawing deed writes the receipts. What comes later, its position in the log ([`follow`]) and the moments at which
//! the slowest node ([`nodes`]) and the last receiver ([`readers`], and webhooks) had passed that position ([`close`]), is
//! written beside the log. No deed waits for that, and this room withdraws nothing.

mod close;
mod follow;
mod nodes;
mod read;
mod readers;

use serde_json::json;

use crate::changes::Work;
use crate::database::Sql;
use crate::id::{ColumnId, ContentId, SiteId};
use crate::instant::Instant;
use crate::placement::Standing;
use crate::refusal::Result;

pub use follow::Withdrawals;
pub use nodes::{Node, Reached};
pub(crate) use readers::Readings;

/// What was withdrawn when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Of which content.
    pub content: ContentId,
    /// When.
    pub at: Instant,
    /// Why, for the desk.
    pub reason: String,
    /// What readers of its address are told.
    pub notice: Option<String>,
    /// How many columns carried it.
    pub columns: i64,
}

/// What became of a withdrawal in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The site of the column.
    pub site: SiteId,
    /// The column that carried the content.
    pub column: ColumnId,
    /// How many placements were taken away.
    pub placements: i64,
    /// When they were.
    pub removed_at: Instant,
    /// When the last of the nodes that lived had passed the withdrawal; nothing while one has not.
    pub cache_evicted_at: Option<Instant>,
    /// When the search of the last of the nodes that lived had passed the withdrawal; nothing while one has not.
    pub search_passed_at: Option<Instant>,
    /// When the last of those had passed it who follow the column; nothing while one has not.
    pub delivered_at: Option<Instant>,
}

static WRITE: Sql = Sql::new(
    "insert into withdrawal_receipt (content_id, column_id, site_id, placements, removed_at)
     select $1, as_id(r.value->>0), as_id(r.value->>1), as_int(r.value->>2), $2 from rows($3) r where true
     on conflict (content_id, column_id) do update set site_id = excluded.site_id, placements = excluded.placements,
       removed_at = excluded.removed_at, position = null, cache_evicted_at = null, search_passed_at = null,
       delivered_at = null",
);

/// Writes a receipt for each column that showed a content until now: one statement, however many there are. Those of an
/// earlier withdrawal are known by another moment.
pub(crate) async fn write_receipts(work: &mut Work, content: ContentId, carried: &[Standing]) -> Result<()> {
    let hex = |id: uuid::Uuid| id.simple().to_string();
    let shown = carried.iter().filter(|standing| standing.shown);
    let rows: Vec<_> = shown.map(|standing| json!([hex(standing.column.0), hex(standing.site.0), 1])).collect();
    if !rows.is_empty() {
        let params = [content.into(), work.at.into(), serde_json::Value::Array(rows).into()];
        work.run(&WRITE, &params).await?;
    }
    Ok(())
}
