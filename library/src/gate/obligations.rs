//! What keeps a revision from being submitted (交审): that it is classified (归类), tagged (打标), related (关联) and complete.
//!
//! Pure. What every content must have is here, what its kind alone must have in `kinds`; all that is missing is told at
//! once. Paths are those of the GraphQL input `ContentFieldsInput`. Nothing is demanded that a source may not state:
//! validity (有效性) above all.

use serde_json::Value;

use super::kinds;
use crate::Directory;
use crate::code::CodeList;
use crate::content::body::{self, Layout};
use crate::content::{ContentFields, Details, DisclosureKind};
use crate::field::FieldDefinition;
use crate::id::SiteId;
use crate::refusal::{Refusal, RefusalCode};
use crate::tag::TagState;

/// Everything that keeps a revision of a content at home on `site` from being submitted; empty if it may be.
pub fn missing(directory: &Directory, site: SiteId, fields: &ContentFields) -> Vec<Refusal> {
    let mut wanted = Wanted { directory, fields, body: body::layout(&fields.body_html), missing: Vec::new() };
    wanted.description();
    wanted.classification();
    wanted.relations();
    kinds::look(&mut wanted);
    wanted.own_fields(site);
    wanted.missing
}

/// What is looked at, and what was found missing.
pub(super) struct Wanted<'w> {
    /// What the revision names.
    pub directory: &'w Directory,
    /// The revision.
    pub fields: &'w ContentFields,
    /// Its body.
    pub body: Layout,
    missing: Vec<Refusal>,
}

impl Wanted<'_> {
    /// Tells what is missing at `path`, unless `there` is true.
    pub(super) fn want(&mut self, there: bool, path: &str, message: &str, english: &str) {
        if !there {
            self.missing.push(Refusal::new(RefusalCode::GateRefused, path, message, english));
        }
    }

    /// Whether it is government information (政府信息), for which the catalogue asks more.
    pub(super) fn is_disclosed(&self) -> bool {
        self.fields.disclosure != DisclosureKind::NotApplicable
    }

    /// Whether one of these codes may still be given to contents.
    pub(super) fn has_code<'c>(&self, list: CodeList, codes: impl IntoIterator<Item = &'c String>) -> bool {
        codes.into_iter().any(|code| self.directory.code(list, code).is_some_and(|item| !item.retired))
    }

    /// Whether the body says or shows something.
    pub(super) fn has_body(&self) -> bool {
        let plays = |tag: &str| self.fields.body_html.contains(tag);
        !self.body.text.is_empty()
            || !self.body.pictures.is_empty()
            || ["<video", "<audio", "<iframe"].map(plays).contains(&true)
    }

    fn description(&mut self) {
        let fields = self.fields;
        self.want(!fields.title.is_empty(), "title", "缺少标题", "there is no title");
        self.want(!fields.source_name.is_empty(), "sourceName", "未注明信息来源", "it is not said where it comes from");
        let publisher = self.directory.organisations.get(fields.publisher);
        let (message, english) = ("发布机构不存在或已并入其他机构", "the publisher is gone or was merged into another");
        self.want(publisher.is_some_and(|one| one.merged_into.is_none()), "publisher", message, english);
        // What leads elsewhere or is a file says enough; an answer does not, which its kind tells.
        let shown = self.has_body() || fields.external_url.is_some() || !fields.attachments.is_empty();
        self.want(shown, "bodyHtml", "没有正文、附件或链接地址", "there is neither body nor file nor address");
    }

    /// Classified and tagged. Theme and genre are demanded of government information alone (目录指引).
    fn classification(&mut self) {
        let fields = self.fields;
        self.want(
            !fields.columns.is_empty(),
            "columns",
            "未归类：未选择栏目",
            "it is not classified: no column is chosen",
        );
        let active = |tag| self.directory.tags.get(tag).is_some_and(|tag| tag.state == TagState::Active);
        let tagged = fields.tags.iter().any(|assigned| active(assigned.tag));
        self.want(
            tagged,
            "tags",
            "未打标：至少需要一个启用的标签",
            "it is not tagged: at least one active tag is needed",
        );
        // What hangs on a policy or a service is classified with it, answers by their own category.
        let hangs_on_another = matches!(
            fields.details,
            Details::Interpretation(_) | Details::KnowledgeEntry(_) | Details::ServiceGuide(_)
        );
        if !self.is_disclosed() || hangs_on_another {
            return;
        }
        let themed = self.has_code(CodeList::Theme, &fields.themes);
        self.want(themed, "themes", "政府信息须选择主题分类", "government information needs a theme");
        // A policy's genre is its document type (公文种类), which its kind asks for.
        let typed = matches!(fields.details, Details::Policy(_));
        let of_genre = typed || self.has_code(CodeList::Genre, &fields.genres);
        self.want(of_genre, "genres", "政府信息须选择体裁", "government information needs a genre");
    }

    /// Related to something, or said to be related to nothing.
    fn relations(&mut self) {
        let related = !self.fields.links.is_empty() || self.fields.without_links;
        let (message, english) = (
            "未关联：请关联相关信息，或注明确无关联",
            "it is not related: link it, or say that there is nothing to link",
        );
        self.want(related, "links", message, english);
    }

    /// The fields that the site itself demands (扩展字段).
    fn own_fields(&mut self, site: SiteId) {
        let directory = self.directory;
        let kind = self.fields.details.kind();
        let mut columns = Vec::new();
        for column in &self.fields.columns {
            columns.push(*column);
            columns.extend(directory.columns.ancestors(*column).iter().map(|above| above.id));
        }
        let demanded = |field: &FieldDefinition| {
            let here = field.column.is_none_or(|column| columns.contains(&column));
            field.fields.required && !field.retired && field.is_of(site, kind) && here
        };
        for field in directory.fields.all().iter().filter(|field| demanded(field)) {
            let entries = self.fields.fields.iter().filter(|entry| entry.key == field.key);
            let filled = entries.into_iter().any(|entry| says_something(&entry.value));
            let label = &field.fields.label;
            let (message, english) = (format!("未填写“{label}”"), format!("the field {} is not filled in", field.key));
            self.want(filled, &format!("fields.{}", field.key), &message, &english);
        }
    }
}

/// Whether a value of a site's own field says something.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(values) => values.iter().any(says_something),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => true,
    }
}
