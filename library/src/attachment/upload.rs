//! Uploading a file (uploadAttachment): its bytes decide what it is, equal bytes are stored once.

use object_store::{ObjectStoreExt as _, PutPayload};
use sha2::{Digest, Sha256};

use super::{Attached, AttachmentRole, place};
use crate::changes::{Action, Caller, Effect, commit};
use crate::database::Sql;
use crate::id::{AnyId, AttachmentId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, text};

/// A file to be uploaded.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What it is called, with its ending.
    pub name: String,
    /// Text instead of the picture.
    pub alt: Option<String>,
    /// Its bytes.
    pub bytes: bytes::Bytes,
}

/// The largest picture that is decoded, in pixels.
pub(super) const MOST_PIXELS: u64 = 50_000_000;

static INSERT: Sql = Sql::new(
    "insert into attachment (id, sha256, media_type, size, created_at, document) values ($1, $2, $3, $4, $5, $6)",
);

/// The media type of a file by its first bytes, and by its ending where they do not tell.
pub fn media_type_of(name: &str, bytes: &[u8]) -> &'static str {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => "image/png",
        () if starts(b"\xff\xd8\xff") => "image/jpeg",
        () if starts(b"GIF8") => "image/gif",
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => "image/webp",
        () if starts(b"%PDF-") => "application/pdf",
        () if bytes.get(4..8) == Some(b"ftyp") => "video/mp4",
        () if starts(b"ID3") => "audio/mpeg",
        () if starts(b"PK\x03\x04") => match ending.as_str() {
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "ofd" => "application/ofd",
            _ => "application/zip",
        },
        () if std::str::from_utf8(bytes).is_ok() => match ending.as_str() {
            "vtt" => "text/vtt",
            "csv" => "text/csv",
            _ => "text/plain",
        },
        () => "application/octet-stream",
    }
}

impl Library {
    /// Stores a file and answers it as it can be used.
    ///
    /// # Errors
    /// Refuses an empty file, a malformed name, and a picture that cannot be decoded or has too many pixels.
    pub async fn upload_attachment(&self, caller: &Caller, upload: Upload) -> Result<Attached> {
        let name = text::require("name", &upload.name, 200)?;
        let alt = upload.alt.as_deref().map(|alt| text::accept("alt", alt, 500)).transpose()?;
        if upload.bytes.is_empty() {
            return Err(Refusal::new(RefusalCode::Required, "file", "文件为空", "the file is empty").into());
        }
        let media_type = media_type_of(&name, &upload.bytes);
        let (width, height) = match media_type.starts_with("image/") {
            true => dimensions(&upload.bytes)?,
            false => (None, None),
        };
        let sha256: String = Sha256::digest(&upload.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let size = upload.bytes.len() as i64;
        // Bytes first: a record without its file is worse than a file without a record.
        self.files().put(&place(&sha256), PutPayload::from_bytes(upload.bytes)).await?;

        let mut work = self.begin(caller, Action::AttachmentUploaded).await?;
        let attached = Attached {
            id: AttachmentId(self.new_id()),
            role: match media_type.split('/').next() {
                Some("image") => AttachmentRole::Image,
                Some("video") => AttachmentRole::Video,
                Some("audio") => AttachmentRole::Audio,
                _ => AttachmentRole::Attachment,
            },
            media_type: media_type.to_owned(),
            name,
            size,
            sha256,
            alt,
            caption: None,
            width,
            height,
            duration_seconds: None,
            poster: None,
            captions: Vec::new(),
            transcript: None,
            language: None,
        };
        let params = [
            attached.id.into(),
            (&attached.sha256).into(),
            media_type.into(),
            size.into(),
            work.at.into(),
            serde_json::to_string(&attached)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.record(AnyId::AttachmentId(attached.id), Effect::Entered);
        commit(work).await?;
        Ok(attached)
    }
}

fn dimensions(bytes: &[u8]) -> Result<(Option<u32>, Option<u32>)> {
    let broken = || Refusal::new(RefusalCode::Invalid, "file", "图片无法识别", "the picture cannot be read");
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().map_err(|_| broken())?;
    let (width, height) = reader.into_dimensions().map_err(|_| broken())?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(
            Refusal::new(RefusalCode::TooLong, "file", "图片像素过大", "the picture has too many pixels").into()
        );
    }
    Ok((Some(width), Some(height)))
}
