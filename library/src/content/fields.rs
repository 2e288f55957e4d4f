//! A revision: everything that an editor says of a content, whole, as one document.

use serde::{Deserialize, Serialize};

use super::kind::{Details, DisclosureKind};
use crate::attachment::AttachmentRole;
use crate::column::ShareType;
use crate::id::{AttachmentId, ColumnId, ContentId, OrganisationId, TagId};
use crate::instant::{Date, Instant};
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
    /// 标题.
    pub title: String,
    /// 副标题.
    #[serde(default)]
    pub subtitle: Option<String>,
    /// 摘要, at most 100 characters by the rule of the catalogue; longer ones are kept, up to 500.
    #[serde(default)]
    pub summary: Option<String>,
    /// 正文.
    #[serde(default)]
    pub body_html: String,
    /// BCP 47.
    #[serde(default = "chinese")]
    pub language: String,
    /// The picture of lists.
    #[serde(default)]
    pub cover: Option<AttachmentUse>,
    /// 关键词.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// 发布机构.
    pub publisher: OrganisationId,
    /// 信息来源.
    #[serde(default)]
    pub source_name: String,
    /// Where it was taken from.
    #[serde(default)]
    pub source_url: Option<String>,
    /// 作者.
    #[serde(default)]
    pub author: Option<String>,
    /// 责任编辑.
    #[serde(default)]
    pub editor: Option<String>,
    /// 生成日期.
    #[serde(default)]
    pub formed_on: Option<Date>,
    /// 公开属性.
    #[serde(default)]
    pub disclosure: DisclosureKind,
    /// 共享类型.
    #[serde(default = "open")]
    pub share_type: ShareType,
    /// 主题分类: codes of THEME.
    #[serde(default)]
    pub themes: Vec<String>,
    /// 体裁: codes of GENRE.
    #[serde(default)]
    pub genres: Vec<String>,
    /// 服务对象: codes of AUDIENCE.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// 生命周期: codes of LIFE_STAGE.
    #[serde(default)]
    pub life_stages: Vec<String>,
    /// 标签, at most 30.
    #[serde(default)]
    pub tags: Vec<TagAssignment>,
    /// 关联信息, at most 200.
    #[serde(default)]
    pub links: Vec<LinkTo>,
    /// 附件, at most 100.
    #[serde(default)]
    pub attachments: Vec<AttachmentUse>,
    /// Fields of the site's own.
    #[serde(default)]
    pub fields: Vec<FieldEntry>,
    /// The columns of the home site that it is placed in, the home column first.
    #[serde(default)]
    pub columns: Vec<ColumnId>,
    /// Where a LINK article leads.
    #[serde(default)]
    pub external_url: Option<String>,
    /// What its kind alone has.
    pub details: Details,
    /// Where it came from.
    #[serde(default)]
    pub origin: Option<Origin>,
}

fn chinese() -> String {
    "zh-CN".to_owned()
}

fn open() -> ShareType {
    ShareType::Open
}

impl ContentFields {
    /// Fields with what every content must have; the rest is empty.
    pub fn new(title: impl Into<String>, publisher: OrganisationId, details: Details) -> Self {
        Self {
            format: 1,
            title: title.into(),
            subtitle: None,
            summary: None,
            body_html: String::new(),
            language: chinese(),
            cover: None,
            keywords: Vec::new(),
            publisher,
            source_name: String::new(),
            source_url: None,
            author: None,
            editor: None,
            formed_on: None,
            disclosure: DisclosureKind::default(),
            share_type: open(),
            themes: Vec::new(),
            genres: Vec::new(),
            audiences: Vec::new(),
            life_stages: Vec::new(),
            tags: Vec::new(),
            links: Vec::new(),
            attachments: Vec::new(),
            fields: Vec::new(),
            columns: Vec::new(),
            external_url: None,
            details,
            origin: None,
        }
    }
}
