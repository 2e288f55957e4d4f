//! One content of the city: from its data to the fields that the library drafts.

use std::collections::BTreeSet;

use anyhow::Context as _;
use library::attachment::{AttachmentRole, Upload};
use library::changes::KeyKind;
use library::code::CodeList;
use library::content::{
    AttachmentUse, ContentFields, ContentKind, Details, DisclosureKind, FieldEntry, TagAssignment, TagAssignmentSource,
};
use serde_json::Value;

use super::read::{City, ContentData, Fields};
use super::structure::{made, picture, put, take};
use super::{Filling, files, pictures};

/// The fields of a content; its links are another matter, because they need the ids of others.
pub(super) async fn fields(filling: &Filling<'_>, data: &City, content: &ContentData) -> anyhow::Result<ContentFields> {
    let publisher = filling.organisation(&content.publisher)?;
    let (details, external_url) = details(filling, content)?;
    let mut fields = ContentFields::new(&content.title, publisher, details);
    fields.subtitle = content.subtitle.clone();
    fields.summary = content.summary.clone();
    fields.body_html = content.body.clone();
    if let Some(language) = &content.language {
        fields.language = language.clone();
    }
    fields.keywords = content.keywords.clone();
    fields.source_name = content.source.clone().unwrap_or_default();
    fields.author = content.author.clone();
    fields.editor = content.editor.clone();
    fields.formed_on = content.formed;
    fields.external_url = external_url;
    fields.disclosure = match (content.disclosure()?, content.kind) {
        (Some(kind), _) => kind,
        (_, ContentKind::Disclosure) => DisclosureKind::Proactive,
        _ => DisclosureKind::NotApplicable,
    };
    classify(filling, content, &mut fields)?;
    for path in std::iter::once(&content.column).chain(&content.also) {
        fields.columns.push(filling.column(&format!("{}:{path}", content.site))?);
    }
    for value in data.values.iter().filter(|value| value.content == content.key) {
        fields.fields.push(FieldEntry { key: value.field.clone(), value: value.value.clone() });
    }
    attach(filling, content, &mut fields).await?;
    Ok(fields)
}

/// Tags and codes. Where a code list has an item of a tag's name, the content has that code too.
fn classify(filling: &Filling<'_>, content: &ContentData, fields: &mut ContentFields) -> anyhow::Result<()> {
    let codes = |list: CodeList, names: &[String]| -> anyhow::Result<Vec<String>> {
        names.iter().map(|name| filling.code(list, name)).collect()
    };
    let same = |list: CodeList| -> Vec<String> {
        let found: BTreeSet<_> = content.tags.iter().filter_map(|name| filling.code_of(list, name)).collect();
        found.into_iter().collect()
    };
    fields.themes = codes(CodeList::Theme, &content.themes)?;
    fields.audiences = codes(CodeList::Audience, &content.audiences)?;
    fields.genres = same(CodeList::Genre);
    fields.life_stages = same(CodeList::LifeStage);
    for name in &content.tags {
        let tag = filling.tag(KeyKind::TagName, name)?;
        fields.tags.push(TagAssignment { tag, source: TagAssignmentSource::Editor });
    }
    Ok(())
}

/// Uploads the cover and the files.
async fn attach(filling: &Filling<'_>, content: &ContentData, fields: &mut ContentFields) -> anyhow::Result<()> {
    if content.cover {
        let alt = format!("配图：{}", content.title);
        let cover = picture(filling, &content.key, &alt, pictures::landscape(&content.key, 800, 450)?).await?;
        fields.cover = Some(used(cover.id, AttachmentRole::Cover));
    }
    for name in &content.files {
        let bytes = files::file(name, &content.title, &fields.source_name)?;
        let upload = Upload { name: name.clone(), alt: None, bytes: bytes.into() };
        let file = filling.library.upload_attachment(&filling.caller, upload).await?;
        fields.attachments.push(used(file.id, AttachmentRole::Attachment));
    }
    Ok(())
}

fn used(attachment: library::id::AttachmentId, role: AttachmentRole) -> AttachmentUse {
    AttachmentUse { attachment, role, name: None, alt: None, caption: None }
}

/// What the content's kind alone has, and where a LINK article leads.
fn details(filling: &Filling<'_>, content: &ContentData) -> anyhow::Result<(Details, Option<String>)> {
    let mut table = content.details();
    let external_url = take(&mut table, "external_url");
    for key in ["responsible", "authority"] {
        if let Some(unit) = take(&mut table, key) {
            put(&mut table, key, filling.organisation(&unit)?);
        }
    }
    if let Some(Value::Array(issuers)) = table.get_mut("issuers") {
        for issuer in issuers {
            let id = filling.organisation(issuer.as_str().unwrap_or_default())?;
            *issuer = Value::String(id.to_string());
        }
    }
    let category = match content.kind {
        ContentKind::KnowledgeEntry => CodeList::KnowledgeCategory,
        _ => CodeList::ServiceCategory,
    };
    for (key, list) in [
        ("document_type", CodeList::DocumentType),
        ("special_class", CodeList::SpecialClass),
        ("material_kind", CodeList::Local),
        ("statutory_category", CodeList::StatutoryCategory),
        ("category", category),
    ] {
        code(filling, &mut table, key, list)?;
    }
    table.insert("kind".to_owned(), serde_json::to_value(content.kind)?);
    Ok((made(table).context("what its kind has of its own")?, external_url))
}

/// Puts a code where its name was.
fn code(filling: &Filling<'_>, table: &mut Fields, key: &str, list: CodeList) -> anyhow::Result<()> {
    if let Some(name) = take(table, key) {
        put(table, key, filling.code(list, &name)?);
    }
    Ok(())
}
