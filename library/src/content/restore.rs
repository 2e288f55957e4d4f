//! Restoring a content that was taken from another library (站点迁移): the same ids, numbers and times, live at once.
//!
//! What is derived from a revision is derived here as publishing does; what time and deeds made of it is in the record.

use serde::{Deserialize, Serialize};

use super::fields::ContentFields;
use super::kind::{Glance, ValidityState};
use super::row::LiveContent;
use super::{ContentState, body, live, publish};
use crate::changes::Work;
use crate::database::Sql;
use crate::due::{Due, schedule};
use crate::field::FieldType;
use crate::id::{ContentId, LinkId, SiteId};
use crate::instant::Instant;
use crate::placement::{self, PlacementRecord};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::web;

/// A live content as it is taken from library to library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ContentRecord {
    pub id: ContentId,
    /// Its home site.
    pub site: SiteId,
    /// The number of the live revision.
    pub revision: i64,
    pub published_at: Instant,
    pub updated_at: Instant,
    pub index_number: Option<String>,
    /// When it was drafted.
    pub created_at: Instant,
    /// When the live revision was saved.
    pub revised_at: Instant,
    /// The live revision.
    pub fields: ContentFields,
    /// What its kind alone shows in lists, as it is now.
    pub glance: Glance,
    /// The validity that somebody set.
    pub validity: Option<ValidityState>,
    /// The identifiers of the links of the revision, in their order.
    pub links: Vec<LinkId>,
    /// When it changes by itself.
    pub due: Vec<DueRecord>,
    pub placements: Vec<PlacementRecord>,
}

/// A moment at which a content changes by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DueRecord {
    pub at: Instant,
    pub what: String,
}

static KNOWN: Sql = Sql::new(
    "select w.site_id, w.live_revision, w.published_at, w.index_number, r.document from working w
     left join revision r on r.content_id = w.content_id and r.number = w.live_revision where w.content_id = $1",
);
static WITHDRAWN: Sql = Sql::new("select at from withdrawal where content_id = $1");
static INSERT: Sql = Sql::new(
    "insert into working (content_id, short_id, kind, site_id, column_id, title, state, revision, live_revision, author,
       edited_by, created_at, updated_at, published_at, index_number, origin_system, origin_id, publisher_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $9, $10, $11, $12, $13, $14, $15, $16)",
);
static INSERT_REVISION: Sql =
    Sql::new("insert into revision (content_id, number, at, author, document) values ($1, $2, $3, $4, $5)");
static INSERT_VALIDITY: Sql = Sql::new("insert into working_validity (content_id, document) values ($1, $2)");
static NAME_LINK: Sql = Sql::new("update link set id = $3 where from_id = $1 and rank = $2");

/// Restores a content, or the placements of one that is here already; answers whether anything was missing.
pub(crate) async fn restore(work: &mut Work, record: ContentRecord) -> Result<bool> {
    super::lock(work, record.id).await?;
    let known = match work.row(&KNOWN, &[record.id.into()]).await? {
        Some(row) => {
            let same = row.get::<SiteId>(0)? == record.site
                && row.get::<Option<i64>>(1)? == Some(record.revision)
                && row.get::<Option<Instant>>(2)? == Some(record.published_at)
                && row.get::<Option<String>>(3)? == record.index_number
                && row.json::<Option<ContentFields>>(4)?.is_some_and(|fields| fields == record.fields);
            if !same {
                return Err(other("内容不同", "with other content").into());
            }
            placement::live_content(work, record.id).await?
        }
        None if work.row(&WITHDRAWN, &[record.id.into()]).await?.is_some() => {
            return Err(other("已撤稿", "as withdrawn").into());
        }
        None => {
            let content = write(work, &record).await?;
            placement::restore(work, &content, &record.placements).await?;
            return Ok(true);
        }
    };
    placement::restore(work, &known, &record.placements).await
}

fn other(message: &str, english: &str) -> Refusal {
    let message = format!("库中已有同一标识的信息，{message}");
    Refusal::new(RefusalCode::Duplicate, "", message, format!("the library holds this id {english}"))
}

