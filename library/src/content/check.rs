//! What every saved revision must keep to, whatever its state; the gate before publication asks for more.
//!
//! What the description and each kind ask for stands with them; here is the rest, and what they check with.

use super::fields::{AttachmentUse, ContentFields, LinkTarget};
use super::kind::ContentKind;
use crate::Directory;
use crate::code::CodeList;
use crate::html::Html;
use crate::id::{OrganisationId, SiteId};
use crate::instant::Date;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text::{accept, require};
use crate::web;

/// The fields as they are kept for a content of `kind` at home on `site`, or a refusal of what is wrong in them.
/// Without `html` the body is taken as one that was cleaned before.
pub(super) fn check(
    mut fields: ContentFields,
    site: SiteId,
    kind: ContentKind,
    directory: &Directory,
    html: Option<&Html>,
) -> Result<ContentFields> {
    if fields.details.kind() != kind {
        return Err(invalid("details", "与信息类型不符", "of another kind").into());
    }
    fields.format = 1;
    for (path, length, most) in [
        ("tags", fields.tags.len(), 30),
        ("links", fields.links.len(), 200),
        ("attachments", fields.attachments.len(), 100),
        ("columns", fields.columns.len(), 50),
        ("fields", fields.fields.len(), 100),
    ] {
        at_most(path, length, most)?;
    }
    fields.description.check(directory)?;
    fields.language = require("language", &fields.language, 35)?;
    if let Some(html) = html {
        fields.body_html = html.clean("body_html", &fields.body_html)?;
    }
    organisation(directory, "publisher", Some(fields.publisher))?;
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
    crate::tag::resolve(directory, &mut fields.tags);
    for column in &fields.columns {
        let found = directory.columns.get(*column).filter(|column| column.site == site);
        let found = found.ok_or_else(|| Refusal::not_found("columns"))?;
        if !found.fields.accepts.is_empty() && !found.fields.accepts.contains(&kind) {
            return Err(invalid("columns", "栏目不接收该类信息", "the column does not accept this kind").into());
        }
    }
    for link in &mut fields.links {
        optional("links.note", &mut link.note, 300)?;
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
    fields.details.check(directory)?;
    if let Some(origin) = &mut fields.origin {
        origin.system = require("origin.system", &origin.system, 200)?;
        origin.id = require("origin.id", &origin.id, 500)?;
        origin.content_hash = accept("origin.content_hash", &origin.content_hash, 128)?;
    }
    Ok(fields)
}

/// A refusal of a value that is wrong in itself.
pub(super) fn invalid(path: &str, message: &str, english: &str) -> Refusal {
    Refusal::new(RefusalCode::Invalid, path, message, english)
}

/// Brings a text that may be missing into the form in which it is kept: none if it says nothing.
pub(super) fn optional(path: &str, text: &mut Option<String>, most: usize) -> Result<()> {
    let accepted = text.take().map(|text| accept(path, &text, most)).transpose()?;
    *text = accepted.filter(|text| !text.is_empty());
    Ok(())
}

/// Refuses a period that ends before it begins.
pub(super) fn period(
    path: &str,
    (from, until): (Option<Date>, Option<Date>),
    message: &str,
    english: &str,
) -> Result<()> {
    match from.zip(until).is_some_and(|(from, until)| until < from) {
        true => Err(invalid(path, message, english).into()),
        false => Ok(()),
    }
}

/// Refuses a list that is too long.
pub(super) fn at_most(path: &str, length: usize, most: usize) -> Result<()> {
    match length > most {
        true => {
            let message = format!("最多{most}项");
            Err(Refusal::new(RefusalCode::TooLong, path, message, format!("at most {most}")).into())
        }
        false => Ok(()),
    }
}

/// Refuses codes that are not in their list.
pub(super) fn known<'c>(
    directory: &Directory,
    path: &str,
    list: CodeList,
    codes: impl IntoIterator<Item = &'c String>,
) -> Result<()> {
    match codes.into_iter().all(|code| directory.code(list, code).is_some()) {
        true => Ok(()),
        false => Err(Refusal::not_found(path).into()),
    }
}

/// Refuses organisations that the library does not hold.
pub(super) fn organisation(
    directory: &Directory,
    path: &str,
    organisations: impl IntoIterator<Item = OrganisationId>,
) -> Result<()> {
    match organisations.into_iter().all(|id| directory.organisations.get(id).is_some()) {
        true => Ok(()),
        false => Err(Refusal::not_found(path).into()),
    }
}

fn check_use(attached: &mut AttachmentUse) -> Result<()> {
    optional("attachments.name", &mut attached.name, 200)?;
    optional("attachments.alt", &mut attached.alt, 500)?;
    optional("attachments.caption", &mut attached.caption, 500)?;
    Ok(())
}
