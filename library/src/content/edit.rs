//! Editing a content (editContent): a new working revision; what is live stays as it is.

use serde::{Deserialize, Serialize};

use super::ContentFields;
use super::check::check;
use super::draft::{check_links, save_revision};
use super::patch::{ContentPatch, changed};
use super::state::{ContentState, Step};
use super::working::{Standing, Working, move_on, revision, working};
use crate::changes::{Action, Caller, List, Work, commit_as};
use crate::database::Sql;
use crate::due::{Due, forget_one};
use crate::id::ContentId;
use crate::instant::Instant;
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

/// A change of a content.
#[derive(Debug, Clone)]
pub struct EditContent {
    /// Which content.
    pub id: ContentId,
    /// The revision that the editor saw.
    pub expected_revision: i64,
    /// What is changed.
    pub patch: ContentPatch,
    /// What the editor says of it.
    pub note: Option<String>,
}

/// What came of editing a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edited {
    /// It was saved under this number.
    Saved {
        /// The number of the revision.
        revision: i64,
        /// The position of the deed.
        position: Position,
    },
    /// Somebody else saved before; nothing was written.
    Conflict(EditConflict),
}

/// What somebody else saved in the meantime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditConflict {
    /// The number of the newest revision.
    pub revision: i64,
    /// Who saved it, as the log names somebody.
    pub by: String,
    /// When.
    pub at: Instant,
    /// The fields in which it differs from what the editor saw.
    pub fields: Vec<String>,
}

static UPDATE: Sql = Sql::new(
    "update working set title = $2, column_id = $3, publisher_id = $4, revision = $5, edited_by = $6, updated_at = $7
     where content_id = $1",
);

/// Saves a revision whole and makes it the newest.
pub(super) async fn save_newest(
    work: &mut Work,
    id: ContentId,
    number: i64,
    note: Option<String>,
    fields: &ContentFields,
) -> Result<()> {
    save_revision(work, id, number, note, fields).await?;
    let actor = work.actor.clone();
    let params = [
        id.into(),
        (&fields.title).into(),
        fields.columns.first().copied().into(),
        fields.publisher.into(),
        number.into(),
        actor.into(),
        work.at.into(),
    ];
    work.run(&UPDATE, &params).await?;
    Ok(())
}

/// Saves the next revision of a content within an open deed; answers its number.
pub(super) async fn save(
    work: &mut Work,
    before: &Working,
    fields: ContentFields,
    note: Option<String>,
) -> Result<i64> {
    let id = before.id;
    let fields = check(fields, before.site, before.kind, &work.directory, Some(work.library().html()))?;
    check_links(work, &fields).await?;
    let number = before.revision + 1;
    save_newest(work, id, number, note.clone(), &fields).await?;
    move_on(work, id, ContentState::Draft, Standing { returned: before.returned, ..Standing::default() }).await?;
    // What was scheduled was an earlier revision.
    forget_one(work, Due::Publish, id.0).await?;
    work.site = Some(before.site);
    work.reason = note;
    work.revision = Some(number);
    work.list(List::working(id));
    Ok(number)
}

impl Library {
    /// Saves a new revision of a content whole; answers its number. What is live stays as it is until it is published.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not edit it, a revision that is no longer the newest, and malformed fields.
    pub async fn edit_content(
        &self,
        caller: &Caller,
        id: ContentId,
        expected_revision: i64,
        fields: ContentFields,
        note: Option<String>,
    ) -> Result<i64> {
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Edit)?;
        before.expect(expected_revision)?;
        before.require_step(caller, Step::Save)?;
        let number = save(&mut work, &before, fields, note).await?;
        commit_as(work, |_| number).await
    }

    /// Saves a new revision of a content with what is given over what is there; or tells who saved another in the
    /// meantime, and in which fields it differs.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not edit it, an archived one, and malformed fields.
    pub async fn patch_content(&self, caller: &Caller, edit: EditContent) -> Result<Edited> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, edit.id).await?;
        before.require(&work, caller, Right::Edit)?;
        let newest = revision(&mut work, edit.id, before.revision).await?;
        if before.revision != edit.expected_revision {
            let seen = revision(&mut work, edit.id, edit.expected_revision).await;
            let seen = seen.map_err(|_| Refusal::not_found("expected_revision"))?;
            let fields = changed(&seen, &newest)?;
            let (revision, by, at) = (before.revision, before.edited_by, before.updated_at);
            return Ok(Edited::Conflict(EditConflict { revision, by, at, fields }));
        }
        before.require_step(caller, Step::Save)?;
        let fields = edit.patch.apply(&newest)?;
        let note = edit.note.map(|note| crate::text::accept("note", &note, 500)).transpose()?;
        let revision = save(&mut work, &before, fields, note).await?;
        commit_as(work, |position| Edited::Saved { revision, position }).await
    }

    /// The newest revision of a content with its number: what the desk edits.
    ///
    /// # Errors
    /// Refuses an unknown content.
    pub async fn working_content(&self, id: ContentId) -> Result<(i64, ContentFields)> {
        static NEWEST: Sql = Sql::new(
            "select w.revision, r.document from working w join revision r on r.content_id = w.content_id
             and r.number = w.revision where w.content_id = $1",
        );
        let rows = self.database().rows(&NEWEST, &[id.into()]).await?;
        let row = rows.first().ok_or_else(|| Refusal::not_found("id"))?;
        Ok((row.get(0)?, row.json(1)?))
    }
}
