//! Uploading a file (uploadAttachment): its bytes decide what it is, equal bytes are stored once.

use object_store::{ObjectStoreExt as _, PutPayload};
use sha2::{Digest, Sha256};

use super::{Attached, AttachmentRole, picture, place};
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
        () if bytes.get(4..8) == Some(b"ftyp") => match bytes.get(8..12) {
            Some(b"avif" | b"avis") => "image/avif",
            Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1") => "image/heif",
            Some(b"M4A " | b"M4B ") => "audio/mp4",
            Some(b"qt  ") => "video/quicktime",
            _ => "video/mp4",
        },
        () if starts(b"ID3") || starts(b"\xff\xfb") || starts(b"\xff\xf3") => "audio/mpeg",
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") => "audio/wav",
        () if starts(b"OggS") => "audio/ogg",
        () if starts(b"fLaC") => "audio/flac",
        () if starts(b"\x1a\x45\xdf\xa3") && bytes[..bytes.len().min(64)].windows(4).any(|w| w == b"webm") => {
            "video/webm"
        }
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
        let (width, height) = match is_decoded(media_type) {
            true => dimensions(&upload.bytes).map(|(width, height)| (Some(width), Some(height)))?,
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

/// Whether pictures of this type are made smaller; others are kept and served as they are.
fn is_decoded(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

fn dimensions(bytes: &[u8]) -> Result<(u32, u32)> {
    let refused = |trouble| match trouble {
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
    };
    Ok(picture::dimensions(bytes).map_err(refused)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_and_nothing_that_runs_is_recognised() {
        for (name, bytes, media_type) in [
            ("a.html", b"<!DOCTYPE html><script>x()</script>".as_slice(), "text/plain"),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "text/plain"),
            ("a.png", b"<html>", "text/plain"),
            ("a.txt", b"\xff\xfe\x00", "application/octet-stream"),
            ("a.html", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("a.avif", b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
            ("a.mov", b"\0\0\0\x14ftypqt  ", "video/quicktime"),
            ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
            ("a.m4a", b"\0\0\0\x20ftypM4A ", "audio/mp4"),
            ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
        ] {
            assert_eq!(media_type_of(name, bytes), media_type, "{name}");
        }
    }
}
