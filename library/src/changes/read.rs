//! Reading the log from a position.

use super::{Effect, Member, Position};
use crate::Library;
use crate::database::{Row, Sql};
use crate::instant::Instant;
use crate::refusal::Result;

/// A change as followers and the audit read it: a pointer, without content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the log.
    pub position: Position,
    /// When it was done.
    pub at: Instant,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What it touched.
    pub subjects: Vec<Touch>,
}

/// A subject of a change as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The subject as text.
    pub subject: String,
    /// What happened to it.
    pub effect: Effect,
    /// Where the member stood before, for memberships of content lists.
    pub before: Option<Member>,
    /// Where the member stands now.
    pub after: Option<Member>,
}

static AFTER: Sql =
    Sql::new("select position, id, at, actor, action from change where position > $1 order by position limit $2");
static SUBJECTS: Sql = Sql::new(
    "select c.position, s.subject, s.effect, s.member_before, s.member_after
     from change c join change_subject s on s.change_id = c.id
     where c.position > $1 and c.position <= $2 order by c.position, s.ordinal limit $3",
);
static NEWEST: Sql = Sql::new("select position from change_counter where one = 1");

impl Library {
    /// The newest position of the database.
    pub async fn newest_position(&self) -> Result<Position> {
        let rows = self.database().rows(&NEWEST, &[]).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }

    /// At most `limit` changes after `position`, in order.
    pub async fn changes_after(&self, position: Position, limit: i64) -> Result<Vec<Change>> {
        self.changes_within(position, limit, i64::MAX).await
    }

    /// The same, and as many as touch no more than `subjects` together; but the next one in any case. An import of many
    /// contents is one change that touches many thousands.
    pub async fn changes_within(&self, position: Position, limit: i64, subjects: i64) -> Result<Vec<Change>> {
        let rows = self.database().rows(&AFTER, &[position.into(), limit.into()]).await?;
        let mut changes = rows.iter().map(change).collect::<Result<Vec<_>>>()?;
        let Some(last) = changes.last().map(|change| change.position) else { return Ok(changes) };
        let params = |last: Position, most: i64| [position.into(), last.into(), most.into()];
        let mut rows = self.database().rows(&SUBJECTS, &params(last, subjects.saturating_add(1))).await?;
        if rows.len() as i64 > subjects {
            // The last of them may not be whole.
            let cut: Position = rows.last().map_or(Ok(last), |row| row.get(0))?;
            let whole = changes.partition_point(|change| change.position < cut);
            changes.truncate(whole.max(1));
            if whole == 0 {
                rows = self.database().rows(&SUBJECTS, &params(cut, i64::MAX)).await?;
            }
        }
        fill(&mut changes, &rows)?;
        Ok(changes)
    }
}

fn change(row: &Row) -> Result<Change> {
    Ok(Change { position: row.get(0)?, at: row.get(2)?, actor: row.get(3)?, action: row.get(4)?, subjects: Vec::new() })
}

/// Gives each change what it touched; `rows` are in the order of changes, and may go on beyond them.
fn fill(changes: &mut [Change], rows: &[Row]) -> Result<()> {
    let mut at = 0;
    for row in rows {
        let of: Position = row.get(0)?;
        while at < changes.len() && changes[at].position < of {
            at += 1;
        }
        let Some(change) = changes.get_mut(at) else { break };
        let effect = row.text(2).and_then(|text| text.parse().ok()).unwrap_or(Effect::Changed);
        let (before, after) = (row.json(3)?, row.json(4)?);
        change.subjects.push(Touch { subject: row.get(1)?, effect, before, after });
    }
    Ok(())
}
