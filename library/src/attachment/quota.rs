//! How much each account may still upload (上传空间): counted with each file, whether its bytes are there already or not,
//! so that nobody learns from it what others have uploaded.

use super::spool::Uploads;
use crate::Library;
use crate::changes::Work;
use crate::database::Sql;
use crate::id::AccountId;
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};

static TAKEN: Sql = Sql::new("select as_int(coalesce(sum(bytes), 0)) from upload_quota where account_id = $1");
static WAITING: Sql = Sql::new(
    "select as_int(coalesce(sum(size), 0)) from upload_ticket where account_id = $1 and expires_at > $2 and attachment is null",
);
static TAKE: Sql = Sql::new(
    "insert into upload_quota (account_id, bytes) values ($1, $2)
     on conflict (account_id) do update set bytes = upload_quota.bytes + excluded.bytes",
);
static GIVE_BACK: Sql = Sql::new("update upload_quota set bytes = bytes - $2 where account_id = $1");

/// What an account may not upload, and how much it still may.
fn full(uploads: &Uploads, left: i64) -> Refusal {
    let mebibytes = |bytes: u64| bytes / (1 << 20);
    let (most, left) = (mebibytes(uploads.quota_bytes), mebibytes(u64::try_from(left).unwrap_or_default()));
    let refusal = Refusal::new(
        RefusalCode::TooLong,
        "file",
        format!("上传空间不足：共{most}MB，剩余{left}MB"),
        format!("there is not enough room: {left} MB of {most} MB are left"),
    );
    refusal.hinting(
        "不再使用的附件会自动清理；也可请管理员增加空间",
        "files that nothing uses are removed after a while; or ask the operator for more room",
    )
}

fn left(uploads: &Uploads, taken: i64, waiting: i64) -> i64 {
    i64::try_from(uploads.quota_bytes).unwrap_or(i64::MAX).saturating_sub(taken).saturating_sub(waiting)
}

impl Library {
    /// Whether an account has no room for so many bytes more: looked at before they are stored.
    pub(super) async fn refuse_without_room(&self, account: AccountId, size: i64) -> Result<()> {
        let number = async |sql: &Sql, params: Vec<crate::database::Value>| -> Result<i64> {
            let rows = self.database().rows(sql, &params).await?;
            rows.first().map_or(Ok(0), |row| row.get(0))
        };
        let taken = number(&TAKEN, vec![account.into()]).await?;
        let waiting = number(&WAITING, vec![account.into(), self.now().into()]).await?;
        let left = left(self.uploads(), taken, waiting);
        if size > left { Err(full(self.uploads(), left).into()) } else { Ok(()) }
    }
}

/// Counts the bytes of a file for its account, if there is room for them.
pub(super) async fn take(work: &mut Work, account: AccountId, size: i64) -> Result<()> {
    // First the row is taken, so that two deeds of an account wait for each other.
    work.run(&TAKE, &[account.into(), size.into()]).await?;
    let left = room(work, account, work.at).await?;
    if left < 0 { Err(full(work.library().uploads(), left + size).into()) } else { Ok(()) }
}

/// Sees that there is room for a file that will come.
pub(super) async fn reserve(work: &mut Work, account: AccountId, size: i64) -> Result<()> {
    work.run(&TAKE, &[account.into(), 0_i64.into()]).await?;
    let left = room(work, account, work.at).await?;
    if size > left { Err(full(work.library().uploads(), left).into()) } else { Ok(()) }
}

async fn room(work: &mut Work, account: AccountId, at: Instant) -> Result<i64> {
    let taken = work.row(&TAKEN, &[account.into()]).await?.map_or(Ok(0), |row| row.get(0))?;
    let waiting = work.row(&WAITING, &[account.into(), at.into()]).await?.map_or(Ok(0), |row| row.get(0))?;
    Ok(left(work.library().uploads(), taken, waiting))
}

/// Counts a file no more.
pub(super) async fn give_back(work: &mut Work, account: AccountId, size: i64) -> Result<()> {
    work.run(&GIVE_BACK, &[account.into(), size.into()]).await?;
    Ok(())
}
