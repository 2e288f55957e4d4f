//! Which bytes the object store holds for us, so that they can be removed when no record names them any more.
//!
//! Whoever stores bytes says so before; whoever removes bytes marks them before and forgets them after. So a file that is
//! uploaded at the very moment in which the same bytes go is refused instead of lost.

use object_store::ObjectStoreExt as _;
use object_store::PutPayload;
use object_store::buffered::BufWriter;
use std::path::Path;
use tokio::io::AsyncWriteExt as _;

use super::place;
use super::rendition::renditions;
use super::spool::{PIECE, fault};
use crate::Library;
use crate::changes::Work;
use crate::database::Sql;
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};

static TOUCH: Sql = Sql::new(
    "insert into stored_file (sha256, touched_at) values ($1, $2)
     on conflict (sha256) do update set touched_at = excluded.touched_at where stored_file.doomed_at is null",
);
static KNOW: Sql =
    Sql::new("insert into stored_file (sha256, touched_at) values ($1, $2) on conflict (sha256) do nothing");
static OLD: Sql = Sql::new(
    "select sha256 from stored_file s where touched_at < $1
       and not exists (select 1 from attachment a where a.sha256 = s.sha256) order by touched_at, sha256 limit $2",
);
static DOOM: Sql = Sql::new(
    "update stored_file set doomed_at = $2 where sha256 = $1 and touched_at < $3
       and (doomed_at is null or doomed_at < $4) and not exists (select 1 from attachment a where a.sha256 = $1)",
);
static FORGET: Sql = Sql::new("delete from stored_file where sha256 = $1 and doomed_at = $2");

/// How long after bytes were marked somebody else takes over, in microseconds: who marked them is gone then.
const GONE: i64 = 600 * 1_000_000;

/// Where bytes are before they are stored.
pub(super) enum Source<'a> {
    Memory(bytes::Bytes),
    Disk(&'a Path),
}

impl Library {
    /// Notes that bytes with this SHA-256 are wanted from now on.
    ///
    /// # Errors
    /// Refuses bytes that are being removed at this moment.
    pub(crate) async fn touch_bytes(&self, sha256: &str) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        if transaction.run(&TOUCH, &[sha256.into(), self.now().into()]).await? == 1 {
            return transaction.commit().await;
        }
        let (message, english) = ("同一文件正在清理，请稍后再试", "the same file is being removed at this moment");
        let refusal = Refusal::new(RefusalCode::WrongState, "file", message, english);
        Err(refusal.hinting("请一分钟后重新上传", "upload it again in a minute").into())
    }

    /// Brings bytes into the object store, piece by piece, unless they are there.
    pub(super) async fn store_bytes(&self, sha256: &str, size: u64, source: Source<'_>) -> Result<()> {
        self.touch_bytes(sha256).await?;
        let to = place(sha256);
        if self.size_of(&to).await? == Some(size) {
            return Ok(());
        }
        match source {
            Source::Memory(bytes) => drop(self.files().put(&to, PutPayload::from_bytes(bytes)).await?),
            Source::Disk(path) => {
                let mut file = tokio::fs::File::open(path).await.map_err(fault)?;
                let mut reader = tokio::io::BufReader::with_capacity(PIECE, &mut file);
                let mut writer = BufWriter::new(self.files_shared(), to);
                if let Err(error) = tokio::io::copy_buf(&mut reader, &mut writer).await {
                    writer.abort().await?;
                    return Err(fault(error));
                }
                writer.shutdown().await.map_err(fault)?;
            }
        }
        Ok(())
    }

    /// Removes the bytes that no record has named since `before`, at most `most` of them; how many.
    pub(super) async fn remove_bytes(&self, before: Instant, most: i64) -> Result<u64> {
        let mut removed = 0;
        for row in self.database().rows(&OLD, &[before.into(), most.into()]).await? {
            let sha256: String = row.get(0)?;
            let mut transaction = self.database().begin().await?;
            let doomed = self.now();
            let params = [(&sha256).into(), doomed.into(), before.into(), (doomed.0 - GONE).into()];
            // Somebody may have wanted them since.
            if transaction.run(&DOOM, &params).await? == 0 {
                continue;
            }
            transaction.commit().await?;
            for at in renditions(&sha256).into_iter().chain([place(&sha256)]) {
                match self.files().delete(&at).await {
                    Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let mut transaction = self.database().begin().await?;
            transaction.run(&FORGET, &[(&sha256).into(), doomed.into()]).await?;
            transaction.commit().await?;
            removed += 1;
        }
        Ok(removed)
    }
}

/// Sees to it that bytes are known which may have come before they were counted.
pub(super) async fn know(work: &mut Work, sha256: &str) -> Result<()> {
    work.run(&KNOW, &[sha256.into(), work.at.into()]).await?;
    Ok(())
}
