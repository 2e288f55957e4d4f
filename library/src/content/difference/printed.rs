//! The fields of a revision as people read them, in the order of a form.

use serde::Serialize;
use serde_json::Value;

use super::labels::{self, word};
use crate::Directory;
use crate::code::CodeList;
use crate::content::body;
use crate::content::{AttachmentUse, ContentFields, ContentKind, LinkTarget, LinkTo};
use crate::id::OrganisationId;
use crate::text::camel;

/// A list of longer texts than this is printed a line each.
const LONG: usize = 20;

/// A field as people read it.
pub(super) struct Printed {
    /// Where it stands in the input of a content.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// What it says, if it says something.
    pub text: Option<String>,
}

/// All fields of a revision.
pub(super) fn all(directory: &Directory, fields: &ContentFields) -> Vec<Printed> {
    let print = Print { directory };
    let mut all = Vec::new();
    for (name, text) in print.common(fields) {
        let text = text.filter(|text| !text.is_empty());
        all.push(Printed { field: name.to_owned(), label: labels::of_common(name).to_owned(), text });
    }
    print.own(fields, &mut all);
    for entry in &fields.fields {
        let definition = directory.fields.all().iter().find(|field| field.key == entry.key);
        let list = definition.and_then(|field| field.fields.list);
        all.push(Printed {
            field: format!("fields.{}", entry.key),
            label: definition.map_or_else(|| entry.key.clone(), |field| field.fields.label.clone()),
            text: print.value(&entry.key, list, &entry.value),
        });
    }
    all
}

struct Print<'p> {
    directory: &'p Directory,
}

