//! The frame of the city: code lists, organisations, sites, tags, columns, leaders, fields and shared columns.

use std::fmt::Display;

use anyhow::Context as _;
use library::attachment::{Attached, Upload};
use library::changes::KeyKind;
use library::code::CodeEntry;
use library::column::{ColumnKind, CreateColumn};
use library::field::DefineField;
use library::organisation::CreateOrganisation;
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode};
use library::site::CreateSite;
use library::tag::{CreateTag, TagFields};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read::{City, CodeListData, Fields, GroupData};
use super::{Filling, panels, pictures};

/// How many steps it takes.
pub(super) fn steps(data: &City) -> usize {
    data.codes.len()
        + data.organisations.len()
        + data.sites.len()
        + data.groups.len()
        + data.columns.len()
        + data.fields.len()
        + data.subscriptions.len()
        + data.panels.len()
}

/// Does all of it.
pub(super) async fn fill(filling: &mut Filling<'_>, data: &City) -> anyhow::Result<()> {
    for list in &data.codes {
        codes(filling, list).await.with_context(|| format!("the code list {:?}", list.list))?;
        filling.step();
    }
    for fields in &data.organisations {
        organisation(filling, fields.clone()).await.with_context(|| format!("the organisation {}", name(fields)))?;
        filling.step();
    }
    for fields in &data.sites {
        site(filling, fields.clone()).await.with_context(|| format!("the site {}", name(fields)))?;
        filling.step();
    }
    for group in &data.groups {
        tags(filling, group).await.with_context(|| format!("the tags {}", group.code))?;
        filling.step();
    }
    for fields in &data.columns {
        column(filling, data, fields.clone()).await.with_context(|| format!("the column {}", name(fields)))?;
        filling.step();
    }
    for fields in &data.organisations {
        sponsored(filling, fields).await.with_context(|| format!("the organisation {}", name(fields)))?;
    }
    for fields in &data.fields {
        field(filling, fields.clone()).await.with_context(|| format!("the field {}", name(fields)))?;
        filling.step();
    }
    for shared in &data.subscriptions {
        let target = filling.column(&shared.target)?;
        let source = filling.column(&shared.source)?;
        let fields = SubscriptionFields {
            mode: SubscriptionMode::Automatic,
            with_descendants: shared.with_descendants,
            kinds: Vec::new(),
            tags: Vec::new(),
            published_from: None,
        };
        let input = SubscribeColumn { target, source: source.into(), fields };
        let done = filling.library.subscribe_column(&filling.caller, input).await;
        done.with_context(|| format!("{} shared in {}", shared.source, shared.target))?;
        filling.step();
    }
    panels::fill(filling, data.panels.iter().filter(|panel| !panel.last)).await
}

/// How an error names a record.
fn name(fields: &Fields) -> String {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{}{}{}{}", text("site"), text("code"), text("path"), text("key"))
}

