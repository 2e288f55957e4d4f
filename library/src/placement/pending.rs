//! What waits for receiving desks (待审共享), for those who may decide it.

use std::sync::Arc;

use super::Shown;
use crate::Scope;
use crate::changes::List;
use crate::content::{CONTENT, LiveContent};
use crate::database::{Row, Sql, Value};
use crate::id::{AnyId, ColumnId, ContentId, PlacementId, SubscriptionId};
use crate::instant::Instant;
use crate::may::{Right, Target, may};
use crate::refusal::Result;
use crate::scope::{Paging, Walked};
use crate::sharing::Subscription;

/// A placement that waits.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The placement.
    pub id: PlacementId,
    /// The column that would show it.
    pub column: ColumnId,
    /// The content.
    pub content: Arc<LiveContent>,
    /// What brings it.
    pub subscription: Arc<Subscription>,
    /// The showing that it would mirror.
    pub source: Shown,
    /// Since when it waits.
    pub arrived_at: Instant,
}

impl Pending {
    /// The key of the list's order.
    pub fn cursor_key(&self) -> Vec<Value> {
        vec![self.arrived_at.into(), self.id.into()]
    }
}

/// The condition of what waits, for a placement `p`.
const WAITS: &str = "not p.shown and not p.hidden
     and exists (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'PENDING')";

/// The first reason for which it waits.
const REASON: &str =
    "from placement_reason r where r.placement_id = p.id and r.decision = 'PENDING' order by r.subscription_id limit 1";

impl List {
    /// What waits for the desk of a column.
    pub(crate) fn pending(column: ColumnId) -> Self {
        Self::Of("pending", AnyId::ColumnId(column))
    }
}

impl Scope {
    /// The columns of which the asker decides what subscriptions bring. The answer is private.
    fn decided_columns(&self) -> Vec<ColumnId> {
        let (directory, Some(caller)) = (self.directory(), self.caller()) else { return Vec::new() };
        let mut columns: Vec<ColumnId> = directory.subscriptions.all().iter().map(|one| one.target).collect();
        columns.sort_unstable();
        columns.dedup();
        columns.retain(|column| {
            let target = Target::column(&directory, *column);
            self.column(*column).is_some()
                && target.is_some_and(|target| may(&directory, caller, Right::Subscribe, &target).is_ok())
        });
        for column in &columns {
            self.note_list(List::pending(*column));
        }
        columns
    }

    /// What waits for the asker's decision, the newest first.
    pub async fn pending_placements(&self, paging: &Paging<Vec<Value>>) -> Result<Walked<Pending>> {
        let columns = self.decided_columns();
        if columns.is_empty() {
            return Ok(Walked::empty());
        }
        let (at, id) = match paging.from.as_deref() {
            Some([Value::Int(at), Value::Id(id)]) => (*at, *id),
            _ => (i64::MAX, uuid::Uuid::max()),
        };
        let condition = "p.column_id in ids($1) and (p.shown_since, p.id) < ($2, $3)";
        let limit = (paging.size + 1) as i64;
        let params = vec![columns.as_slice().into(), at.into(), id.into(), limit.into()];
        let rows = self.rows(&select(condition, "limit $4"), params).await?;
        let more = rows.len() > paging.size;
        let items = self.read_pending(&rows[..rows.len().min(paging.size)]).await?;
        // What cannot be seen at its source any more is left out; the page goes on behind it all the same.
        let last = rows.get(paging.size.saturating_sub(1)).filter(|_| more);
        let ends_at = last.map(|row| {
            Ok::<_, crate::Error>(vec![Value::Int(row.get::<Instant>(2)?.0), row.get::<PlacementId>(0)?.into()])
        });
        Ok(Walked {
            items,
            has_next: more,
            has_previous: paging.from.is_some(),
            begins_at: None,
            ends_at: ends_at.transpose()?,
        })
    }

    /// Those of these placements that wait for the asker's decision.
    pub async fn pending_by_id(&self, ids: &[PlacementId]) -> Result<Vec<Pending>> {
        let columns = self.decided_columns();
        for id in ids {
            self.note_record(AnyId::PlacementId(*id));
        }
        if columns.is_empty() || ids.is_empty() {
            return Ok(Vec::new());
        }
        let params = vec![columns.as_slice().into(), ids.into()];
        let rows = self.rows(&select("p.column_id in ids($1) and p.id in ids($2)", ""), params).await?;
        self.read_pending(&rows).await
    }

    /// How many placements wait for the asker's decision.
    pub async fn pending_count(&self) -> Result<i64> {
        let columns = self.decided_columns();
        let text = format!("select cast(count(*) as bigint) from placement p where p.column_id in ids($1) and {WAITS}");
        let rows = self.rows(&Sql::built(text), vec![columns.as_slice().into()]).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }

    async fn read_pending(&self, rows: &[Row]) -> Result<Vec<Pending>> {
        let sources =
            rows.iter().filter_map(|row| row.get::<Option<PlacementId>>(4).transpose()).collect::<Result<Vec<_>>>()?;
        let sources = self.placements_by_id(&sources).await?;
        let directory = self.directory();
        let mut pending = Vec::with_capacity(rows.len());
        for row in rows {
            let (subscription, source): (SubscriptionId, Option<PlacementId>) = (row.get(3)?, row.get(4)?);
            let content = Arc::new(LiveContent::read(self.library().cards(), row, 5)?);
            self.note_record(AnyId::ContentId(content.id));
            let source = sources.iter().find(|shown| Some(shown.placement.id) == source);
            if let Some((subscription, source)) = directory.subscriptions.get(subscription).zip(source) {
                pending.push(Pending {
                    id: row.get(0)?,
                    column: row.get(1)?,
                    content,
                    subscription: subscription.clone(),
                    source: source.clone(),
                    arrived_at: row.get(2)?,
                });
            }
        }
        Ok(pending)
    }
}

/// What waits, with the first subscription that brings it.
fn select(condition: &str, end: &str) -> Sql {
    let content = CONTENT.replace("{c}", "c");
    Sql::built(format!(
        "select p.id, p.column_id, p.shown_since, (select r.subscription_id {REASON}), (select r.source_placement_id {REASON}),
           {content} from placement p join content c on c.id = p.content_id where {condition} and {WAITS}
         order by p.shown_since desc, p.id desc {end}"
    ))
}

static WAITING: Sql = Sql::new(
    "select cast(count(*) as bigint) from placement p where p.content_id = $1 and not p.shown and not p.hidden
     and exists (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'PENDING')",
);

impl crate::Library {
    /// In how many columns a content waits for the receiving desk.
    pub async fn waiting_placements(&self, content: ContentId) -> Result<i64> {
        let rows = self.database().rows(&WAITING, &[content.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }
}
