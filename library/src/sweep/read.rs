//! What is still being done after a rule changed, for who wants to know how far it is.

use super::Rest;
use crate::Scope;
use crate::database::Sql;
use crate::id::{AnyId, SweepId};
use crate::instant::Instant;
use crate::refusal::Result;

static OPEN: Sql = Sql::new("select id, rest, done, total, begun_at from sweep order by begun_at, id limit 100");

/// Something that is being done in batches.
#[derive(Debug, Clone)]
pub struct OpenSweep {
    /// Its identifier.
    pub id: SweepId,
    /// How many contents are settled.
    pub done: i64,
    /// How many there are; nothing before it has looked.
    pub total: Option<i64>,
    /// When the rule changed.
    pub begun_at: Instant,
    /// The subscription, the column, the tag or the organisation that changed, or the change of tags itself.
    pub about: AnyId,
}

impl Scope {
    /// What is being done now, the oldest first, at most a hundred; nothing for who is not signed in. It changes with every batch,
    /// and is kept by nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_sweeps(&self) -> Result<Vec<OpenSweep>> {
        if self.caller().is_none() {
            return Ok(Vec::new());
        }
        let mut open = Vec::new();
        for row in self.rows(&OPEN, Vec::new()).await? {
            let about = row.json::<Rest>(1)?.about();
            open.push(OpenSweep {
                id: row.get(0)?,
                done: row.get(2)?,
                total: row.get(3)?,
                begun_at: row.get(4)?,
                about,
            });
        }
        Ok(open)
    }
}