/// Takes a text out of a table.
pub(super) fn take(fields: &mut Fields, key: &str) -> Option<String> {
    match fields.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn require(fields: &mut Fields, key: &str) -> anyhow::Result<String> {
    take(fields, key).with_context(|| format!("{key} is missing"))
}

/// Puts an id where its record was named.
pub(super) fn put(fields: &mut Fields, key: &str, id: impl Display) {
    fields.insert(key.to_owned(), Value::String(id.to_string()));
}

/// The library's fields from a table.
pub(super) fn made<T: DeserializeOwned>(fields: Fields) -> anyhow::Result<T> {
    Ok(serde_json::from_value(Value::Object(fields))?)
}

async fn codes(filling: &Filling<'_>, list: &CodeListData) -> anyhow::Result<()> {
    let entry = |item: &super::read::CodeData| CodeEntry {
        code: item.code.clone(),
        name: item.name.clone(),
        parent: item.parent.clone(),
    };
    filling.library.import_codes(&filling.caller, list.list, list.item.iter().map(entry).collect()).await?;
    Ok(())
}

async fn organisation(filling: &Filling<'_>, mut fields: Fields) -> anyhow::Result<()> {
    let code = require(&mut fields, "code")?;
    fields.remove("leader");
    fields.remove("site");
    if let Some(parent) = take(&mut fields, "parent") {
        put(&mut fields, "parent", filling.organisation(&parent)?);
    }
    let input = CreateOrganisation { code, fields: made(fields)? };
    filling.library.create_organisation(&filling.caller, input).await?;
    Ok(())
}

/// Sites stand after organisations, and columns after sites: an organisation's own site and its leaders come last.
async fn sponsored(filling: &Filling<'_>, fields: &Fields) -> anyhow::Result<()> {
    let code = require(&mut fields.clone(), "code")?;
    let id = filling.organisation(&code)?;
    if let Some(Value::String(site)) = fields.get("site") {
        let site = filling.site(site)?.id;
        let edit = |fields: &mut library::organisation::OrganisationFields| fields.site = Some(site);
        filling.library.edit_organisation(&filling.caller, id, edit).await?;
    }
    let Some(Value::Array(leaders)) = fields.get("leader") else { return Ok(()) };
    for (at, leader) in leaders.iter().enumerate() {
        let mut fields = leader.as_object().cloned().unwrap_or_default();
        if let Some(activities) = take(&mut fields, "activities") {
            put(&mut fields, "activities", filling.column(&activities)?);
        }
        let mut fields: library::leader::LeaderFields = made(fields)?;
        if at == 0 {
            let key = format!("{code}-{}", fields.rank);
            let alt = format!("{}照片", fields.name);
            fields.photo = Some(picture(filling, &key, &alt, pictures::portrait(&key)?).await?);
        }
        filling.library.appoint_leader(&filling.caller, id, fields).await?;
    }
    Ok(())
}

async fn site(filling: &Filling<'_>, mut fields: Fields) -> anyhow::Result<()> {
    let code = require(&mut fields, "code")?;
    let status = serde_json::from_value(fields.remove("status").context("status is missing")?)?;
    let parent = match take(&mut fields, "parent") {
        Some(parent) => Some(filling.site(&parent)?.id),
        None => None,
    };
    let sponsor = require(&mut fields, "sponsor")?;
    put(&mut fields, "sponsor", filling.organisation(&sponsor)?);
    if let Some(edition) = take(&mut fields, "edition_of") {
        put(&mut fields, "edition_of", filling.site(&edition)?.id);
    }
    if let Some(Value::Array(operators)) = fields.get_mut("operators") {
        for operator in operators {
            let id = filling.organisation(operator.as_str().unwrap_or_default())?;
            *operator = Value::String(id.to_string());
        }
    }
    let input = CreateSite { code, parent, status, fields: made(fields)? };
    filling.library.create_site(&filling.caller, input).await?;
    Ok(())
}

async fn tags(filling: &Filling<'_>, group: &GroupData) -> anyhow::Result<()> {
    let (id, _) = filling.library.create_tag_group(&filling.caller, &group.code, group.fields.clone()).await?;
    for tag in &group.tag {
        let parent = match &tag.parent {
            Some(parent) => Some(filling.tag(KeyKind::TagCode, parent)?),
            None => None,
        };
        let steward = match &tag.steward {
            Some(steward) => Some(filling.organisation(steward)?),
            None => None,
        };
        let fields = TagFields { name: tag.name.clone(), parent, synonyms: tag.synonyms.clone(), steward };
        let input = CreateTag { code: tag.code.clone(), group: id, fields };
        filling.library.create_tag(&filling.caller, input).await.with_context(|| tag.code.clone())?;
    }
    Ok(())
}

async fn column(filling: &mut Filling<'_>, data: &City, mut fields: Fields) -> anyhow::Result<()> {
    let site = require(&mut fields, "site")?;
    let path = require(&mut fields, "path")?;
    if let Some(owner) = take(&mut fields, "owner") {
        put(&mut fields, "owner", filling.organisation(&owner)?);
    }
    let mut fields: library::column::ColumnFields = made(fields)?;
    let name = format!("{site}:{path}");
    if fields.kind == ColumnKind::Topic {
        let alt = format!("{}题图", fields.name);
        fields.cover = Some(picture(filling, &name, &alt, pictures::landscape(&name, 1200, 360)?).await?);
    }
    // A column that moves in the course of the story begins at its first path.
    let moved = data.moves.iter().find(|moved| moved.site == site && moved.to == path);
    let first = moved.map_or(path, |moved| moved.from.clone());
    let input = CreateColumn { site: filling.site(&site)?.id, path: first, fields };
    let (id, _) = filling.library.create_column(&filling.caller, input).await?;
    filling.columns.insert(name, id);
    Ok(())
}

async fn field(filling: &Filling<'_>, mut fields: Fields) -> anyhow::Result<()> {
    let key = require(&mut fields, "key")?;
    let site = require(&mut fields, "site")?;
    let column = match take(&mut fields, "column") {
        Some(path) => Some(filling.column(&format!("{site}:{path}"))?),
        None => None,
    };
    let input = DefineField { key, site: Some(filling.site(&site)?.id), column, fields: made(fields)? };
    filling.library.define_field(&filling.caller, input).await?;
    Ok(())
}

/// Uploads a picture under a name made from `key`.
pub(super) async fn picture(filling: &Filling<'_>, key: &str, alt: &str, bytes: Vec<u8>) -> anyhow::Result<Attached> {
    let name: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let upload = Upload { name: format!("{name}.png"), alt: Some(alt.to_owned()), bytes: bytes.into() };
    Ok(filling.library.upload_attachment(&filling.caller, upload).await?)
}
