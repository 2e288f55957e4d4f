//! The log of a period, piece by piece from the oldest on: what `jiyue audit` writes. Nothing of it is held for long, however
//! many deeds there were and however much one of them touched.

use std::sync::LazyLock;

use super::{AuditEntry, AuditSubject, COLUMNS, tell};
use crate::Library;
use crate::changes::Position;
use crate::database::Sql;
use crate::id::ChangeId;
use crate::instant::Instant;
use crate::refusal::Result;

/// The most entries that are read at once.
const ENTRIES: i64 = 200;
/// The most subjects of an entry that are read with it; the rest of a large deed comes as [`Library::audit_subjects`].
pub const SUBJECTS_AT_ONCE: usize = 100;

static OLDEST: LazyLock<Sql> = LazyLock::new(|| {
    Sql::built(format!(
        "select {COLUMNS} from change where (at, position) > ($1, $2) and at < $3 order by at, position limit $4"
    ))
});
static SUBJECTS: Sql = Sql::new(
    "select change_id, subject, effect from change_subject where change_id in ids($1) and ordinal < $2
     order by change_id, ordinal",
);
static MORE: Sql = Sql::new(
    "select change_id, subject, effect from change_subject where change_id = $1 and ordinal >= $2
     order by ordinal limit $3",
);

impl Library {
    /// The next entries of a period behind the one at `after`, the oldest first; none at its end. The instant and position 0
    /// begin the period.
    ///
    /// # Errors
    /// For faults alone.
    pub async fn audit_after(&self, after: (Instant, Position), until: Instant) -> Result<Vec<AuditEntry>> {
        let params = [after.0.into(), after.1.into(), until.into(), ENTRIES.into()];
        let rows = self.database().rows(&OLDEST, &params).await?;
        let mut entries = rows.iter().map(AuditEntry::read).collect::<Result<Vec<_>>>()?;
        let ids: Vec<ChangeId> = entries.iter().map(|entry| entry.id).collect();
        if !ids.is_empty() {
            let params = [ids.as_slice().into(), (SUBJECTS_AT_ONCE as i64).into()];
            tell(&mut entries, &self.database().rows(&SUBJECTS, &params).await?)?;
        }
        Ok(entries)
    }

    /// The next subjects of a large deed behind the first `passed`; none at its end.
    ///
    /// # Errors
    /// For faults alone.
    pub async fn audit_subjects(&self, entry: &AuditEntry, passed: usize) -> Result<Vec<AuditSubject>> {
        let params = [entry.id.into(), (passed as i64).into(), 5_000.into()];
        let rows = self.database().rows(&MORE, &params).await?;
        let mut one = [AuditEntry { subjects: Vec::new(), ..entry.clone() }];
        tell(&mut one, &rows)?;
        let [entry] = one;
        Ok(entry.subjects)
    }
}
