//! What every saved revision must keep to, whatever its state; the gate before publication asks for more.

use super::document_number;
use super::fields::{AttachmentUse, ContentFields, LinkTarget};
use super::kind::{ContentKind, Details, ServiceDetails};
use crate::Directory;
use crate::code::CodeList;
use crate::html::Html;
use crate::id::SiteId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text::{accept, require};
use crate::web;

/// The fields as they are kept for a content of `kind` at home on `site`, or a refusal of what is wrong in them.
pub(super) fn check(
    mut fields: ContentFields,
    site: SiteId,
    kind: ContentKind,
    directory: &Directory,
    html: &Html,
) -> Result<ContentFields> {
    if fields.details.kind() != kind {
        return Err(invalid("details", "与信息类型不符", "of another kind").into());
    }
    fields.format = 1;
    fields.title = require("title", &fields.title, 300)?;
    fields.subtitle = optional("subtitle", fields.subtitle, 300)?;
    fields.summary = optional("summary", fields.summary, 500)?;
    fields.source_name = accept("source_name", &fields.source_name, 200)?;
    fields.author = optional("author", fields.author, 100)?;
    fields.editor = optional("editor", fields.editor, 100)?;
    fields.language = require("language", &fields.language, 35)?;
    fields.body_html = html.clean("body_html", &fields.body_html)?;
    for (path, url) in [("source_url", &mut fields.source_url), ("external_url", &mut fields.external_url)] {
        if let Some(url) = url {
            *url = web::address(path, url)?;
        }
    }
    if directory.organisations.get(fields.publisher).is_none() {
        return Err(Refusal::not_found("publisher").into());
    }
    lengths(&fields)?;
    for keyword in &mut fields.keywords {
        *keyword = require("keywords", keyword, 50)?;
    }
    for (path, list, codes) in [
        ("themes", CodeList::Theme, &fields.themes),
        ("genres", CodeList::Genre, &fields.genres),
        ("audiences", CodeList::Audience, &fields.audiences),
        ("life_stages", CodeList::LifeStage, &fields.life_stages),
    ] {
        codes.iter().try_for_each(|code| known(directory, path, list, code))?;
    }
    let mut seen = Vec::new();
    for assignment in &fields.tags {
        if directory.tags.get(assignment.tag).is_none() {
            return Err(Refusal::not_found("tags").into());
        }
        if seen.contains(&assignment.tag) {
            return Err(Refusal::duplicate("tags").into());
        }
        seen.push(assignment.tag);
    }
    for column in &fields.columns {
        let found = directory.columns.get(*column).filter(|column| column.site == site);
        let found = found.ok_or_else(|| Refusal::not_found("columns"))?;
        if !found.fields.accepts.is_empty() && !found.fields.accepts.contains(&kind) {
            return Err(invalid("columns", "栏目不接收该类信息", "the column does not accept this kind").into());
        }
    }
    for link in &mut fields.links {
        link.note = optional("links.note", link.note.take(), 300)?;
        if let LinkTarget::Page { title, url } = &mut link.to {
            *title = require("links.to.page.title", title, 300)?;
            *url = web::address("links.to.page.url", url)?;
        }
    }
    for attached in fields.attachments.iter_mut().chain(&mut fields.cover) {
        check_use(attached)?;
    }
    for (at, entry) in fields.fields.iter_mut().enumerate() {
        let path = format!("fields.{at}");
        let definition = directory.fields.all().iter().find(|field| field.key == entry.key && field.is_of(site, kind));
        let definition = definition.ok_or_else(|| Refusal::not_found(&path))?;
        entry.value = definition.accept(&path, entry.value.take())?;
    }
    fields.details = details(fields.details, directory)?;
    Ok(fields)
}

fn invalid(path: &str, message: &str, english: &str) -> Refusal {
    Refusal::new(RefusalCode::Invalid, path, message, english)
}

