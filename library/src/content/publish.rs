//! Publishing a content (publishContent): the working revision becomes what is live, in one transaction.

use std::collections::HashMap;

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};

use super::fields::{AttachmentUse, ContentFields};
use super::kind::{Glance, Publication, ValidityState};
use super::review::require_reviewed;
use super::row::{Card, Detail, LiveContent};
use super::state::Step;
use super::working::{Working, revision, working};
use super::{ContentState, DisclosureKind, body, index_number, live};
use crate::attachment::Attached;
use crate::changes::{Action, Caller, List, Work, commit_as};
use crate::database::{Row, Sql};
use crate::due::{Due, forget_all_but, schedule};
use crate::id::{AttachmentId, ContentId};
use crate::instant::Instant;
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, gate};

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The index number, if it has one.
    pub index_number: Option<String>,
    /// In how many columns it is placed, mirrors included.
    pub placed: usize,
    /// In how many it waits for the receiving desk.
    pub pending: usize,
    /// The position of the deed.
    pub position: Position,
}

static ATTACHMENTS: Sql = Sql::new("select id, document from attachment where id in ids($1)");
static VALIDITY: Sql = Sql::new("select document from working_validity where content_id = $1");
static UPDATE: Sql = Sql::new(
    "update working set state = $2, live_revision = $3, published_at = $4, index_number = $5, level = null, levels = null,
       waiting_since = null, returned = false where content_id = $1",
);
static UNBURY: Sql = Sql::new("delete from withdrawal where content_id = $1");

impl Library {
    /// Publishes the newest revision of a content: issues its index number, sets its time, places it.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not publish it, a revision that is no longer the newest or has not passed every
    /// level of review that its column demands, files that are gone, and a content that is not classified.
    pub async fn publish_content(&self, caller: &Caller, id: ContentId, expected_revision: i64) -> Result<Published> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentPublished).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Publish)?;
        before.expect(expected_revision)?;
        before.require_step(caller, Step::Publish)?;
        let (index_number, placed) = publish_reviewed(&mut work, before).await?;
        let pending = pending(&mut work, id).await?;
        commit_as(work, |position| Published { index_number, placed, pending, position }).await
    }
}

/// In how many columns a content waits for the receiving desk.
async fn pending(work: &mut Work, id: ContentId) -> Result<usize> {
    static PENDING: Sql = Sql::new(
        "select count(distinct p.id) from placement p join placement_reason r on r.placement_id = p.id
         where p.content_id = $1 and r.decision = 'PENDING'",
    );
    let row = work.row(&PENDING, &[id.into()]).await?;
    Ok(usize::try_from(row.map_or(Ok(0), |row| row.get::<i64>(0))?).unwrap_or_default())
}

/// Publishes what passed its review and still keeps to the gate: tags, columns and codes may have gone since.
pub(super) async fn publish_reviewed(work: &mut Work, before: Working) -> Result<(Option<String>, usize)> {
    require_reviewed(work, &before).await?;
    if before.levels.is_some() {
        let fields = revision(work, before.id, before.revision).await?;
        if let Some(missing) = gate::missing(&work.directory, before.site, &fields).into_iter().next() {
            return Err(missing.into());
        }
    }
    let id = before.id;
    publish_at(work, id, before).await
}

/// Publishes within an open deed.
pub(super) async fn publish_at(work: &mut Work, id: ContentId, before: Working) -> Result<(Option<String>, usize)> {
    let directory = work.directory.clone();
    let site = directory.sites.get(before.site).cloned().ok_or_else(|| Refusal::not_found("site"))?;
    let mut fields = revision(work, id, before.revision).await?;
    crate::tag::resolve(&directory, &mut fields.tags);
    if fields.columns.is_empty() {
        return Err(Refusal::new(RefusalCode::GateRefused, "columns", "未选择栏目", "no column is chosen").into());
    }
    let earlier = match before.live_revision {
        Some(number) => revision(work, id, number).await?.columns,
        None => Vec::new(),
    };
    let was = live::live(work, id).await?;
    work.action = if was.is_some() { Action::ContentEdited } else { Action::ContentPublished };
    work.site = Some(site.id);
    work.revision = Some(before.revision);

    let imported = fields.origin.as_ref().and_then(|origin| origin.published_at);
    let published_at = before.published_at.or(imported).unwrap_or(work.at);
    let index_number = match (before.index_number, fields.disclosure) {
        (Some(number), _) => Some(number),
        (None, DisclosureKind::NotApplicable) => None,
        (None, _) => match directory.organisations.get(fields.publisher) {
            Some(publisher) => Some(index_number::issue(work, &site, publisher).await?),
            None => None,
        },
    };
    let files = Files::read(work, &fields.files()).await?;
    let text = body::text(&fields.body_html);
    let set: Option<ValidityState> = work.row(&VALIDITY, &[id.into()]).await?.map(|row| row.json(0)).transpose()?;
    let publication = Publication { set, was: was.as_ref().map(|was| &was.content), ..Publication::on_the_day(work) };
    let card = card(&publication, &fields, &files)?;
    let detail = Detail {
        attachments: files.uses(&fields.attachments)?,
        fields: fields.fields.clone(),
        details: fields.details.clone(),
    };
    let content = LiveContent {
        id,
        kind: before.kind,
        home_site: site.id,
        home_column: fields.columns.first().copied(),
        publisher: fields.publisher,
        language: fields.language.clone(),
        published_at,
        updated_at: work.at,
        index_number: index_number.clone(),
        origin: fields.origin.as_ref().map(|origin| (origin.system.clone(), origin.id.clone())),
        revision: before.revision,
        card: card.into(),
        draft: None,
    };
    live::put(work, was.as_ref(), content.clone(), &detail, &fields, &text).await?;
    if work.run(&UNBURY, &[id.into()]).await? > 0 {
        work.key(crate::changes::KeyKind::ShortId, id.short());
    }
    let state: &str = ContentState::Published.into();
    let params = [id.into(), state.into(), before.revision.into(), published_at.into(), (&index_number).into()];
    work.run(&UPDATE, &params).await?;
    work.list(List::working(id));
    let placed = crate::placement::settle(work, &content, &earlier, &fields.columns).await?;
    dues(work, &content, &fields).await?;
    Ok((index_number, placed))
}

