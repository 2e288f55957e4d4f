//! Uploading a large file in pieces (断点续传): a ticket (beginUpload), its bytes as they come, and the file (finishUpload).
//!
//! The bytes lie in a file of this machine, whose length is how far the upload has come: so it goes on after a broken
//! connection and after the end of the program. One piece is written at a time; the lock on the file sees to that.

use std::fs::{OpenOptions, TryLockError};
use std::path::PathBuf;

use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::kept::Source;
use super::spool::{Known, Watcher, fault};
use super::upload::{account_of, judge, record};
use super::{Attached, quota, sniff};
use crate::changes::{Action, Caller, commit_as};
use crate::database::{Row, Sql};
use crate::id::{AccountId, SessionId, UploadId};
use crate::instant::Instant;
use crate::may::{Right, may_somewhere, require_account};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// How long a file may take to come, in microseconds.
const GOOD_FOR: i64 = 24 * 3600 * 1_000_000;
/// The most files that an account uploads in pieces at the same time.
const MOST: i64 = 20;

/// A file that will be uploaded in pieces.
#[derive(Debug, Clone)]
pub struct BeginUpload {
    /// What it is called, with its ending.
    pub name: String,
    /// How many bytes it has.
    pub size: i64,
    /// Their SHA-256 in hexadecimal, to be compared with what comes.
    pub sha256: Option<String>,
    /// Its media type, to be compared with what comes.
    pub media_type: Option<String>,
}

/// A file that has come.
#[derive(Debug, Clone)]
pub struct FinishUpload {
    /// Which.
    pub id: UploadId,
    /// Text instead of the picture.
    pub alt: Option<String>,
}

/// A file that is being uploaded in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its identifier.
    pub id: UploadId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is called.
    pub name: String,
    /// How many bytes it will have.
    pub size: u64,
    /// Until when it must have come.
    pub expires_at: Instant,
    sha256: Option<String>,
    media_type: Option<String>,
    /// The file, once it is finished.
    attachment: Option<String>,
}

static OPEN: Sql =
    Sql::new("select count(*) from upload_ticket where account_id = $1 and expires_at > $2 and attachment is null");
static INSERT: Sql = Sql::new(
    "insert into upload_ticket (id, account_id, name, size, sha256, media_type, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);
static BY_ID: Sql = Sql::new(
    "select id, account_id, name, size, expires_at, sha256, media_type, attachment from upload_ticket where id = $1",
);
static CLOSE: Sql = Sql::new("update upload_ticket set attachment = '' where id = $1 and attachment is null");
static FINISH: Sql = Sql::new("update upload_ticket set attachment = $2 where id = $1");
static EXPIRED: Sql = Sql::new("select id from upload_ticket where expires_at <= $1 order by expires_at limit $2");
static DELETE: Sql = Sql::new("delete from upload_ticket where id = $1");
static KNOWN: Sql = Sql::new("select id from upload_ticket where id in ids($1)");

impl Ticket {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            name: row.get(2)?,
            size: u64::try_from(row.get::<i64>(3)?).unwrap_or_default(),
            expires_at: row.get(4)?,
            sha256: row.get(5)?,
            media_type: row.get(6)?,
            attachment: row.get(7)?,
        })
    }
}

/// What the secret of a ticket's address is made of.
fn said(id: UploadId, expires: i64) -> String {
    format!("upload\n{id}\n{expires}")
}

fn malformed(path: &str, message: &str, english: &str) -> Refusal {
    Refusal::new(RefusalCode::Invalid, path, message, english)
}

