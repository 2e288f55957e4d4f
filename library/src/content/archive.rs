//! Archiving a content (archiveContent, 归档): off every site and off the desk for good; its revisions and history stay
//! (档案法实施条例 38-40).

use super::state::{ContentState, Step};
use super::withdraw::take_off;
use super::working::{Standing, move_on, working};
use crate::changes::{Action, Caller, commit};
use crate::due::forget;
use crate::id::ContentId;
use crate::may::{Right, require_somebody};
use crate::refusal::Result;
use crate::{Library, Position, text};

/// What readers of the address of an archived content are told.
const NOTICE: &str = "该信息已归档";

impl Library {
    /// Archives a content, taking it off every site first where it is live.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not withdraw it, one that is under review or scheduled, and a missing reason.
    pub async fn archive_content(&self, caller: &Caller, id: ContentId, reason: &str) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentArchived).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Withdraw)?;
        let reason = text::require("reason", reason, 500)?;
        Step::Archive.require(before.state)?;
        if before.live_revision.is_some() {
            take_off(&mut work, &before, &reason, Some(NOTICE)).await?;
        }
        work.action = Action::ContentArchived;
        forget(&mut work, id.0).await?;
        move_on(&mut work, id, ContentState::Archived, Standing::default()).await?;
        work.site = Some(before.site);
        work.revision = Some(before.revision);
        work.reason = Some(reason);
        commit(work).await
    }
}
