//! Placing contents that stand nowhere yet, all those of a deed at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::settle::{INSERT_REASONS, Standing, tell};
use crate::changes::Work;
use crate::content::LiveContent;
use crate::database::Sql;
use crate::id::{ColumnId, PlacementId};
use crate::refusal::Result;
use crate::sharing::{Stand, accepted, mirror};

static INSERT: Sql = Sql::new(
    "insert into placement (id, column_id, site_id, content_id, kind, rank, hidden, shown, published_at, updated_at,
       shown_since)
     select as_id(r.value->>0), as_id(r.value->>1), as_id(r.value->>2), as_id(r.value->>3), r.value->>4, 0, $2, as_bool(r.value->>7),
       as_int(r.value->>5), as_int(r.value->>6), $3 from rows($1) r",
);

/// Places live contents that are new in the columns that their editors chose and where the subscriptions carry them.
pub(crate) async fn enter(work: &mut Work, contents: &[(LiveContent, Vec<ColumnId>)]) -> Result<()> {
    let directory = work.directory.clone();
    let zone = work.library().zone();
    let (mut placed, mut reasons, mut standing) = (Vec::new(), Vec::new(), Vec::with_capacity(contents.len()));
    let (nothing, nobody, nowhere) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    for (content, columns) in contents {
        let own: BTreeSet<ColumnId> = columns.iter().copied().collect();
        let stand = Stand { own: &own, hidden: &nothing, since: &nowhere, decided: &nobody };
        let wanted = mirror(&directory, zone, content, &stand);
        // Ids first: a mirrored placement names the placement that it mirrors.
        let ids: BTreeMap<ColumnId, PlacementId> =
            wanted.keys().map(|column| (*column, PlacementId(work.library().new_id()))).collect();
        let mut after = Vec::with_capacity(ids.len());
        for (column, why) in &wanted {
            let (Some(id), Some(found)) = (ids.get(column).copied(), directory.columns.get(*column)) else { continue };
            let kind: &str = content.kind.into();
            let own = own.contains(column);
            let shown = own || accepted(why);
            let hex = id.0.simple().to_string();
            placed.push(json!([
                hex,
                column.0.simple().to_string(),
                found.site.0.simple().to_string(),
                content.id.0.simple().to_string(),
                kind,
                content.published_at.0,
                content.updated_at.0,
                shown,
            ]));
            if own {
                reasons.push(json!([hex, "OWN", Uuid::nil().simple().to_string(), null, "ACCEPTED"]));
            }
            for ground in why {
                let source = ids.get(&ground.source).map(|source| source.0.simple().to_string());
                let (subscription, decision) =
                    (ground.subscription.0.simple().to_string(), <&str>::from(ground.decision));
                reasons.push(json!([hex, "MIRRORED", subscription, source, decision]));
            }
            let (site, member, since) = (found.site, content.member(), work.at);
            let standing =
                Standing { id, column: *column, site, shown, hidden: false, own, accepted: shown, since, member };
            after.push(standing);
        }
        standing.push(after);
    }
    if !placed.is_empty() {
        let rows = serde_json::Value::Array(placed);
        work.run(&INSERT, &[rows.into(), false.into(), work.at.into()]).await?;
    }
    work.insert(&INSERT_REASONS, reasons).await?;
    for ((content, _), after) in contents.iter().zip(&standing) {
        tell(work, &[], after, content.id, &content.card.tags);
    }
    Ok(())
}