impl Print<'_> {
    /// The fields of all kinds, by their names in the input of a content.
    fn common(&self, fields: &ContentFields) -> Vec<(&'static str, Option<String>)> {
        let some = |text: &str| Some(text.to_owned());
        let codes = |list, codes: &[String]| Some(lines(codes.iter().map(|code| self.code(list, code)).collect()));
        vec![
            ("title", some(&fields.title)),
            ("subtitle", fields.subtitle.clone()),
            ("summary", fields.summary.clone()),
            ("bodyHtml", Some(self.body(&fields.body_html))),
            ("language", some(&fields.language)),
            ("cover", fields.cover.as_ref().map(|cover| self.file(cover))),
            ("keywords", Some(lines(fields.keywords.clone()))),
            ("publisher", Some(self.organisation(fields.publisher))),
            ("sourceName", some(&fields.source_name)),
            ("sourceUrl", fields.source_url.clone()),
            ("externalUrl", fields.external_url.clone()),
            ("author", fields.author.clone()),
            ("editor", fields.editor.clone()),
            ("formedOn", fields.formed_on.map(|day| day.to_string())),
            ("disclosure", named("disclosure", &fields.disclosure)),
            ("shareType", named("share_type", &fields.share_type)),
            ("themes", codes(CodeList::Theme, &fields.themes)),
            ("genres", codes(CodeList::Genre, &fields.genres)),
            ("audiences", codes(CodeList::Audience, &fields.audiences)),
            ("lifeStages", codes(CodeList::LifeStage, &fields.life_stages)),
            ("columns", Some(self.columns(fields))),
            ("tags", Some(self.tags(fields))),
            ("links", Some(fields.links.iter().map(link).collect::<Vec<_>>().join("\n"))),
            ("withoutLinks", Some(yes(fields.without_links))),
            ("attachments", Some(fields.attachments.iter().map(|used| self.file(used)).collect::<Vec<_>>().join("\n"))),
        ]
    }

    /// What the kind alone has: the fields that have a label in the order of these, then whatever else there is.
    fn own(&self, fields: &ContentFields, all: &mut Vec<Printed>) {
        let kind = fields.details.kind();
        // A record that cannot be written has no fields; these records always can.
        let Ok(Value::Object(mut record)) = serde_json::to_value(&fields.details) else { return };
        record.remove("kind");
        let below = camel(&<&str>::from(kind).to_ascii_lowercase());
        let labelled =
            labels::of_kind(kind).iter().filter_map(|(name, label)| Some((*name, *label, record.remove(*name)?)));
        let labelled: Vec<_> =
            labelled.map(|(name, label, value)| (name.to_owned(), label.to_owned(), value)).collect();
        let mut rest: Vec<_> = record.into_iter().map(|(name, value)| (name.clone(), name, value)).collect();
        rest.sort_by(|one, other| one.0.cmp(&other.0));
        for (name, label, value) in labelled.into_iter().chain(rest) {
            let text = self.value(&name, list_of(kind, &name), &value);
            all.push(Printed { field: format!("details.{below}.{}", camel(&name)), label, text });
        }
    }

    /// A value of a record; nothing if it says nothing.
    fn value(&self, name: &str, list: Option<CodeList>, value: &Value) -> Option<String> {
        let text = match value {
            Value::Null => return None,
            Value::Bool(is) => yes(*is),
            Value::Number(number) => number.to_string(),
            Value::String(text) => match (list, text.parse()) {
                (Some(list), _) => self.code(list, text),
                (None, Ok(id)) => self.organisation(id),
                (None, Err(_)) => word(name, text).map_or_else(|| text.clone(), str::to_owned),
            },
            Value::Array(values) => {
                let printed: Vec<_> = values.iter().filter_map(|value| self.value(name, list, value)).collect();
                match values.iter().any(Value::is_object) {
                    true => printed.join("\n"),
                    false => lines(printed),
                }
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| labels::rank_within(name));
                let print = |(name, value): (&String, &Value)| {
                    let text = self.value(name, None, value).filter(|_| *value != Value::Bool(false))?;
                    Some(format!("{}：{text}", labels::within(name)))
                };
                members.into_iter().filter_map(print).collect::<Vec<_>>().join("；")
            }
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// The text of a body, with what is in it beside its text.
    fn body(&self, html: &str) -> String {
        let layout = body::layout(html);
        let mut text = layout.text;
        let pictures = layout.pictures.iter().map(|picture| match picture.alt.as_deref().unwrap_or_default() {
            "" => format!("〔图片〕{}", picture.source),
            alt => format!("〔图片〕{alt} {}", picture.source),
        });
        let links = layout.links.iter().filter_map(|link| Some(format!("〔链接〕{}", link.href.as_deref()?)));
        for line in pictures.chain(links) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
        }
        text
    }

    fn organisation(&self, id: OrganisationId) -> String {
        self.directory.organisations.get(id).map_or_else(|| id.to_string(), |found| found.fields.name.clone())
    }

    fn code(&self, list: CodeList, code: &str) -> String {
        self.directory.code(list, code).map_or_else(|| code.to_owned(), |item| item.name.clone())
    }

    fn tags(&self, fields: &ContentFields) -> String {
        let name = |tag| self.directory.tags.get(tag).map(|tag| tag.fields.name.clone());
        lines(fields.tags.iter().map(|one| name(one.tag).unwrap_or_else(|| one.tag.to_string())).collect())
    }

    fn columns(&self, fields: &ContentFields) -> String {
        let name = |id| {
            let column = self.directory.columns.get(id)?;
            let above = self.directory.columns.ancestors(id);
            let names: Vec<_> = above.iter().chain([column]).map(|column| column.fields.name.as_str()).collect();
            Some(names.join("/"))
        };
        lines(fields.columns.iter().map(|id| name(*id).unwrap_or_else(|| id.to_string())).collect())
    }

    /// A file in its use.
    fn file(&self, used: &AttachmentUse) -> String {
        let role = named("role", &used.role).unwrap_or_default();
        let name = used.name.clone().unwrap_or_else(|| used.attachment.to_string());
        let mut text = format!("{role}：{name}");
        for (label, more) in [("替代文本", &used.alt), ("图注", &used.caption)] {
            if let Some(more) = more {
                text.push_str(&format!("；{label}：{more}"));
            }
        }
        text
    }
}

/// The code list that a field of a kind chooses from.
fn list_of(kind: ContentKind, name: &str) -> Option<CodeList> {
    match (name, kind) {
        ("document_type", _) => Some(CodeList::DocumentType),
        ("special_class", _) => Some(CodeList::SpecialClass),
        ("statutory_category", _) => Some(CodeList::StatutoryCategory),
        ("material_kind", _) => Some(CodeList::Local),
        ("category", ContentKind::KnowledgeEntry) => Some(CodeList::KnowledgeCategory),
        ("category", _) => Some(CodeList::ServiceCategory),
        _ => None,
    }
}

fn link(link: &LinkTo) -> String {
    let what = named("type", &link.kind).unwrap_or_default();
    let to = match &link.to {
        LinkTarget::Content(id) => id.to_string(),
        LinkTarget::Page { title, url } => format!("{title} {url}"),
    };
    match &link.note {
        Some(note) => format!("{what}：{to}（{note}）"),
        None => format!("{what}：{to}"),
    }
}

/// A value of an enum by its word.
fn named(name: &str, value: &impl Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    let text = value.as_str()?;
    Some(word(name, text).unwrap_or(text).to_owned())
}

fn yes(is: bool) -> String {
    if is { "是" } else { "否" }.to_owned()
}

/// Short texts beside one another, longer ones a line each.
fn lines(texts: Vec<String>) -> String {
    let long = texts.iter().any(|text| text.chars().count() > LONG);
    texts.join(if long { "\n" } else { "、" })
}
