//! Kept counters of lists: how many members a column, a site, a tag or the library has, without counting.

use serde_json::json;
use uuid::Uuid;

use crate::changes::Work;
use crate::content::ContentKind;
use crate::database::Sql;
use crate::refusal::Result;

static ADD: Sql = Sql::new(
    "insert into shelf (list, id, kind, members)
     select r.value->>0, as_id(r.value->>1), r.value->>2, as_int(r.value->>3) from rows($1) r where true
     on conflict (list, id, kind) do update set members = shelf.members + excluded.members",
);

/// Adds to the counters of lists: `(list, of what, kind of the member, how many more)`.
pub(crate) async fn count(work: &mut Work, mut counts: Vec<(&'static str, Uuid, ContentKind, i64)>) -> Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    // One order for everybody, so that two deeds never wait for each other.
    counts.sort_unstable();
    let rows: Vec<_> = counts
        .iter()
        .map(|(list, id, kind, more)| json!([list, id.simple().to_string(), <&str>::from(*kind), more]))
        .collect();
    work.run(&ADD, &[serde_json::Value::Array(rows).into()]).await?;
    Ok(())
}