impl Library {
    /// Announces a file that will come in pieces.
    ///
    /// # Errors
    /// Refuses who may draft nowhere, a malformed name or SHA-256, what runs, a file that is empty or too large, more than
    /// the account may upload, and more than 20 files at once.
    pub async fn begin_upload(&self, caller: &Caller, begin: BeginUpload) -> Result<(UploadId, Position)> {
        self.may_upload(caller)?;
        let (account, _) = require_account(caller)?;
        let name = text::require("name", &begin.name, 200)?;
        sniff::judge_name(&name)?;
        let most = self.uploads().most_resumable_bytes;
        match u64::try_from(begin.size) {
            Ok(1..) if begin.size as u64 <= most => {}
            Ok(1..) => {
                let (message, english) =
                    (format!("文件过大，最大{}MB", most >> 20), format!("at most {} MB", most >> 20));
                return Err(Refusal::new(RefusalCode::TooLong, "size", message, english).into());
            }
            _ => return Err(malformed("size", "文件为空", "the file is empty").into()),
        }
        let is_hash = |hash: &String| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if begin.sha256.as_ref().is_some_and(|hash| !is_hash(hash)) {
            return Err(malformed("sha256", "不是 SHA-256 值", "is no SHA-256").into());
        }
        let mut work = self.begin(caller, Action::AttachmentUploaded).await?;
        may_somewhere(&work.directory, caller, Right::Draft)?;
        quota::reserve(&mut work, account, begin.size).await?;
        let row = work.row(&OPEN, &[account.into(), work.at.into()]).await?;
        if row.map_or(Ok(0), |row| row.get::<i64>(0))? >= MOST {
            let (message, english) = ("同时上传的文件过多，最多20个", "at most 20 files at the same time");
            let refusal = Refusal::new(RefusalCode::WrongState, "", message, english);
            return Err(refusal.hinting("请先完成已开始的上传", "finish what was begun first").into());
        }
        let id = UploadId(self.new_id());
        let params = [
            id.into(),
            account.into(),
            name.into(),
            begin.size.into(),
            begin.sha256.map(|hash| hash.to_ascii_lowercase()).into(),
            begin.media_type.into(),
            work.at.into(),
            Instant(work.at.0 + GOOD_FOR).into(),
        ];
        work.run(&INSERT, &params).await?;
        commit_as(work, |position| (id, position)).await
    }

    /// An upload that has not been finished.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload_ticket(&self, id: UploadId) -> Result<Option<Ticket>> {
        Ok(self.ticket(id).await?.filter(|ticket| ticket.attachment.is_none()))
    }

    async fn ticket(&self, id: UploadId) -> Result<Option<Ticket>> {
        let rows = self.database().rows(&BY_ID, &[id.into()]).await?;
        let ticket = rows.first().map(Ticket::read).transpose()?;
        Ok(ticket.filter(|ticket| ticket.expires_at > self.now()))
    }

    /// The address that a ticket's bytes are sent to. It holds a secret: whoever has it may send them.
    pub fn upload_url(&self, ticket: &Ticket) -> String {
        let expires = ticket.expires_at.0 / 1_000_000;
        let proof = self.seal(&said(ticket.id, expires));
        format!("{}/uploads/{}?expires={expires}&signature={proof}", self.issuer(), ticket.id)
    }

    /// Whether a secret is that of a ticket, whose account may still upload.
    pub fn is_ticket_of(&self, ticket: &Ticket, proof: &str) -> bool {
        let sealed = self.is_sealed(&said(ticket.id, ticket.expires_at.0 / 1_000_000), proof);
        sealed && self.may_upload(&Caller::account(ticket.account, SessionId(uuid::Uuid::nil()))).is_ok()
    }

    fn bytes_of(&self, id: UploadId) -> PathBuf {
        self.uploads().resumable().join(id.to_string())
    }

    /// How many bytes of an upload have come.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn upload_offset(&self, id: UploadId) -> Result<u64> {
        match tokio::fs::metadata(self.bytes_of(id)).await {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(fault(error)),
        }
    }

    /// Goes on with an upload where it stands.
    ///
    /// # Errors
    /// Refuses it while somebody else sends or finishes it.
    pub async fn receive(&self, ticket: &Ticket) -> Result<Receiving> {
        tokio::fs::create_dir_all(self.uploads().resumable()).await.map_err(fault)?;
        let file = OpenOptions::new().create(true).append(true).open(self.bytes_of(ticket.id)).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let (message, english) = ("该文件正在上传，请稍后再试", "this file is being sent at this moment");
                return Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into());
            }
            Err(TryLockError::Error(error)) => return Err(fault(error)),
        }
        let offset = file.metadata().map_err(fault)?.len();
        Ok(Receiving { file: File::from_std(file), offset, size: ticket.size })
    }

    /// Makes a file of what has come in pieces. Asked again, it answers the same file.
    ///
    /// # Errors
    /// Refuses what is not the caller's, what has not come whole, what has another SHA-256 or media type than was
    /// announced, and what [`Library::add_attachment`] refuses.
    pub async fn finish_upload(&self, caller: &Caller, finish: FinishUpload) -> Result<(Attached, Position)> {
        self.may_upload(caller)?;
        let (account, _) = require_account(caller)?;
        let ticket = self.ticket(finish.id).await?.filter(|ticket| ticket.account == account);
        let ticket = ticket.ok_or_else(|| Refusal::not_found("id"))?;
        if let Some(attached) = &ticket.attachment {
            return Ok((serde_json::from_str(attached)?, self.newest_position().await?));
        }
        // Held until the deed is done.
        let held = self.receive(&ticket).await?;
        let path = self.bytes_of(ticket.id);
        let known = whole(&ticket, held.offset, &path).await?;
        let judged = judge(caller, &ticket.name, finish.alt.as_deref(), &known, Source::Disk(&path)).await?;
        if ticket.media_type.as_ref().is_some_and(|announced| announced != judged.media_type) {
            let message = format!("文件类型应为 {}", judged.media_type);
            return Err(malformed("mediaType", &message, &format!("the file is {}", judged.media_type)).into());
        }
        self.store_bytes(&known.sha256, known.size, Source::Disk(&path)).await?;
        let mut work = self.begin(caller, Action::AttachmentUploaded).await?;
        may_somewhere(&work.directory, caller, Right::Draft)?;
        if work.run(&CLOSE, &[ticket.id.into()]).await? == 0 {
            return Err(Refusal::not_found("id").into());
        }
        let attached = record(&mut work, account_of(caller), judged, &known).await?;
        work.run(&FINISH, &[ticket.id.into(), serde_json::to_string(&attached)?.into()]).await?;
        let done = commit_as(work, |position| (attached, position)).await?;
        self.remove_bytes_of(ticket.id).await;
        drop(held);
        Ok(done)
    }

    async fn remove_bytes_of(&self, id: UploadId) {
        if let Err(error) = tokio::fs::remove_file(self.bytes_of(id)).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, %id, "the bytes of an upload could not be removed; it is tried again");
        }
    }

    /// Removes uploads that were not finished in time, and bytes that belong to none, at most `most` of each; how many.
    pub(super) async fn remove_expired_uploads(&self, most: i64) -> Result<u64> {
        let mut removed = 0;
        for row in self.database().rows(&EXPIRED, &[self.now().into(), most.into()]).await? {
            let id: UploadId = row.get(0)?;
            self.remove_bytes_of(id).await;
            let mut transaction = self.database().begin().await?;
            transaction.run(&DELETE, &[id.into()]).await?;
            transaction.commit().await?;
            removed += 1;
        }
        let found = self.uploads_on_disk(usize::try_from(most).unwrap_or_default()).await?;
        let rows = self.database().rows(&KNOWN, &[found.as_slice().into()]).await?;
        let known = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<UploadId>>>()?;
        for id in found.into_iter().filter(|id| !known.contains(id)) {
            self.remove_bytes_of(id).await;
        }
        Ok(removed)
    }

    /// The uploads whose bytes lie on this machine.
    async fn uploads_on_disk(&self, most: usize) -> Result<Vec<UploadId>> {
        let mut entries = match tokio::fs::read_dir(self.uploads().resumable()).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fault(error)),
        };
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().await.map_err(fault)? {
            found.extend(entry.file_name().to_str().and_then(|name| name.parse::<UploadId>().ok()));
            if found.len() == most {
                break;
            }
        }
        Ok(found)
    }
}

