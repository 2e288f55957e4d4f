//! Withdrawing a content (withdrawContent, 撤稿): off every site at once, leaving a tombstone.

use super::edit::{ContentState, working};
use super::live;
use crate::changes::{Action, Caller, commit};
use crate::database::Sql;
use crate::due::forget;
use crate::id::ContentId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static BURY: Sql = Sql::new(
    "insert into withdrawal (content_id, short_id, home_site_id, at, reason, notice) values ($1, $2, $3, $4, $5, $6)
     on conflict (content_id) do update set at = excluded.at, reason = excluded.reason, notice = excluded.notice",
);
static UPDATE: Sql = Sql::new("update working set state = $2, live_revision = null where content_id = $1");

impl Library {
    /// Takes a live content off every placement; its revisions stay. `reason` is kept for the desk, `notice` is what
    /// readers of its address are told.
    ///
    /// # Errors
    /// Refuses an unknown content, one that is not live, and a missing reason.
    pub async fn withdraw_content(
        &self,
        caller: &Caller,
        id: ContentId,
        reason: &str,
        notice: Option<&str>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ContentWithdrawn).await?;
        let reason = text::require("reason", reason, 500)?;
        let notice = notice.map(|notice| text::accept("notice", notice, 500)).transpose()?;
        let before = working(&mut work, id).await?;
        let Some(was) = live::live(&mut work, id).await? else {
            return Err(Refusal::new(RefusalCode::WrongState, "id", "该信息未发布", "it is not published").into());
        };
        crate::placement::remove_all(&mut work, id).await?;
        live::remove(&mut work, &was).await?;
        let params =
            [id.into(), id.short().into(), before.site.into(), work.at.into(), (&reason).into(), notice.into()];
        work.run(&BURY, &params).await?;
        let state: &str = ContentState::Withdrawn.into();
        work.run(&UPDATE, &[id.into(), state.into()]).await?;
        forget(&mut work, id.0).await?;
        work.site = Some(before.site);
        work.reason = Some(reason);
        commit(work).await
    }
}
