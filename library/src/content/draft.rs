//! Drafting a content (draftContent).

use std::collections::BTreeSet;

use super::check::check;
use super::{ContentFields, ContentState};
use crate::Library;
use crate::changes::{Action, Caller, Effect, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, ContentId, SiteId};
use crate::refusal::{Error, Refusal, RefusalCode, Result};

/// A content to be drafted.
#[derive(Debug, Clone)]
pub struct DraftContent {
    /// Its home site.
    pub site: SiteId,
    /// Everything else.
    pub fields: ContentFields,
}

static INSERT: Sql = Sql::new(
    "insert into working (content_id, short_id, kind, site_id, column_id, title, state, revision, author, edited_by,
       created_at, updated_at, origin_system, origin_id)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, $9, $9, $10, $11)",
);
static INSERT_REVISION: Sql =
    Sql::new("insert into revision (content_id, number, at, author, note, document) values ($1, $2, $3, $4, $5, $6)");
static KNOWN: Sql = Sql::new("select content_id from working where content_id in ids($1)");
static BY_ORIGIN: Sql = Sql::new("select content_id from working where origin_system = $1 and origin_id = $2");

/// Refuses links to contents that the library does not know.
pub(super) async fn check_links(work: &mut Work, fields: &ContentFields) -> Result<()> {
    let linked: BTreeSet<ContentId> = fields.linked().collect();
    let linked: Vec<ContentId> = linked.into_iter().collect();
    if !linked.is_empty() && work.rows(&KNOWN, &[linked.as_slice().into()]).await?.len() < linked.len() {
        return Err(Refusal::not_found("links").into());
    }
    Ok(())
}

/// Saves a revision whole.
pub(super) async fn save_revision(
    work: &mut Work,
    id: ContentId,
    number: i64,
    note: Option<String>,
    fields: &ContentFields,
) -> Result<()> {
    let document = serde_json::to_string(fields)?;
    crate::attachment::note_revisions(work, [(id, document.as_str())]).await?;
    let author = work.actor.clone();
    let params = [id.into(), number.into(), work.at.into(), author.into(), note.into(), document.into()];
    work.run(&INSERT_REVISION, &params).await?;
    Ok(())
}

/// Writes a new working content with its first revision.
pub(super) async fn draft(work: &mut Work, id: ContentId, input: DraftContent) -> Result<()> {
    let directory = work.directory.clone();
    let kind = input.fields.details.kind();
    if directory.sites.get(input.site).is_none() {
        return Err(Refusal::not_found("site").into());
    }
    let fields = check(input.fields, input.site, kind, &directory, Some(work.library().html()))?;
    if fields.columns.is_empty() {
        return Err(Refusal::new(RefusalCode::Required, "columns", "至少选择一个栏目", "at least one column").into());
    }
    check_links(work, &fields).await?;
    if let Some(origin) = &fields.origin
        && work.row(&BY_ORIGIN, &[(&origin.system).into(), (&origin.id).into()]).await?.is_some()
    {
        return Err(Refusal::duplicate("origin").into());
    }
    let kind: &str = kind.into();
    let state: &str = ContentState::Draft.into();
    let actor = work.actor.clone();
    let params = [
        id.into(),
        id.short().into(),
        kind.into(),
        input.site.into(),
        fields.columns.first().copied().into(),
        (&fields.title).into(),
        state.into(),
        actor.into(),
        work.at.into(),
        fields.origin.as_ref().map(|origin| origin.system.clone()).into(),
        fields.origin.as_ref().map(|origin| origin.id.clone()).into(),
    ];
    // Another node may have drafted the same origin since it was looked for.
    let taken = |error| if let Error::Taken(_) = error { Refusal::duplicate("origin").into() } else { error };
    work.run(&INSERT, &params).await.map_err(taken)?;
    save_revision(work, id, 1, None, &fields).await?;
    work.site = Some(input.site);
    work.record(AnyId::ContentId(id), Effect::Changed);
    Ok(())
}

impl Library {
    /// Saves the first revision of a new content; nothing is public.
    ///
    /// # Errors
    /// Refuses malformed fields, unknown references, columns of another site, and an origin that is known already.
    pub async fn draft_content(&self, caller: &Caller, input: DraftContent) -> Result<ContentId> {
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let id = ContentId(self.new_id());
        draft(&mut work, id, input).await?;
        commit(work).await?;
        Ok(id)
    }
}