fn optional(path: &str, text: Option<String>, most: usize) -> Result<Option<String>> {
    let text = text.map(|text| accept(path, &text, most)).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

fn lengths(fields: &ContentFields) -> Result<()> {
    for (path, length, most) in [
        ("tags", fields.tags.len(), 30),
        ("links", fields.links.len(), 200),
        ("attachments", fields.attachments.len(), 100),
        ("keywords", fields.keywords.len(), 30),
        ("columns", fields.columns.len(), 50),
        ("fields", fields.fields.len(), 100),
    ] {
        if length > most {
            return Err(
                Refusal::new(RefusalCode::TooLong, path, format!("最多{most}项"), format!("at most {most}")).into()
            );
        }
    }
    Ok(())
}

fn known(directory: &Directory, path: &str, list: CodeList, code: &str) -> Result<()> {
    if directory.codes.all().iter().any(|item| item.list == list && item.code == *code) {
        return Ok(());
    }
    Err(Refusal::not_found(path).into())
}

fn check_use(attached: &mut AttachmentUse) -> Result<()> {
    attached.name = optional("attachments.name", attached.name.take(), 200)?;
    attached.alt = optional("attachments.alt", attached.alt.take(), 500)?;
    attached.caption = optional("attachments.caption", attached.caption.take(), 500)?;
    Ok(())
}

fn guide_addresses(guide: &mut ServiceDetails) -> Result<()> {
    let own = [
        ("details.service_guide.online_url", &mut guide.online_url),
        ("details.service_guide.query_url", &mut guide.query_url),
        ("details.service_guide.consult_url", &mut guide.consult_url),
    ];
    let channels = guide.channels.iter_mut().map(|channel| ("details.service_guide.channels.url", &mut channel.url));
    for (path, url) in own.into_iter().chain(channels) {
        if let Some(url) = url {
            *url = web::address(path, url)?;
        }
    }
    Ok(())
}

fn details(details: Details, directory: &Directory) -> Result<Details> {
    Ok(match details {
        Details::Policy(mut policy) => {
            policy.document_number = optional("details.policy.document_number", policy.document_number, 100)?;
            if let Some(number) = &policy.document_number
                && document_number::DocumentNumber::fold(number).is_empty()
            {
                policy.document_number = None;
            }
            for issuer in &policy.issuers {
                if directory.organisations.get(*issuer).is_none() {
                    return Err(Refusal::not_found("details.policy.issuers").into());
                }
            }
            for (path, list, code) in [
                ("details.policy.document_type", CodeList::DocumentType, &policy.document_type),
                ("details.policy.special_class", CodeList::SpecialClass, &policy.special_class),
            ] {
                code.iter().try_for_each(|code| known(directory, path, list, code))?;
            }
            if policy.effective_on.zip(policy.expires_on).is_some_and(|(from, until)| until < from) {
                return Err(invalid(
                    "details.policy.expires_on",
                    "有效期早于施行日期",
                    "expires before it is in force",
                )
                .into());
            }
            Details::Policy(policy)
        }
        Details::Notice { publicity_from, publicity_until, feedback } => {
            if publicity_from.zip(publicity_until).is_some_and(|(from, until)| until < from) {
                return Err(
                    invalid("details.notice.publicity_until", "公示截止早于开始", "ends before it begins").into()
                );
            }
            Details::Notice {
                publicity_from,
                publicity_until,
                feedback: optional("details.notice.feedback", feedback, 2000)?,
            }
        }
        Details::KnowledgeEntry(entry) => {
            if entry.responsible.is_some_and(|unit| directory.organisations.get(unit).is_none()) {
                return Err(Refusal::not_found("details.knowledge_entry.responsible").into());
            }
            for (path, list, code) in [
                ("details.knowledge_entry.category", CodeList::KnowledgeCategory, &entry.category),
                ("details.knowledge_entry.material_kind", CodeList::Local, &entry.material_kind),
            ] {
                code.iter().try_for_each(|code| known(directory, path, list, code))?;
            }
            Details::KnowledgeEntry(entry)
        }
        Details::ServiceGuide(mut guide) => {
            if guide.authority.is_some_and(|unit| directory.organisations.get(unit).is_none()) {
                return Err(Refusal::not_found("details.service_guide.authority").into());
            }
            guide_addresses(&mut guide)?;
            if let Some(category) = &guide.category {
                known(directory, "details.service_guide.category", CodeList::ServiceCategory, category)?;
            }
            Details::ServiceGuide(guide)
        }
        Details::Disclosure { statutory_category } => {
            if let Some(category) = &statutory_category {
                known(directory, "details.disclosure.statutory_category", CodeList::StatutoryCategory, category)?;
            }
            Details::Disclosure { statutory_category }
        }
        other @ (Details::Article { .. } | Details::Interpretation { .. }) => other,
    })
}
