//! Attachments (附件): files stored once by their bytes, used by contents, leaders, columns and panels.

mod chosen;
mod collect;
mod kept;
mod named;
mod picture;
mod quota;
mod read;
mod rendition;
mod signed;
mod sniff;
mod spool;
mod ticket;
mod upload;

use serde::{Deserialize, Serialize};

use crate::id::AttachmentId;

pub(crate) use chosen::settle_pictures;
pub use collect::Collected;
pub(crate) use named::note_revisions;
pub use read::File;
pub(crate) use rendition::Darkroom;
pub use rendition::{Rendition, RenditionFormat, RenditionPreset};
pub use signed::Signature;
pub use sniff::media_type_of;
pub use spool::{Spool, Spooled, Uploads};
pub use ticket::{BeginUpload, FinishUpload, Receiving, Ticket};
pub use upload::{AddAttachment, Upload};

/// What a file is for where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum AttachmentRole {
    Cover,
    Attachment,
    PlainText,
    OriginalLayout,
    Image,
    Video,
    Audio,
    Captions,
    Poster,
}

/// A file in its use: the facts of the file, which never change, and what this use says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// The file.
    pub id: AttachmentId,
    /// What it is called here.
    pub name: String,
    /// What it is for here.
    pub role: AttachmentRole,
    /// Its media type, sniffed from its bytes.
    pub media_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Text instead of the picture.
    #[serde(default)]
    pub alt: Option<String>,
    /// Text below the picture.
    #[serde(default)]
    pub caption: Option<String>,
    /// Pixels, for pictures.
    #[serde(default)]
    pub width: Option<u32>,
    /// Pixels, for pictures.
    #[serde(default)]
    pub height: Option<u32>,
    /// Seconds, for audio and video.
    #[serde(default)]
    pub duration_seconds: Option<u32>,
    /// A still picture of a video.
    #[serde(default)]
    pub poster: Option<Box<Attached>>,
    /// Subtitles.
    #[serde(default)]
    pub captions: Vec<Attached>,
    /// What is said, as text.
    #[serde(default)]
    pub transcript: Option<String>,
    /// BCP 47, for subtitles.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether it is shown to somebody who may see it before the public does: then its addresses are signed and expire.
    #[serde(skip)]
    pub signed: bool,
}

impl Attached {
    /// The file and every file that it brings along.
    pub(crate) fn files(&self) -> Vec<AttachmentId> {
        let mut files = vec![self.id];
        files.extend(self.poster.iter().flat_map(|poster| poster.files()));
        files.extend(self.captions.iter().flat_map(Attached::files));
        files
    }

    /// The file with this identifier: it, or one that it brings along.
    pub(crate) fn with_id(&self, id: AttachmentId) -> Option<&Attached> {
        if self.id == id {
            return Some(self);
        }
        let brought = self.poster.as_deref().into_iter().chain(&self.captions);
        brought.into_iter().find_map(|attached| attached.with_id(id))
    }

    /// The same file for somebody who may see it before the public does, with all that it brings along.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.signed = true;
        self.poster = self.poster.map(|poster| Box::new(poster.signed()));
        self.captions = self.captions.into_iter().map(Self::signed).collect();
        self
    }

    /// Its path below the address where files are served.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.id, file_name(&self.name))
    }
}

/// A name as the last segment of an address: letters and digits of any script, and `- _ .`.
fn file_name(name: &str) -> String {
    let keep = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(keep).collect();
    name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// Where the bytes with this SHA-256 lie in the object store.
pub(crate) fn place(sha256: &str) -> object_store::path::Path {
    object_store::path::Path::from(format!("original/{}/{sha256}", &sha256[..2]))
}
