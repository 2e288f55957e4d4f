//! Publishing contents that are new: drafted, published and placed at once, one statement a table.

use serde_json::{Value as Json, json};

use super::Prepared;
use super::grounds::Grounds;
use crate::changes::{KeyKind, Work, key_of};
use crate::content::kind::Publication;
use crate::content::publish::{card, moments};
use crate::content::row::{Detail, LiveContent};
use crate::content::rows::{Ends, Rows, hex};
use crate::content::{ContentState, DisclosureKind, index_number, live};
use crate::database::Sql;
use crate::due::{Due, schedule_all};
use crate::id::{AnyId, ColumnId, ContentId, SiteId};
use crate::instant::Instant;
use crate::refusal::{Refusal, Result};

static WORKING: Sql = Sql::new(
    "insert into working (content_id, short_id, kind, site_id, column_id, title, state, revision, live_revision, author,
       edited_by, created_at, updated_at, published_at, index_number, origin_system, origin_id,
       publisher_id)
     select as_id(r.value->>0), r.value->>1, r.value->>2, as_id(r.value->>3), as_id(r.value->>4), r.value->>5, $2, 1, 1,
       $3, $3, $4, $4, as_int(r.value->>6), r.value->>7, r.value->>8, r.value->>9,
       as_id(r.value->>10) from rows($1) r",
);
static REVISION: Sql = Sql::new(
    "insert into revision (content_id, number, at, author, note, document)
     select as_id(r.value->>0), 1, $2, $3, null, r.value->>1 from rows($1) r",
);
static ADDRESS: Sql = Sql::new(
    "insert into address (site_id, path, prefix, content_id)
     select as_id(r.value->>0), r.value->>1, $2, as_id(r.value->>2) from rows($1) r",
);

/// Everything that a batch writes, gathered content by content.
#[derive(Default)]
struct Batch {
    working: Vec<Json>,
    revisions: Vec<Json>,
    addresses: Vec<Json>,
    rows: Rows,
    placed: Vec<(LiveContent, Vec<ColumnId>)>,
    ends: Vec<Ends>,
    dues: Vec<(Instant, Due, uuid::Uuid)>,
}

/// Imports contents within an open deed. Everything that may be refused is refused before the first write.
pub(crate) async fn import(work: &mut Work, contents: &[Prepared]) -> Result<Vec<Result<ContentId, Refusal>>> {
    let all: Vec<&Prepared> = contents.iter().collect();
    let mut grounds = Grounds::read(work, &all, true).await?;
    let mut answers = Vec::with_capacity(contents.len());
    let mut batch = Batch::default();
    for one in contents {
        let id = ContentId(work.library().new_id());
        match grounds.judge(work, one, id)? {
            Ok(()) => {
                batch.add(work, &grounds, one, id).await?;
                answers.push(Ok(id));
            }
            Err(refusal) => answers.push(Err(refusal)),
        }
    }
    if answers.iter().any(Result::is_ok) {
        work.site = contents.first().map(|one| one.site);
        batch.write(work).await?;
        let saved =
            contents.iter().zip(&answers).filter_map(|(one, answer)| Some((*answer.as_ref().ok()?, &*one.document)));
        crate::attachment::note_revisions(work, saved).await?;
    }
    Ok(answers)
}

impl Batch {
    async fn add(&mut self, work: &mut Work, grounds: &Grounds, one: &Prepared, id: ContentId) -> Result<()> {
        let fields = &one.fields;
        let imported = fields.origin.as_ref().and_then(|origin| origin.published_at);
        let content = LiveContent {
            id,
            kind: fields.details.kind(),
            home_site: one.site,
            home_column: fields.columns.first().copied(),
            publisher: fields.publisher,
            language: fields.language.clone(),
            published_at: imported.unwrap_or(work.at),
            updated_at: work.at,
            index_number: number(work, one).await?,
            origin: fields.origin.as_ref().map(|origin| (origin.system.clone(), origin.id.clone())),
            revision: 1,
            card: card(&Publication::on_the_day(work), fields, &grounds.files)?.into(),
            draft: None,
        };
        let detail = Detail {
            attachments: grounds.files.uses(&fields.attachments)?,
            fields: fields.fields.clone(),
            details: fields.details.clone(),
        };
        let kind: &str = content.kind.into();
        let (system, origin) = content.origin.clone().unzip();
        self.working.push(json!([
            hex(id.0),
            id.short(),
            kind,
            hex(one.site.0),
            content.home_column.map(|column| hex(column.0)),
            fields.title,
            content.published_at.0,
            content.index_number,
            system,
            origin,
            hex(content.publisher.0),
        ]));
        self.revisions.push(json!([hex(id.0), one.document]));
        self.ends.push(self.rows.content(work, &content, &detail, fields, &one.text)?);
        self.dues.extend(moments(work, fields).into_iter().map(|(at, due)| (at, due, id.0)));
        self.addresses.extend(addresses(work, one.site, &one.old_paths.iter().collect::<Vec<_>>(), id));
        self.placed.push((content, fields.columns.clone()));
        Ok(())
    }

    async fn write(self, work: &mut Work) -> Result<()> {
        let state: &str = ContentState::Published.into();
        let (actor, at) = (work.actor.clone(), work.at);
        let rows = Json::Array(self.working);
        work.run(&WORKING, &[rows.into(), state.into(), (&actor).into(), at.into()]).await?;
        work.run(&REVISION, &[Json::Array(self.revisions).into(), at.into(), actor.into()]).await?;
        self.rows.write(work).await?;
        write_addresses(work, self.addresses).await?;
        schedule_all(work, self.dues).await?;
        crate::placement::enter(work, &self.placed).await?;
        for ((content, _), ends) in self.placed.into_iter().zip(self.ends) {
            live::entered(work, content, ends);
        }
        Ok(())
    }
}

/// The index number that it brings, or a new one where it has to have one.
async fn number(work: &mut Work, one: &Prepared) -> Result<Option<String>> {
    if one.index_number.is_some() || one.fields.disclosure == DisclosureKind::NotApplicable {
        return Ok(one.index_number.clone());
    }
    let directory = work.directory.clone();
    let (site, publisher) = (directory.sites.get(one.site), directory.organisations.get(one.fields.publisher));
    match site.zip(publisher) {
        Some((site, publisher)) => Ok(Some(index_number::issue(work, site, publisher).await?)),
        None => Ok(None),
    }
}

/// The rows of old paths that lead to a content, and what the log hears of them.
pub(super) fn addresses(work: &mut Work, site: SiteId, paths: &[&String], id: ContentId) -> Vec<Json> {
    for path in paths {
        work.key(KeyKind::Path, key_of(&site.to_string(), path));
    }
    paths.iter().map(|path| json!([hex(site.0), path, hex(id.0)])).collect()
}

pub(super) async fn write_addresses(work: &mut Work, rows: Vec<Json>) -> Result<()> {
    if !rows.is_empty() {
        work.run(&ADDRESS, &[Json::Array(rows).into(), false.into()]).await?;
    }
    Ok(())
}

/// Names a content in the log although nothing else of the deed does.
pub(super) fn name(work: &mut Work, id: ContentId) {
    work.record(AnyId::ContentId(id), crate::changes::Effect::Changed);
}
