//! Drafting a content (draftContent).

use std::collections::BTreeSet;

use super::check::check;
use super::patch::ContentPatch;
use super::{ContentFields, ContentKind, ContentState, Details};
use crate::changes::{Action, Caller, Effect, List, Work, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId, OrganisationId, SiteId};
use crate::may::{Right, Target, may, require_somebody};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, Who};

/// A content to be drafted.
#[derive(Debug, Clone)]
pub struct DraftContent {
    /// Its home site.
    pub site: SiteId,
    /// Everything else.
    pub fields: ContentFields,
}

/// A content that an editor begins.
#[derive(Debug, Clone)]
pub struct BeginContent {
    /// Its kind.
    pub kind: ContentKind,
    /// Its home column; the one that the editor has a role for by name, if not given.
    pub column: Option<ColumnId>,
    /// What it says so far.
    pub patch: ContentPatch,
}

static INSERT: Sql = Sql::new(
    "insert into working (content_id, short_id, kind, site_id, column_id, title, state, revision, author, edited_by,
       created_at, updated_at, origin_system, origin_id, publisher_id)
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, $9, $9, $10, $11, $12)",
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
        fields.publisher.into(),
    ];
    // Another node may have drafted the same origin since it was looked for.
    let taken = |error| if let Error::Taken(_) = error { Refusal::duplicate("origin").into() } else { error };
    work.run(&INSERT, &params).await.map_err(taken)?;
    save_revision(work, id, 1, None, &fields).await?;
    work.site = Some(input.site);
    work.revision = Some(1);
    work.record(AnyId::ContentId(id), Effect::Changed);
    work.list(List::working(id));
    Ok(())
}

impl Library {
    /// Saves the first revision of a new content; nothing is public.
    ///
    /// # Errors
    /// Refuses who may not draft there, malformed fields, unknown references, columns of another site, and an origin that is
    /// known already.
    pub async fn draft_content(&self, caller: &Caller, input: DraftContent) -> Result<ContentId> {
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        require_columns(&work.directory, caller, Right::Draft, &input.fields.columns)?;
        let id = ContentId(self.new_id());
        draft(&mut work, id, input).await?;
        commit_as(work, |_| id).await
    }

    /// Begins a content in a column with what its editor has of it so far.
    ///
    /// # Errors
    /// As [`Self::draft_content`]; and refuses a missing column where the editor has not exactly one by name.
    pub async fn begin_content(&self, caller: &Caller, input: BeginContent) -> Result<(ContentId, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let directory = work.directory.clone();
        let column = input
            .column
            .or_else(|| only_column(&directory, caller))
            .ok_or_else(|| Refusal::new(RefusalCode::Required, "column", "请选择栏目", "choose a column"))?;
        require_columns(&directory, caller, Right::Draft, &[column])?;
        let home = directory.columns.get(column).ok_or_else(|| Refusal::not_found("column"))?;
        let publisher = usual_publisher(&directory, caller, column).ok_or_else(|| Refusal::not_found("column"))?;
        let mut fields = ContentFields::new("", publisher, Details::bare(input.kind));
        fields.columns = vec![column];
        if let Some(language) = &home.fields.language {
            fields.language.clone_from(language);
        }
        let fields = input.patch.apply(&fields)?;
        let id = ContentId(self.new_id());
        draft(&mut work, id, DraftContent { site: home.site, fields }).await?;
        commit_as(work, |position| (id, position)).await
    }
}

/// Refuses who has not this right in each of the columns.
pub(super) fn require_columns(
    directory: &Directory,
    caller: &Caller,
    right: Right,
    columns: &[ColumnId],
) -> Result<()> {
    for column in columns {
        let target = Target::column(directory, *column).ok_or_else(|| Refusal::not_found("columns"))?;
        may(directory, caller, right, &target).map_err(|mut refusal| {
            if refusal.path.is_empty() && refusal.code != RefusalCode::Unauthenticated {
                refusal.path = vec!["column".to_owned()];
            }
            refusal
        })?;
    }
    Ok(())
}

/// The one column that roles were given to the caller for by name.
fn only_column(directory: &Directory, caller: &Caller) -> Option<ColumnId> {
    let Who::Account(account, _) = caller.who else { return None };
    let named: BTreeSet<ColumnId> = directory
        .grants_of(account)
        .filter_map(|grant| if let crate::grant::GrantScope::Column(id) = grant.scope { Some(id) } else { None })
        .collect();
    named.first().copied().filter(|_| named.len() == 1)
}

/// Who publishes where an editor says nothing: who keeps the column, where the editor works, who sponsors the site.
fn usual_publisher(directory: &Directory, caller: &Caller, column: ColumnId) -> Option<OrganisationId> {
    let column = directory.columns.get(column)?;
    let of_account = match caller.who {
        Who::Account(account, _) => directory.accounts.get(account).and_then(|account| account.organisation),
        Who::Program | Who::Nobody => None,
    };
    column.fields.owner.or(of_account).or_else(|| Some(directory.sites.get(column.site)?.fields.sponsor))
}
