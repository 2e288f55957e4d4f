//! Discarding a draft (discardDraft): what was saved since the last publication is given up; nothing is erased.

use super::edit::save_newest;
use super::state::{ContentState, Step};
use super::working::{Standing, move_on, revision, working};
use crate::changes::{Action, Caller, commit};
use crate::database::Sql;
use crate::id::ContentId;
use crate::may::{Right, require_somebody};
use crate::refusal::Result;
use crate::{Library, Position};

static LIVE_ON_DESK: Sql = Sql::new("update working set live_revision = $2 where content_id = $1");
static LIVE: Sql = Sql::new("update content set revision = $2 where id = $1");

impl Library {
    /// Gives up what was saved since the last publication: the newest revision is the live one again. What was never live
    /// leaves the desk, what was withdrawn stays so. The revisions that are given up can still be restored.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not edit it, a revision that is no longer the newest, and what is no draft.
    pub async fn discard_draft(&self, caller: &Caller, id: ContentId, expected_revision: i64) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::DraftDiscarded).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Edit)?;
        before.expect(expected_revision)?;
        Step::Discard.require(before.state)?;
        let state = match (before.live_revision, before.published_at) {
            (Some(_), _) => ContentState::Published,
            (None, Some(_)) => ContentState::Withdrawn,
            (None, None) => ContentState::Archived,
        };
        if let Some(live) = before.live_revision {
            let fields = revision(&mut work, id, live).await?;
            let number = before.revision + 1;
            let note = format!("放弃修改，恢复为第{live}版");
            save_newest(&mut work, id, number, Some(note), &fields).await?;
            work.run(&LIVE_ON_DESK, &[id.into(), number.into()]).await?;
            work.run(&LIVE, &[id.into(), number.into()]).await?;
            // The number of the revision is all that readers could see of it.
            work.record(crate::id::AnyId::ContentId(id), crate::changes::Effect::Changed);
        }
        move_on(&mut work, id, state, Standing::default()).await?;
        work.site = Some(before.site);
        work.revision = Some(before.revision);
        commit(work).await
    }
}
