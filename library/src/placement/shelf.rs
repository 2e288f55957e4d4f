//! Kept counters of lists: how many members a column, a site, a tag or the library has, without counting.
//!
//! Beside them, under `elsewhere`, is how many contents with a tag did not come along with a site that was restored here.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use crate::content::ContentKind;
use crate::database::{Sql, Transaction};
use crate::refusal::Result;

static ADD: Sql = Sql::new(
    "insert into shelf (list, id, kind, members)
     select r.value->>0, as_id(r.value->>1), r.value->>2, as_int(r.value->>3) from rows($1) r where true
     on conflict (list, id, kind) do update set members = shelf.members + excluded.members",
);

/// Adds to the counters of lists, by list, of what, and kind of the member: how many more.
pub(crate) async fn keep_counts(
    transaction: &mut Transaction,
    counts: &BTreeMap<(&'static str, Uuid, ContentKind), i64>,
) -> Result<()> {
    let changed = counts.iter().filter(|(_, more)| **more != 0);
    let rows: Vec<_> = changed
        .map(|((list, id, kind), more)| json!([list, id.simple().to_string(), <&str>::from(*kind), more]))
        .collect();
    if !rows.is_empty() {
        transaction.run(&ADD, &[serde_json::Value::Array(rows).into()]).await?;
    }
    Ok(())
}
