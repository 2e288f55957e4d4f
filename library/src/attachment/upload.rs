//! Uploading a file (uploadAttachment): its bytes decide what it is, equal bytes are stored once.

use std::io::{BufReader, Cursor};
use std::path::PathBuf;
use std::sync::Arc;

use super::kept::Source;
use super::spool::{Known, Spooled, Watcher};
use super::{Attached, AttachmentRole, picture, quota, sniff};
use crate::changes::{Action, Caller, Effect, Work, commit_as};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, AttachmentId};
use crate::may::{Right, may_somewhere};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, Who, text};

/// A file that a program brings along in memory.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What it is called, with its ending.
    pub name: String,
    /// Text instead of the picture.
    pub alt: Option<String>,
    /// Its bytes.
    pub bytes: bytes::Bytes,
}

/// A file that somebody has sent.
#[derive(Debug, Clone)]
pub struct AddAttachment {
    /// What it is called, with its ending.
    pub name: String,
    /// Text instead of the picture.
    pub alt: Option<String>,
    /// What came; nothing if no file did.
    pub file: Option<Arc<Spooled>>,
}

static INSERT: Sql = Sql::new(
    "insert into attachment (id, sha256, media_type, size, created_at, document, account_id)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

/// A file that may be taken, as it will be used.
pub(super) struct Judged {
    pub name: String,
    pub alt: Option<String>,
    pub media_type: &'static str,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

/// Whose quota a caller's files count for; nobody's for programs.
pub(super) fn account_of(caller: &Caller) -> Option<AccountId> {
    match caller.who {
        Who::Account(account, _) => Some(account),
        Who::Program | Who::Nobody => None,
    }
}

impl Library {
    /// Whether `caller` may upload files: whoever may draft somewhere.
    ///
    /// # Errors
    /// Refuses everybody else.
    pub fn may_upload(&self, caller: &Caller) -> Result<(), Refusal> {
        may_somewhere(&self.directory(), caller, Right::Draft)
    }

    /// Stores a file that a program brings along, and answers it as it can be used.
    ///
    /// # Errors
    /// Refuses an empty file, a malformed name, and a picture that cannot be decoded or has too many pixels.
    pub async fn upload_attachment(&self, caller: &Caller, upload: Upload) -> Result<Attached> {
        self.may_upload(caller)?;
        let Upload { name, alt, bytes } = upload;
        let known = Watcher::of(&bytes);
        let judged = judge(caller, &name, alt.as_deref(), &known, Source::Memory(bytes.clone())).await?;
        self.store_bytes(&known.sha256, known.size, Source::Memory(bytes)).await?;
        let mut work = self.begin(caller, Action::AttachmentUploaded).await?;
        let attached = record(&mut work, account_of(caller), judged, &known).await?;
        commit_as(work, |_| attached).await
    }

    /// Takes in a file that somebody has sent.
    ///
    /// # Errors
    /// Refuses who may draft nowhere, a missing or empty file, a malformed name, what runs, a name that promises other
    /// than the bytes are, a picture that cannot be decoded or has too many pixels, and more than the account may upload.
    pub async fn add_attachment(&self, caller: &Caller, add: AddAttachment) -> Result<(Attached, Position)> {
        self.may_upload(caller)?;
        let AddAttachment { name, alt, file } = add;
        let Some(file) = file else {
            let refusal = Refusal::new(RefusalCode::Required, "file", "没有收到文件", "no file came");
            let hint = ("请按GraphQL multipart规范提交文件", "send it by the GraphQL multipart request specification");
            return Err(refusal.hinting(hint.0, hint.1).into());
        };
        let judged = judge(caller, &name, alt.as_deref(), &file.known, Source::Disk(file.path())).await?;
        self.take_in(caller, &file.known, Source::Disk(file.path())).await?;
        let mut work = self.begin(caller, Action::AttachmentUploaded).await?;
        may_somewhere(&work.directory, caller, Right::Draft)?;
        let attached = record(&mut work, account_of(caller), judged, &file.known).await?;
        commit_as(work, |position| (attached, position)).await
    }

    /// Stores the bytes of a file, if its account has room for them. Bytes come first: a record without its file is
    /// worse than a file without a record.
    pub(super) async fn take_in(&self, caller: &Caller, known: &Known, source: Source<'_>) -> Result<()> {
        if let Some(account) = account_of(caller)
            && let Err(refused) = self.refuse_without_room(account, size_of(known)).await
        {
            // What was done before under the same key has taken the room, and is answered again.
            drop(self.begin(caller, Action::AttachmentUploaded).await?);
            return Err(refused);
        }
        self.store_bytes(&known.sha256, known.size, source).await
    }
}

fn size_of(known: &Known) -> i64 {
    i64::try_from(known.size).unwrap_or(i64::MAX)
}

/// What a file will be, if it may be taken. A library that is imported is taken as it is; what people upload must be what
/// its name promises.
pub(super) async fn judge(
    caller: &Caller,
    name: &str,
    alt: Option<&str>,
    known: &Known,
    source: Source<'_>,
) -> Result<Judged> {
    let name = text::require("name", name, 200)?;
    let alt = alt.map(|alt| text::accept("alt", alt, 500)).transpose()?;
    if known.size == 0 {
        return Err(Refusal::new(RefusalCode::Required, "file", "文件为空", "the file is empty").into());
    }
    let media_type = sniff::media_type(&name, &known.head, known.is_text);
    if caller.who != Who::Program {
        sniff::judge(&name, &known.head, media_type)?;
    }
    let (width, height) = match is_decoded(media_type) {
        true => dimensions(known.size, source).await.map(|(width, height)| (Some(width), Some(height)))?,
        false => (None, None),
    };
    Ok(Judged { name, alt, media_type, width, height })
}

/// Writes the record of a file whose bytes are stored.
pub(super) async fn record(
    work: &mut Work,
    account: Option<AccountId>,
    judged: Judged,
    known: &Known,
) -> Result<Attached> {
    let size = size_of(known);
    let attached = Attached {
        id: AttachmentId(work.library().new_id()),
        role: match judged.media_type.split('/').next() {
            Some("image") => AttachmentRole::Image,
            Some("video") => AttachmentRole::Video,
            Some("audio") => AttachmentRole::Audio,
            _ => AttachmentRole::Attachment,
        },
        media_type: judged.media_type.to_owned(),
        name: judged.name,
        size,
        sha256: known.sha256.clone(),
        alt: judged.alt,
        caption: None,
        width: judged.width,
        height: judged.height,
        duration_seconds: None,
        poster: None,
        captions: Vec::new(),
        transcript: None,
        language: None,
        signed: false,
    };
    let params = [
        attached.id.into(),
        (&attached.sha256).into(),
        judged.media_type.into(),
        size.into(),
        work.at.into(),
        serde_json::to_string(&attached)?.into(),
        account.into(),
    ];
    work.run(&INSERT, &params).await?;
    if let Some(account) = account {
        quota::take(work, account, size).await?;
    }
    work.record(AnyId::AttachmentId(attached.id), Effect::Entered);
    Ok(attached)
}

/// Whether pictures of this type are made smaller; others are kept and served as they are.
fn is_decoded(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// Width and height of a picture, which is read from where it is.
async fn dimensions(size: u64, source: Source<'_>) -> Result<(u32, u32)> {
    if size > picture::MOST_FILE_BYTES {
        let (message, english) = ("图片文件过大，最大64MB", "a picture has at most 64 MB");
        return Err(Refusal::new(RefusalCode::TooLong, "file", message, english).into());
    }
    let found = match source {
        Source::Memory(bytes) => picture::dimensions(Cursor::new(&bytes[..])),
        Source::Disk(path) => {
            let path: PathBuf = path.to_owned();
            let looked = tokio::task::spawn_blocking(move || {
                let file = std::fs::File::open(path).map_err(super::spool::fault)?;
                Ok::<_, crate::Error>(picture::dimensions(BufReader::new(file)))
            });
            // What breaks the decoder is no better than what it refuses.
            looked.await.unwrap_or(Ok(Err(picture::Trouble::Broken)))?
        }
    };
    Ok(found.map_err(refused)?)
}

fn refused(trouble: picture::Trouble) -> Refusal {
    match trouble {
        picture::Trouble::Broken => Refusal::new(
            RefusalCode::Invalid,
            "file",
            "图片无法识别，请另存为JPEG或PNG后重传",
            "the picture cannot be read",
        ),
        picture::Trouble::TooLarge => Refusal::new(
            RefusalCode::TooLong,
            "file",
            "图片像素过大，最多5000万像素，请缩小后重传",
            "the picture has too many pixels: make it smaller, at most 50 million",
        ),
    }
}
