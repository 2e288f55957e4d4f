//! Withdrawing a content (withdrawContent, 撤稿): off every site at once, leaving a tombstone.

use super::live;
use super::state::{ContentState, Step};
use super::working::{Working, working};
use crate::changes::{Action, Caller, List, Work, commit};
use crate::database::Sql;
use crate::due::forget;
use crate::id::ContentId;
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static BURY: Sql = Sql::new(
    "insert into withdrawal (content_id, short_id, home_site_id, at, reason, notice) values ($1, $2, $3, $4, $5, $6)
     on conflict (content_id) do update set at = excluded.at, reason = excluded.reason, notice = excluded.notice",
);
static UPDATE: Sql = Sql::new(
    "update working set state = $2, live_revision = null, level = null, levels = null, waiting_since = null,
       returned = false where content_id = $1",
);

impl Library {
    /// Takes a live content off every placement; its revisions stay. `reason` is kept for the desk, `notice` is what
    /// readers of its address are told.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not withdraw it, one that is not live, and a missing reason.
    pub async fn withdraw_content(
        &self,
        caller: &Caller,
        id: ContentId,
        reason: &str,
        notice: Option<&str>,
    ) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentWithdrawn).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Withdraw)?;
        let reason = text::require("reason", reason, 500)?;
        let notice = notice.map(|notice| text::accept("notice", notice, 500)).transpose()?;
        if before.live_revision.is_none() {
            return Err(Refusal::new(RefusalCode::WrongState, "id", "该信息未发布", "it is not published").into());
        }
        before.require_step(caller, Step::Withdraw)?;
        take_off(&mut work, &before, &reason, notice.as_deref()).await?;
        work.reason = Some(reason);
        commit(work).await
    }
}

/// Takes a live content off every site within an open deed.
pub(crate) async fn take_off(work: &mut Work, before: &Working, reason: &str, notice: Option<&str>) -> Result<()> {
    let id = before.id;
    let Some(was) = live::live(work, id).await? else {
        return Err(Refusal::new(RefusalCode::WrongState, "id", "该信息未发布", "it is not published").into());
    };
    work.action = Action::ContentWithdrawn;
    let carried = crate::placement::remove_all(work, id).await?;
    crate::recall::write_receipts(work, id, &carried).await?;
    live::remove(work, &was).await?;
    let params = [id.into(), id.short().into(), before.site.into(), work.at.into(), reason.into(), notice.into()];
    work.run(&BURY, &params).await?;
    let state: &str = ContentState::Withdrawn.into();
    work.run(&UPDATE, &[id.into(), state.into()]).await?;
    forget(work, id.0).await?;
    work.site = Some(before.site);
    work.revision = before.live_revision;
    work.list(List::working(id));
    Ok(())
}
