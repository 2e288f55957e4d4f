//! The working row of a content: what editors' deeds lock, look at and move on.

use super::state::{ContentState, Step};
use super::{ContentFields, ContentKind};
use crate::changes::{Caller, List, Work};
use crate::database::{Row, Sql};
use crate::id::{AnyId, ColumnId, ContentId, OrganisationId, SiteId};
use crate::instant::Instant;
use crate::may::{Right, Target, may};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Directory, Who};

/// The working row of a content.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Working {
    pub id: ContentId,
    pub kind: ContentKind,
    pub site: SiteId,
    pub column: Option<ColumnId>,
    /// Who publishes it; not known of what was drafted by an older program and never published.
    pub publisher: Option<OrganisationId>,
    pub title: String,
    pub state: ContentState,
    /// The number of the newest revision.
    pub revision: i64,
    /// The number of the revision that is live.
    pub live_revision: Option<i64>,
    /// Who drafted it, as the log names somebody.
    pub author: String,
    /// Who saved the newest revision.
    pub edited_by: String,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub published_at: Option<Instant>,
    pub index_number: Option<String>,
    /// The level of review that it waits for.
    pub level: Option<i64>,
    /// How many levels it has to pass; 0 if it is exempt.
    pub levels: Option<i64>,
    /// Since when it waits for what comes next.
    pub waiting_since: Option<Instant>,
    /// Whether it was given back and not handed in since.
    pub returned: bool,
}

/// The columns of [`Working::read`], in its order.
pub(crate) const WORKING: &str = "w.content_id, w.kind, w.site_id, w.column_id, w.publisher_id, w.title, w.state, \
     w.revision, w.live_revision, w.author, w.edited_by, w.created_at, w.updated_at, w.published_at, w.index_number, \
     w.level, w.levels, w.waiting_since, w.returned";

impl Working {
    /// Reads the columns of [`WORKING`].
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let damaged = || Error::Database("a working row cannot be read".to_owned());
        Ok(Self {
            id: row.get(0)?,
            kind: row.text(1).and_then(|text| text.parse().ok()).ok_or_else(damaged)?,
            site: row.get(2)?,
            column: row.get(3)?,
            publisher: row.get(4)?,
            title: row.get(5)?,
            state: row.text(6).and_then(|text| text.parse().ok()).ok_or_else(damaged)?,
            revision: row.get(7)?,
            live_revision: row.get(8)?,
            author: row.get(9)?,
            edited_by: row.get(10)?,
            created_at: row.get(11)?,
            updated_at: row.get(12)?,
            published_at: row.get(13)?,
            index_number: row.get(14)?,
            level: row.get(15)?,
            levels: row.get(16)?,
            waiting_since: row.get(17)?,
            returned: row.get(18)?,
        })
    }

    /// What it is to those who may do something to it.
    pub fn target(&self, directory: &Directory) -> Target {
        Target::content(directory, self.site, self.column, self.publisher, self.live_revision.is_some())
    }

    /// Refuses who may not do this to it.
    pub(crate) fn require(&self, work: &Work, caller: &Caller, right: Right) -> Result<()> {
        may(&work.directory, caller, right, &self.target(&work.directory)).map_err(|mut refusal| {
            if matches!(refusal.code, RefusalCode::NotFound | RefusalCode::NotAllowed) && refusal.path.is_empty() {
                refusal.path = vec!["id".to_owned()];
            }
            refusal
        })?;
        Ok(())
    }

    /// Refuses a step that its state does not allow. Programs that bring in what was reviewed elsewhere are not asked.
    pub(super) fn require_step(&self, caller: &Caller, step: Step) -> Result<()> {
        match caller.who {
            Who::Program => Ok(()),
            Who::Account(..) | Who::Nobody => Ok(step.require(self.state)?),
        }
    }

    /// Refuses a deed on a revision that is no longer the newest.
    pub(super) fn expect(&self, expected: i64) -> Result<()> {
        if self.revision == expected {
            return Ok(());
        }
        let english = format!("revision {} was saved in the meantime", self.revision);
        let message = format!("内容已更新到第{}版", self.revision);
        let refusal = Refusal::new(RefusalCode::StaleRevision, "expected_revision", message, english);
        Err(refusal.hinting("请刷新后在最新版本上修改", "read the newest revision and try again").into())
    }
}

impl List {
    /// What is worked on of a content: its revisions, reviews and state, which the public never sees.
    pub(crate) fn working(content: ContentId) -> Self {
        Self::Of("working", AnyId::ContentId(content))
    }
}

static LOCK: Sql = Sql::new("update working set revision = revision where content_id = $1");
static REVISION: Sql = Sql::new("select document from revision where content_id = $1 and number = $2");
static MOVE: Sql = Sql::new(
    "update working set state = $2, level = $3, levels = $4, waiting_since = $5, returned = $6 where content_id = $1",
);

/// Locks a content for this deed: deeds on one content come one after the other, on whichever nodes.
pub(crate) async fn lock(work: &mut Work, id: ContentId) -> Result<()> {
    work.run(&LOCK, &[id.into()]).await?;
    Ok(())
}

/// The working row, locked for this deed.
pub(crate) async fn working(work: &mut Work, id: ContentId) -> Result<Working> {
    lock(work, id).await?;
    let text = format!("select {WORKING} from working w where w.content_id = $1");
    let row = work.row(&Sql::built(text), &[id.into()]).await?;
    Working::read(&row.ok_or_else(|| Refusal::not_found("id"))?)
}

/// The document of a revision.
pub(super) async fn revision(work: &mut Work, id: ContentId, number: i64) -> Result<ContentFields> {
    let row = work.row(&REVISION, &[id.into(), number.into()]).await?;
    row.ok_or_else(|| Refusal::not_found("revision"))?.json(0)
}

/// Where a content stands in its review.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Standing {
    /// The level that it waits for.
    pub level: Option<i64>,
    /// How many it has to pass.
    pub levels: Option<i64>,
    /// Whether it was given back.
    pub returned: bool,
}

/// Moves a content on to `state`, from now on.
pub(super) async fn move_on(work: &mut Work, id: ContentId, state: ContentState, standing: Standing) -> Result<()> {
    let name: &str = state.into();
    let waits = state.is_waiting_for_review() || state == ContentState::Approved;
    let since = waits.then_some(work.at);
    let Standing { level, levels, returned } = standing;
    work.run(&MOVE, &[id.into(), name.into(), level.into(), levels.into(), since.into(), returned.into()]).await?;
    work.list(List::working(id));
    Ok(())
}
