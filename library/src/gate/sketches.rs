//! Keeps the sketches of published texts (内容指纹), by which near-duplicates are found: it follows the change log.
//!
//! What it keeps is made of what is live now, whatever the log said in between; so a batch may be repeated, left in the
//! middle, or done by two nodes at once. It begins at the beginning of the log: what was published before it ran first
//! is covered.

use std::collections::BTreeSet;

use serde_json::json;

use super::similar::written;
use crate::Library;
use crate::changes::{Action, Change, Follower, Retry};
use crate::database::{Row, Sql};
use crate::finding::{FORMAT, Sketch};
use crate::id::ContentId;
use crate::refusal::{Error, Result};

/// How many contents are read and written at once: their texts are in memory, and others wait for the writer.
const AT_ONCE: usize = 100;

/// The follower that keeps sketches.
pub struct Sketches {
    library: Library,
}

/// What was live when a text was read.
type Seen = Option<(i64, i64)>;

/// A content whose stored sketch is not what it should be.
struct Stale {
    content: ContentId,
    seen: Seen,
    sketch: Option<Sketch>,
}

static READ: Sql = Sql::new(
    "select k.id, c.revision, c.updated_at, b.text, s.format, s.document from each_id($1) k
     left join content c on c.id = k.id left join content_body b on b.content_id = k.id
     left join content_sketch s on s.content_id = k.id",
);
/// One node writes at a time, so that what is written last was read last.
static TURN: Sql = Sql::new(
    "insert into follower (name, position) values ($1, 0) on conflict (name) do update set position = follower.position",
);
static STILL: Sql =
    Sql::new("select k.id, c.revision, c.updated_at from each_id($1) k left join content c on c.id = k.id");
static FORGET_BANDS: Sql = Sql::new("delete from content_band where content_id in ids($1)");
static FORGET: Sql = Sql::new("delete from content_sketch where content_id in ids($1)");
static SKETCHES: Sql = Sql::new(
    "insert into content_sketch (content_id, format, document)
     select as_id(r.value->>0), as_int(r.value->>1), r.value->>2 from rows($1) r",
);
static BANDS: Sql = Sql::new(
    "insert into content_band (band, content_id)
     select distinct as_int(r.value->>0), as_id(r.value->>1) from rows($1) r",
);

impl Sketches {
    /// The follower of a library.
    pub fn of(library: Library) -> Self {
        Self { library }
    }

    /// Brings the sketches of contents to what is live of them; two statements beside the writing, none if all is well.
    async fn keep(&self, contents: &[ContentId]) -> Result<()> {
        let database = self.library.database();
        let rows = database.rows(&READ, &[contents.into()]).await?;
        let mut stale = rows.iter().filter_map(|row| stale(row).transpose()).collect::<Result<Vec<_>>>()?;
        if stale.is_empty() {
            return Ok(());
        }
        let mut transaction = database.begin().await?;
        transaction.run(&TURN, &[Self::NAME.into()]).await?;
        let ids: Vec<ContentId> = stale.iter().map(|stale| stale.content).collect();
        let mut still = std::collections::HashMap::new();
        for row in transaction.rows(&STILL, &[ids.as_slice().into()]).await? {
            still.insert(row.get::<ContentId>(0)?, seen(&row)?);
        }
        // What has changed since is told by an entry of the log that comes later.
        stale.retain(|stale| still.get(&stale.content) == Some(&stale.seen));
        let ids: Vec<ContentId> = stale.iter().map(|stale| stale.content).collect();
        transaction.run(&FORGET_BANDS, &[ids.as_slice().into()]).await?;
        transaction.run(&FORGET, &[ids.as_slice().into()]).await?;
        let (sketches, bands) = rows_of(&stale);
        for (sql, rows) in [(&SKETCHES, sketches), (&BANDS, bands)] {
            if !rows.is_empty() {
                transaction.run(sql, &[serde_json::Value::Array(rows).into()]).await?;
            }
        }
        transaction.commit().await
    }
}

impl Follower for Sketches {
    const NAME: &'static str = "sketches";

    async fn follow(&mut self, batch: &[Change]) -> Result<(), Retry> {
        let drafted: &str = Action::ContentDrafted.into();
        let told = batch.iter().filter(|change| change.action != drafted).flat_map(|change| &change.subjects);
        let contents: BTreeSet<ContentId> = told.filter_map(|touch| touch.subject.parse().ok()).collect();
        let contents: Vec<ContentId> = contents.into_iter().collect();
        for some in contents.chunks(AT_ONCE) {
            self.keep(some).await.map_err(|error: Error| Retry(error.to_string()))?;
        }
        Ok(())
    }
}

fn seen(row: &Row) -> Result<Seen> {
    Ok(row.get::<Option<i64>>(1)?.zip(row.get(2)?))
}

/// The content of a row of [`READ`], if what is stored of it is not what it should be.
fn stale(row: &Row) -> Result<Option<Stale>> {
    let seen = seen(row)?;
    let sketch = seen.and_then(|_| Sketch::of(row.text(3).unwrap_or_default()));
    let stored: Option<i64> = row.get(4)?;
    let is_kept = match (&sketch, stored) {
        (None, None) => true,
        (Some(sketch), Some(format)) => format == i64::from(FORMAT) && row.text(5) == Some(&written(sketch)),
        _ => false,
    };
    Ok((!is_kept).then_some(Stale { content: row.get(0)?, seen, sketch }))
}

/// The rows of sketches and of their bands.
fn rows_of(stale: &[Stale]) -> (Vec<serde_json::Value>, Vec<serde_json::Value>) {
    let (mut sketches, mut bands) = (Vec::new(), Vec::new());
    for Stale { content, sketch, .. } in stale {
        let Some(sketch) = sketch else { continue };
        let hex = content.0.simple().to_string();
        sketches.push(json!([&hex, FORMAT, written(sketch)]));
        bands.extend(sketch.bands().map(|band| json!([band, &hex])));
    }
    (sketches, bands)
}