/// Writes what the desk works on and what is live, but for its placements.
async fn write(work: &mut Work, record: &ContentRecord) -> Result<LiveContent> {
    let (id, fields) = (record.id, &record.fields);
    check(work, record)?;
    // A tag that was merged here stands for what it was merged into; the revision says what it said.
    let mut shown = fields.clone();
    crate::tag::resolve(&work.directory, &mut shown.tags);
    let (card, detail) = publish::restored(work, &shown, &record.glance).await?;
    let content = LiveContent {
        id,
        kind: fields.details.kind(),
        home_site: record.site,
        home_column: fields.columns.first().copied(),
        publisher: fields.publisher,
        language: fields.language.clone(),
        published_at: record.published_at,
        updated_at: record.updated_at,
        index_number: record.index_number.clone(),
        origin: fields.origin.as_ref().map(|origin| (origin.system.clone(), origin.id.clone())),
        revision: record.revision,
        card: card.into(),
        draft: None,
    };
    let (kind, state): (&str, &str) = (content.kind.into(), ContentState::Published.into());
    let (system, origin) = content.origin.clone().unzip();
    let actor = work.actor.clone();
    let params = [
        id.into(),
        id.short().into(),
        kind.into(),
        record.site.into(),
        content.home_column.into(),
        (&fields.title).into(),
        state.into(),
        record.revision.into(),
        (&actor).into(),
        record.created_at.into(),
        record.revised_at.into(),
        record.published_at.into(),
        (&record.index_number).into(),
        system.into(),
        origin.into(),
        fields.publisher.into(),
    ];
    work.run(&INSERT, &params).await?;
    let document = serde_json::to_string(fields)?;
    crate::attachment::note_revisions(work, [(id, document.as_str())]).await?;
    let params = [id.into(), record.revision.into(), record.revised_at.into(), actor.into(), document.into()];
    work.run(&INSERT_REVISION, &params).await?;
    if let Some(validity) = &record.validity {
        work.run(&INSERT_VALIDITY, &[id.into(), serde_json::to_string(validity)?.into()]).await?;
    }
    live::put(work, None, content.clone(), &detail, &shown, &body::text(&fields.body_html)).await?;
    for (rank, link) in record.links.iter().enumerate() {
        work.run(&NAME_LINK, &[id.into(), (rank as i64).into(), (*link).into()]).await?;
    }
    for due in &record.due {
        match due.what.parse() {
            Ok(what @ (Due::InForce | Due::Expire | Due::EntryExpires | Due::NoticeMoves)) => {
                schedule(work, due.at, what, id.0).await?;
            }
            _ => return Err(invalid("due", "日程类型不明", "it is due for something that contents are not")),
        }
    }
    work.site = Some(record.site);
    Ok(content)
}

/// Refuses what the directory does not hold, and a record whose parts do not fit each other.
fn check(work: &Work, record: &ContentRecord) -> Result<()> {
    let (directory, fields) = (&work.directory, &record.fields);
    let glance: serde_json::Value = serde_json::to_value(&record.glance)?;
    let kind: &str = fields.details.kind().into();
    // A glance is written under the name of its kind; that of a kind without one is the name alone.
    if glance.as_str() != Some(kind) && glance.get(kind).is_none() {
        return Err(invalid("glance", "与信息类型不符", "of another kind"));
    }
    if fields.format != 1 || record.links.len() != fields.links.len() {
        return Err(invalid("fields", "记录不完整", "the parts of the record do not fit each other"));
    }
    if directory.sites.get(record.site).is_none() {
        return Err(Refusal::not_found("site").into());
    }
    if directory.organisations.get(fields.publisher).is_none() {
        return Err(Refusal::not_found("fields.publisher").into());
    }
    if fields.tags.iter().any(|assignment| directory.tags.get(assignment.tag).is_none()) {
        return Err(Refusal::not_found("fields.tags").into());
    }
    for entry in &fields.fields {
        let definition = directory.fields.all().iter().find(|field| field.key == entry.key);
        if definition.is_some_and(|field| field.fields.kind == FieldType::Url) {
            let values = entry.value.as_array().map_or(std::slice::from_ref(&entry.value), Vec::as_slice);
            for value in values.iter().filter_map(serde_json::Value::as_str) {
                web::address("fields.fields", value)?;
            }
        }
    }
    Ok(())
}

fn invalid(path: &str, message: &str, english: &str) -> Error {
    Refusal::new(RefusalCode::Invalid, path, message, english).into()
}
