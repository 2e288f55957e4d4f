//! Restoring a revision (restoreRevision): an earlier one is saved again as the newest.

use super::edit::save;
use super::state::Step;
use super::working::{revision, working};
use crate::changes::{Action, Caller, commit_as};
use crate::id::ContentId;
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

impl Library {
    /// Saves an earlier revision again as the newest; answers its number. Nothing of the others is lost.
    ///
    /// # Errors
    /// Refuses an unknown content or revision, who may not edit it, a revision that is no longer the newest, and fields that
    /// are not accepted any more.
    pub async fn restore_revision(
        &self,
        caller: &Caller,
        id: ContentId,
        number: i64,
        expected_revision: i64,
    ) -> Result<(i64, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Edit)?;
        before.expect(expected_revision)?;
        before.require_step(caller, Step::Save)?;
        if number >= before.revision {
            return Err(Refusal::not_found("revision").into());
        }
        let fields = revision(&mut work, id, number).await?;
        let note = format!("恢复自第{number}版");
        let saved = save(&mut work, &before, fields, Some(note)).await?;
        commit_as(work, |position| (saved, position)).await
    }
}
