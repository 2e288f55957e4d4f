//! A revision: everything that an editor says of a content, whole, as one document.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

use super::description::Description;
use super::kind::Details;
use crate::attachment::AttachmentRole;
use crate::id::{AttachmentId, ColumnId, ContentId, OrganisationId, TagId};
use crate::instant::Instant;
use crate::link::LinkType;

/// Who gave a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum TagAssignmentSource {
    #[default]
    Editor,
    Machine,
    Import,
}

/// A tag on a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagAssignment {
    /// The tag.
    pub tag: TagId,
    /// Who gave it.
    #[serde(default)]
    pub source: TagAssignmentSource,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum LinkTarget {
    Content(ContentId),
    Page { title: String, url: String },
}

/// A link from a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTo {
    /// What it means.
    #[serde(rename = "type")]
    pub kind: LinkType,
    /// Where it leads.
    pub to: LinkTarget,
    /// What an editor says of it.
    #[serde(default)]
    pub note: Option<String>,
}

/// A file in a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentUse {
    /// The file.
    pub attachment: AttachmentId,
    /// What it is for.
    pub role: AttachmentRole,
    /// What it is called here; as uploaded if not given.
    #[serde(default)]
    pub name: Option<String>,
    /// Text instead of the picture.
    #[serde(default)]
    pub alt: Option<String>,
    /// Text below the picture.
    #[serde(default)]
    pub caption: Option<String>,
}

/// A value of a field of a site's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldEntry {
    /// The key of its definition.
    pub key: String,
    /// What it holds.
    pub value: serde_json::Value,
}

/// Where a content came from, when another system made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The system.
    pub system: String,
    /// Its id there.
    pub id: String,
    /// A hash of what was taken over.
    pub content_hash: String,
    /// When it was first published there: only an import states this.
    #[serde(default)]
    pub published_at: Option<Instant>,
}

/// Everything that an editor says of a content. Format 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContentFields {
    /// The format of this document.
    pub format: u32,
    /// What says what it is; its fields are read as if they stood here.
    pub description: Description,
    /// 正文.
    #[serde(default)]
    pub body_html: String,
    /// BCP 47.
    pub language: String,
    /// The picture of lists.
    #[serde(default)]
    pub cover: Option<AttachmentUse>,
    /// 发布机构.
    pub publisher: OrganisationId,
    /// 标签, at most 30.
    #[serde(default)]
    pub tags: Vec<TagAssignment>,
    /// 关联信息, at most 200.
    #[serde(default)]
    pub links: Vec<LinkTo>,
    /// Whether somebody said that it is related to nothing (确无关联信息).
    #[serde(default)]
    pub without_links: bool,
    /// 附件, at most 100.
    #[serde(default)]
    pub attachments: Vec<AttachmentUse>,
    /// Fields of the site's own.
    #[serde(default)]
    pub fields: Vec<FieldEntry>,
    /// The columns of the home site that it is placed in, the home column first.
    #[serde(default)]
    pub columns: Vec<ColumnId>,
    /// What its kind alone has.
    pub details: Details,
    /// Where it came from.
    #[serde(default)]
    pub origin: Option<Origin>,
}

impl ContentFields {
    /// Fields with what every content must have; the rest is empty.
    pub fn new(title: impl Into<String>, publisher: OrganisationId, details: Details) -> Self {
        Self {
            format: 1,
            description: Description { title: title.into(), ..Description::default() },
            body_html: String::new(),
            language: "zh-CN".to_owned(),
            cover: None,
            publisher,
            tags: Vec::new(),
            links: Vec::new(),
            without_links: false,
            attachments: Vec::new(),
            fields: Vec::new(),
            columns: Vec::new(),
            details,
            origin: None,
        }
    }

    /// The files that it uses.
    pub(crate) fn files(&self) -> Vec<AttachmentId> {
        self.attachments.iter().chain(&self.cover).map(|used| used.attachment).collect()
    }

    /// The contents that its links lead to.
    pub(crate) fn linked(&self) -> impl Iterator<Item = ContentId> {
        self.links.iter().filter_map(|link| if let LinkTarget::Content(to) = link.to { Some(to) } else { None })
    }
}

impl Deref for ContentFields {
    type Target = Description;

    fn deref(&self) -> &Description {
        &self.description
    }
}

impl DerefMut for ContentFields {
    fn deref_mut(&mut self) -> &mut Description {
        &mut self.description
    }
}
