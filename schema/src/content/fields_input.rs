//! What an editor says of a content (著录项): only what is given is changed.
//!
//! The inputs are written as the revision's document has them, and the library lays them over it: so a field of a content
//! is one line here. Null removes; what must be there cannot be removed.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject, Result};
use library::content::ContentPatch;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::details_input::ContentDetailsInput;
use super::enums::DisclosureKind;
use crate::enums::{AttachmentRole, ShareType};
use crate::link::LinkType;
use crate::scalars::{Date, Html, Json as AnyJson, Url, bad_input};

/// Who gave a tag (打标来源).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TagAssignmentSource {
    /// An editor (人工).
    #[default]
    Editor,
    /// A machine's suggestion that an editor took over (机器推荐).
    Machine,
    /// An import (导入).
    Import,
}

/// A tag on a content (标签).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct TagAssignmentInput {
    /// Which tag (标签).
    pub tag: ID,
    /// Who gave it (打标来源).
    #[graphql(default_with = "Some(TagAssignmentSource::Editor)")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<TagAssignmentSource>,
}

/// A page outside (站外网页).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct ExternalPageInput {
    /// Its title (标题).
    pub title: String,
    /// Its address (网址).
    pub url: Url,
}

/// Where a link leads (关联对象): to exactly one of these.
#[derive(Debug, Clone, OneofObject, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkTargetInput {
    /// A content of the library (库内信息).
    Content(ID),
    /// A page outside (站外网页).
    Page(ExternalPageInput),
}

/// A link to another content or page (关联).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct ContentLinkInput {
    /// What it means (关联类型).
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub kind: LinkType,
    /// Where it leads (关联对象).
    pub to: LinkTargetInput,
    /// What an editor says of it (说明).
    pub note: Option<String>,
}

/// A file in a content (附件使用).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct AttachmentUseInput {
    /// Which file (附件).
    pub attachment: ID,
    /// What it is for (用途).
    pub role: AttachmentRole,
    /// What it is called here; as uploaded if not given (名称).
    pub name: Option<String>,
    /// Text instead of the picture (替代文本).
    pub alt: Option<String>,
    /// Text below the picture (图注).
    pub caption: Option<String>,
}

/// A value of a field of the site's own (扩展字段值).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct FieldInput {
    /// The key of its definition (字段).
    pub key: String,
    /// What it holds (值).
    pub value: AnyJson,
}

/// What an editor says of a content (著录项). What is not given stays as it is; null removes what may be missing. A list that is
/// given stands for the whole.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct ContentFieldsInput {
    /// Its title (标题).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub title: MaybeUndefined<String>,
    /// A line below the title (副标题).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub subtitle: MaybeUndefined<String>,
    /// What it is about in a sentence or two (摘要).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub summary: MaybeUndefined<String>,
    /// Its text (正文); it is cleaned: no scripts, no styles from outside.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub body_html: MaybeUndefined<Html>,
    /// Its language (语种; BCP 47).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub language: MaybeUndefined<String>,
    /// The picture of lists (封面).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub cover: MaybeUndefined<ID>,
    /// Keywords (关键词), at most 30.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub keywords: MaybeUndefined<Vec<String>>,
    /// Who publishes it (发布机构); where a draft says nothing, who keeps its column, else where its editor works.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub publisher: MaybeUndefined<ID>,
    /// Where the information comes from (信息来源).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub source_name: MaybeUndefined<String>,
    /// The page that it was taken from (来源网址).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub source_url: MaybeUndefined<Url>,
    /// Where a LINK article leads (外链网址).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub external_url: MaybeUndefined<Url>,
    /// Who wrote it (作者).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub author: MaybeUndefined<String>,
    /// Who edited it (责任编辑).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub editor: MaybeUndefined<String>,
    /// When it came about (生成日期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub formed_on: MaybeUndefined<Date>,
    /// Whether it is disclosed (公开属性).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub disclosure: MaybeUndefined<DisclosureKind>,
    /// Whether others may have it (共享类型).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub share_type: MaybeUndefined<ShareType>,
    /// Themes (主题分类): codes.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub themes: MaybeUndefined<Vec<String>>,
    /// Genres (体裁): codes.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub genres: MaybeUndefined<Vec<String>>,
    /// Whom it serves (服务对象): codes.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub audiences: MaybeUndefined<Vec<String>>,
    /// For which stage of life (生命周期): codes.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub life_stages: MaybeUndefined<Vec<String>>,
    /// Its tags (标签), at most 30.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub tags: MaybeUndefined<Vec<TagAssignmentInput>>,
    /// Its links (关联), at most 200.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub links: MaybeUndefined<Vec<ContentLinkInput>>,
    /// That it is related to nothing (无关联): then the gate does not ask for links.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub without_links: MaybeUndefined<bool>,
    /// Its files (附件), at most 100.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub attachments: MaybeUndefined<Vec<AttachmentUseInput>>,
    /// Values of fields of the site's own (扩展字段).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub fields: MaybeUndefined<Vec<FieldInput>>,
    /// What its kind alone has (类型特有项).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub details: MaybeUndefined<ContentDetailsInput>,
}

impl ContentFieldsInput {
    /// What is given, as the library lays it over what is there.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for what cannot be written as JSON.
    pub fn patch(self) -> Result<ContentPatch> {
        let written = serde_json::to_value(self).map_err(|_| bad_input("the fields cannot be read"))?;
        let Json::Object(mut given) = written else { return Ok(ContentPatch(Map::new())) };
        if let Some(cover) = given.get_mut("cover").filter(|cover| !cover.is_null()) {
            *cover = json!({ "attachment": cover.take(), "role": "COVER" });
        }
        Ok(ContentPatch(given))
    }
}
