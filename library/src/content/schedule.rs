//! Scheduling a content (scheduleContent): the clock publishes it at its moment, or leaves it on the desk if it may not.

use super::edit::{ContentState, expect, working};
use super::publish::publish_at;
use crate::changes::{Action, Caller, Effect, Work, commit};
use crate::database::Sql;
use crate::due::{Due, forget_one, schedule};
use crate::id::{AnyId, ContentId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

static SET_STATE: Sql = Sql::new("update working set state = $2 where content_id = $1");

impl Library {
    /// Has the newest revision of a content published at `at`, and not at a moment that was chosen before.
    ///
    /// # Errors
    /// Refuses an unknown content, a revision that is no longer the newest, and a moment that has passed.
    pub async fn schedule_content(
        &self,
        caller: &Caller,
        id: ContentId,
        expected_revision: i64,
        at: Instant,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, id).await?;
        expect(&before, expected_revision)?;
        if at <= work.at {
            return Err(
                Refusal::new(RefusalCode::Invalid, "at", "定时发布时间应在将来", "the moment has passed").into()
            );
        }
        set_state(&mut work, id, ContentState::Scheduled).await?;
        forget_one(&mut work, Due::Publish, id.0).await?;
        schedule(&mut work, at, Due::Publish, id.0).await?;
        work.site = Some(before.site);
        work.record(AnyId::ContentId(id), Effect::Changed);
        commit(work).await
    }
}

async fn set_state(work: &mut Work, id: ContentId, state: ContentState) -> Result<()> {
    let state: &str = state.into();
    work.run(&SET_STATE, &[id.into(), state.into()]).await?;
    Ok(())
}

/// Publishes a content whose moment has come, if it is still scheduled.
pub(crate) async fn publish_scheduled(work: &mut Work, id: ContentId) -> Result<()> {
    let before = working(work, id).await?;
    if before.state != ContentState::Scheduled {
        return Err(Refusal::new(RefusalCode::WrongState, "id", "已取消定时发布", "it is no longer scheduled").into());
    }
    publish_at(work, id, before).await?;
    Ok(())
}

/// Puts a content whose publication was refused at its moment back on the desk, and says why.
pub(crate) async fn unschedule(work: &mut Work, id: ContentId, refusal: &Refusal) -> Result<()> {
    let before = working(work, id).await?;
    if before.state == ContentState::Scheduled {
        work.action = Action::ContentDrafted;
        work.reason = Some(format!("定时发布未通过，已退回：{}", refusal.message));
        set_state(work, id, ContentState::Draft).await?;
        work.record(AnyId::ContentId(id), Effect::Changed);
    }
    Ok(())
}