/// The files of a revision by id.
#[derive(Default)]
pub(crate) struct Files(HashMap<AttachmentId, Attached>);

impl Files {
    /// The files with these ids, as far as there are such.
    pub(super) async fn read(work: &mut Work, ids: &[AttachmentId]) -> Result<Self> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        Self::of(&work.rows(&ATTACHMENTS, &[ids.into()]).await?)
    }

    /// The files in rows of their identifiers and documents.
    pub(crate) fn of(rows: &[Row]) -> Result<Self> {
        Ok(Self(rows.iter().map(|row| Ok((row.get(0)?, row.json(1)?))).collect::<Result<_>>()?))
    }

    /// Whether it is one of them.
    pub(super) fn has(&self, id: AttachmentId) -> bool {
        self.0.contains_key(&id)
    }

    fn one(&self, used: &AttachmentUse) -> Result<Attached> {
        let mut file = self.0.get(&used.attachment).cloned().ok_or_else(|| Refusal::not_found("attachments"))?;
        file.role = used.role;
        file.name = used.name.clone().unwrap_or(file.name);
        file.alt = used.alt.clone().or(file.alt);
        file.caption = used.caption.clone();
        Ok(file)
    }

    pub(crate) fn uses(&self, used: &[AttachmentUse]) -> Result<Vec<Attached>> {
        used.iter().map(|used| self.one(used)).collect()
    }
}

/// What lists show of a content that is published.
pub(crate) fn card(publication: &Publication<'_>, fields: &ContentFields, files: &Files) -> Result<Card> {
    Ok(Card {
        description: fields.description.clone(),
        cover: fields.cover.as_ref().map(|cover| files.one(cover)).transpose()?,
        tags: fields.tags.iter().map(|assignment| assignment.tag).collect(),
        glance: fields.details.glance(publication),
        content_hash: fields.origin.as_ref().map(|origin| origin.content_hash.clone()),
        imported: fields.origin.as_ref().is_some_and(|origin| origin.published_at.is_some()),
    })
}

/// Every later moment at which a content's state changes by itself.
pub(super) fn moments(work: &Work, fields: &ContentFields) -> Vec<(Instant, Due)> {
    let mut moments = fields.details.dues(work.library().zone());
    // Dates beyond the calendar's four-digit years are never reached.
    moments.retain(|(at, _)| *at > work.at && at.utc().year() < 10_000);
    moments
}

/// Writes down every later moment at which the content's state changes by itself.
async fn dues(work: &mut Work, content: &LiveContent, fields: &ContentFields) -> Result<()> {
    let id = content.id.0;
    // When it goes off the sites again was decided beside its text.
    forget_all_but(work, Due::Withdraw, id).await?;
    for (at, due) in moments(work, fields) {
        schedule(work, at, due, id).await?;
    }
    Ok(())
}

/// What is live of a revision whose state is known: as when it was published, but for what its kind shows of that state.
pub(super) async fn restored(work: &mut Work, fields: &ContentFields, glance: &Glance) -> Result<(Card, Detail)> {
    let files = Files::read(work, &fields.files()).await?;
    let card = Card { glance: glance.clone(), ..card(&Publication::on_the_day(work), fields, &files)? };
    let attachments = files.uses(&fields.attachments)?;
    Ok((card, Detail { attachments, fields: fields.fields.clone(), details: fields.details.clone() }))
}
