//! Restoring placements that were taken from another library: the same ids, order and reasons.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::settle::{members, tell_moved};
use crate::changes::Work;
use crate::content::LiveContent;
use crate::database::Sql;
use crate::due::{Due, schedule};
use crate::id::{ColumnId, PlacementId, SubscriptionId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};

/// A placement as it is taken from library to library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlacementRecord {
    pub id: PlacementId,
    pub column: ColumnId,
    /// Whether editors placed it.
    pub own: bool,
    /// Which subscriptions bring it, and from which placements.
    pub from: Vec<SourceRecord>,
    pub rank: i64,
    pub pinned_until: Option<Instant>,
    pub title: Option<String>,
    pub hidden: bool,
    pub shown_since: Instant,
}

/// What brings a mirrored placement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SourceRecord {
    pub subscription: SubscriptionId,
    pub placement: PlacementId,
}

static INSERT: Sql = Sql::new(
    "insert into placement (id, column_id, site_id, content_id, kind, rank, pinned_until, title, hidden, shown, published_at,
       updated_at, shown_since) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
);
static REASONS: Sql = Sql::new(
    "insert into placement_reason (placement_id, origin, subscription_id, source_placement_id, decision)
     select as_id(r.value->>0), r.value->>1, as_id(r.value->>2), as_id(r.value->>3), 'ACCEPTED' from rows($1) r
     where true on conflict do nothing",
);

/// Adds the placements and reasons that the content does not have yet; answers whether there were any.
pub(crate) async fn restore(work: &mut Work, content: &LiveContent, records: &[PlacementRecord]) -> Result<bool> {
    let before = members(work, content.id).await?;
    let mut reasons = Vec::new();
    let mut inserted = false;
    for record in records {
        match before.iter().find(|known| known.id == record.id || known.column == record.column) {
            Some(known) if known.id == record.id && known.column == record.column => {}
            Some(_) => {
                let message = "库中该信息在此栏目已有另一条展示记录";
                let english = "the library holds another placement of it in this column";
                return Err(Refusal::new(RefusalCode::Duplicate, "placements", message, english).into());
            }
            None => {
                insert(work, content, record).await?;
                inserted = true;
            }
        }
        let id = record.id.0.simple().to_string();
        if record.own {
            reasons.push(json!([id, "OWN", Uuid::nil().simple().to_string(), null]));
        }
        for from in &record.from {
            if work.directory.subscriptions.get(from.subscription).is_none() {
                return Err(Refusal::not_found("placements.from").into());
            }
            let source = from.placement.0.simple().to_string();
            reasons.push(json!([id, "MIRRORED", from.subscription.0.simple().to_string(), source]));
        }
    }
    let added = match reasons.is_empty() {
        true => 0,
        false => work.run(&REASONS, &[serde_json::Value::Array(reasons).into()]).await?,
    };
    if inserted || added > 0 {
        tell_moved(work, &before, content.id).await?;
    }
    Ok(inserted || added > 0)
}

async fn insert(work: &mut Work, content: &LiveContent, record: &PlacementRecord) -> Result<()> {
    let column = work.directory.columns.get(record.column).cloned();
    let column = column.ok_or_else(|| Refusal::not_found("placements.column"))?;
    let kind: &str = content.kind.into();
    let params = [
        record.id.into(),
        column.id.into(),
        column.site.into(),
        content.id.into(),
        kind.into(),
        record.rank.into(),
        record.pinned_until.into(),
        (&record.title).into(),
        record.hidden.into(),
        (!record.hidden).into(),
        content.published_at.into(),
        content.updated_at.into(),
        record.shown_since.into(),
    ];
    work.run(&INSERT, &params).await?;
    if let Some(until) = record.pinned_until {
        schedule(work, until, Due::Unpin, record.id.0).await?;
    }
    Ok(())
}
