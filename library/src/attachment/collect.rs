//! Collecting files that nothing uses (清理无主附件): a record goes in a deed, its bytes after it, both after a grace time.
//!
//! A file is used by a live content, by any revision, or by a column, a leader or a panel. Each round looks at a bounded
//! number of files and goes on where the last one ended, also after the program was ended in the middle.

use std::collections::BTreeSet;

use super::named::{keeping, named};
use super::{Attached, kept, quota};
use crate::Library;
use crate::changes::{Action, Caller, Effect, Work, commit};
use crate::database::{Engine, Row, Sql};
use crate::directory::Directory;
use crate::id::{AccountId, AnyId, AttachmentId};
use crate::instant::Instant;
use crate::refusal::Result;

/// How many files one round looks at.
const LOOKED_AT: i64 = 500;
/// How many revisions one round looks through, and how many files' bytes it removes.
const AT_ONCE: i64 = 200;

/// What a round has removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    /// Records of files.
    pub records: u64,
    /// Files' bytes, which may have belonged to several records.
    pub bytes: u64,
    /// Uploads that were never finished.
    pub uploads: u64,
}

const UNUSED: &str = "created_at < $2 and not exists (select 1 from attachment_use u where u.attachment_id = a.id)
       and not exists (select 1 from attachment_in_revision u join revision r on r.content_id = u.content_id
         where u.attachment_id = a.id)";

static LOOK: Sql = Sql::new("select id from attachment where id > $1 order by id limit $2");
static SWEPT: Sql = Sql::new("update file_keeping set swept_id = $1 where one = 1");
static HOLD: Sql = Sql::new("select id from attachment where id in ids($1) order by id for update skip locked");
static DELETE: Sql = Sql::new("delete from attachment where id = $1");
static UNINDEX: Sql = Sql::new("delete from attachment_in_revision where attachment_id = $1");

/// Those of some files which are old and used by no content and no revision.
fn unused() -> Sql {
    Sql::built(format!("select a.id, a.document, a.account_id from attachment a where a.id in ids($1) and {UNUSED}"))
}

/// Every file that a noun of the directory names, whether it is shown or not, also in a text of it.
fn of_directory(directory: &Directory) -> Result<BTreeSet<AttachmentId>> {
    let mut found = BTreeSet::new();
    let mut look = |document: serde_json::Result<String>| -> Result<()> {
        found.extend(named(&document?));
        Ok(())
    };
    directory.sites.all().iter().try_for_each(|one| look(serde_json::to_string(&one.fields)))?;
    directory.organisations.all().iter().try_for_each(|one| look(serde_json::to_string(&one.fields)))?;
    directory.leaders.all().iter().try_for_each(|one| look(serde_json::to_string(&one.fields)))?;
    directory.columns.all().iter().try_for_each(|one| look(serde_json::to_string(&one.fields)))?;
    directory.panels.all().iter().try_for_each(|one| look(serde_json::to_string(&one.fields)))?;
    Ok(found)
}

impl Library {
    /// One round of collecting what nobody uses. Nothing is collected before all revisions have been looked through.
    ///
    /// # Errors
    /// When the database or the object store fails; the next round goes on.
    pub async fn collect_files(&self) -> Result<Collected> {
        let grace = i64::try_from(self.uploads().grace.as_micros()).unwrap_or(i64::MAX);
        let before = Instant(self.now().0.saturating_sub(grace));
        let uploads = self.remove_expired_uploads(AT_ONCE).await?;
        if !self.index_revisions(AT_ONCE).await? {
            return Ok(Collected { uploads, ..Collected::default() });
        }
        let records = self.remove_unused(before).await?;
        let bytes = self.remove_bytes(before, AT_ONCE).await?;
        Ok(Collected { records, bytes, uploads })
    }

    /// Removes the records of the next files that nothing uses.
    async fn remove_unused(&self, before: Instant) -> Result<u64> {
        let mut transaction = self.database().begin().await?;
        let swept = keeping(&mut transaction).await?.swept;
        let rows = transaction.rows(&LOOK, &[swept.into(), LOOKED_AT.into()]).await?;
        let looked_at = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<AttachmentId>>>()?;
        let candidates = transaction.rows(&unused(), &[looked_at.as_slice().into(), before.into()]).await?;
        let candidates = candidates.iter().map(|row| row.get(0)).collect::<Result<Vec<AttachmentId>>>()?;
        drop(transaction);
        let removed = self.remove_records(&candidates, before).await?;
        // After the last file comes the first again.
        let swept = looked_at.last().filter(|_| looked_at.len() as i64 == LOOKED_AT).copied();
        let mut transaction = self.database().begin().await?;
        transaction.run(&SWEPT, &[swept.unwrap_or(AttachmentId(uuid::Uuid::nil())).into()]).await?;
        transaction.commit().await?;
        Ok(removed)
    }

    async fn remove_records(&self, candidates: &[AttachmentId], before: Instant) -> Result<u64> {
        let unshown = |used: &BTreeSet<AttachmentId>| -> Vec<AttachmentId> {
            candidates.iter().copied().filter(|id| !used.contains(id)).collect()
        };
        if unshown(&of_directory(&self.directory())?).is_empty() {
            return Ok(0);
        }
        let mut work = self.begin(&Caller::program("collector"), Action::AttachmentRemoved).await?;
        let mut ids = unshown(&of_directory(&work.directory)?);
        if self.database().engine() == Engine::Postgres {
            // Whoever is saving a revision with one of them holds it; that one is left for another round. Those that are
            // held here nobody takes until this deed ends.
            let rows = work.rows(&HOLD, &[ids.as_slice().into()]).await?;
            ids = rows.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
        }
        // Looked at again, now that they are held: somebody may have taken one meanwhile.
        let mut removed = 0;
        for row in work.rows(&unused(), &[ids.as_slice().into(), before.into()]).await? {
            remove(&mut work, &row).await?;
            removed += 1;
        }
        commit(work).await?;
        Ok(removed)
    }
}

async fn remove(work: &mut Work, row: &Row) -> Result<()> {
    let attached: Attached = row.json(1)?;
    let id = attached.id;
    kept::know(work, &attached.sha256).await?;
    work.run(&UNINDEX, &[id.into()]).await?;
    work.run(&DELETE, &[id.into()]).await?;
    if let Some(account) = row.get::<Option<AccountId>>(2)? {
        quota::give_back(work, account, attached.size).await?;
    }
    work.record(AnyId::AttachmentId(id), Effect::Left);
    Ok(())
}
