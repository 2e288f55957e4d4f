//! Editing a content (editContent): a new working revision; what is live stays as it is.

use serde::{Deserialize, Serialize};

use super::check::check;
use super::draft::{check_links, save_revision};
use super::{ContentFields, ContentKind};
use crate::Library;
use crate::changes::{Action, Caller, Effect, Work, commit};
use crate::database::Sql;
use crate::due::{Due, forget_one};
use crate::id::{AnyId, ContentId, SiteId};
use crate::instant::Instant;
use crate::refusal::{Error, Refusal, RefusalCode, Result};

/// Where the working revision of a content stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContentState {
    Draft,
    Submitted,
    InReview,
    Approved,
    Scheduled,
    Published,
    Withdrawn,
    Archived,
}

/// The working row of a content.
pub(super) struct Working {
    pub kind: ContentKind,
    pub site: SiteId,
    pub state: ContentState,
    pub revision: i64,
    pub live_revision: Option<i64>,
    pub published_at: Option<Instant>,
    pub index_number: Option<String>,
}

static WORKING: Sql = Sql::new(
    "select kind, site_id, state, revision, live_revision, published_at, index_number from working where content_id = $1",
);
static LOCK: Sql = Sql::new("update working set revision = revision where content_id = $1");
static REVISION: Sql = Sql::new("select document from revision where content_id = $1 and number = $2");
static UPDATE: Sql = Sql::new(
    "update working set title = $2, column_id = $3, state = $4, revision = $5, edited_by = $6, updated_at = $7
     where content_id = $1",
);

/// Locks a content for this deed: deeds on one content come one after the other, on whichever nodes.
pub(crate) async fn lock(work: &mut Work, id: ContentId) -> Result<()> {
    work.run(&LOCK, &[id.into()]).await?;
    Ok(())
}

/// The working row, locked for this deed.
pub(super) async fn working(work: &mut Work, id: ContentId) -> Result<Working> {
    lock(work, id).await?;
    let row = work.row(&WORKING, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let damaged = || Error::Database("a working row cannot be read".to_owned());
    Ok(Working {
        kind: row.text(0).and_then(|text| text.parse().ok()).ok_or_else(damaged)?,
        site: row.get(1)?,
        state: row.text(2).and_then(|text| text.parse().ok()).ok_or_else(damaged)?,
        revision: row.get(3)?,
        live_revision: row.get(4)?,
        published_at: row.get(5)?,
        index_number: row.get(6)?,
    })
}

/// The document of a revision.
pub(super) async fn revision(work: &mut Work, id: ContentId, number: i64) -> Result<ContentFields> {
    let row = work.row(&REVISION, &[id.into(), number.into()]).await?;
    row.ok_or_else(|| Refusal::not_found("revision"))?.json(0)
}

/// Refuses a deed on a revision that is no longer the newest.
pub(super) fn expect(working: &Working, expected: i64) -> Result<()> {
    if working.revision == expected {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::StaleRevision,
        "expected_revision",
        format!("内容已更新到第{}版", working.revision),
        format!("revision {} was saved in the meantime", working.revision),
    )
    .into())
}

impl Library {
    /// Saves a new revision of a content; answers its number. What is live stays as it is until it is published.
    ///
    /// # Errors
    /// Refuses an unknown content, a revision that is no longer the newest, and malformed fields.
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
        expect(&before, expected_revision)?;
        let fields = check(fields, before.site, before.kind, &work.directory, Some(work.library().html()))?;
        check_links(&mut work, &fields).await?;
        let number = before.revision + 1;
        save_revision(&mut work, id, number, note, &fields).await?;
        let state: &str = ContentState::Draft.into();
        let actor = work.actor.clone();
        let params = [
            id.into(),
            (&fields.title).into(),
            fields.columns.first().copied().into(),
            state.into(),
            number.into(),
            actor.into(),
            work.at.into(),
        ];
        work.run(&UPDATE, &params).await?;
        // What was scheduled was an earlier revision.
        forget_one(&mut work, Due::Publish, id.0).await?;
        work.site = Some(before.site);
        work.record(AnyId::ContentId(id), Effect::Changed);
        commit(work).await?;
        Ok(number)
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