/// What is known of an upload that has come whole and is what was announced.
async fn whole(ticket: &Ticket, offset: u64, path: &std::path::Path) -> Result<Known> {
    if offset != ticket.size {
        let size = ticket.size;
        let (message, english) =
            (format!("文件尚未传完：已收到{offset}字节，共{size}字节"), format!("{offset} of {size} bytes have come"));
        let refusal = Refusal::new(RefusalCode::WrongState, "id", message, english);
        return Err(refusal.hinting("请继续上传剩余部分", "send the rest first").into());
    }
    let known = Watcher::of_file(path).await?;
    if ticket.sha256.as_ref().is_some_and(|announced| *announced != known.sha256) {
        let refusal = malformed("sha256", "文件校验值不符", "the bytes have another SHA-256");
        return Err(refusal.hinting("请重新开始上传", "begin the upload again").into());
    }
    Ok(known)
}

/// An upload that is being written; nobody else writes it meanwhile.
pub struct Receiving {
    file: File,
    offset: u64,
    size: u64,
}

impl Receiving {
    /// How many bytes have come.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Writes the next piece.
    ///
    /// # Errors
    /// Refuses more bytes than were announced.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        let offset = self.offset + piece.len() as u64;
        if offset > self.size {
            let (message, english) = ("超出声明的文件大小", "more bytes than were announced");
            return Err(Refusal::new(RefusalCode::TooLong, "size", message, english).into());
        }
        self.file.write_all(piece).await.map_err(fault)?;
        self.offset = offset;
        Ok(())
    }

    /// Sees to it that what has come is written.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn flush(&mut self) -> Result<()> {
        self.file.flush().await.map_err(fault)
    }
}
