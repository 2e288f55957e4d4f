//! Scheduling a content (scheduleContent): the clock publishes it at its moment, or leaves it on the desk if it may not; and
//! takes it off every site at another.

use super::publish::publish_reviewed;
use super::state::{ContentState, Step};
use super::withdraw::take_off;
use super::working::{Standing, Working, move_on, working};
use crate::changes::{Action, Caller, List, Work, commit};
use crate::due::{Due, forget_one, schedule};
use crate::id::ContentId;
use crate::instant::Instant;
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

/// When a content appears and goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Schedule {
    /// When it is published; as it stands if not given.
    pub publish_at: Option<Instant>,
    /// When it goes off every site; never if not given.
    pub withdraw_at: Option<Instant>,
}

/// From how late on the log says so, in microseconds.
const LATE: i64 = 60 * 1_000_000;

impl Library {
    /// Has the newest revision of a content published at `at`, and not at a moment that was chosen before.
    ///
    /// # Errors
    /// As [`Self::schedule`].
    pub async fn schedule_content(
        &self,
        caller: &Caller,
        id: ContentId,
        expected_revision: i64,
        at: Instant,
    ) -> Result<Position> {
        let schedule = Schedule { publish_at: Some(at), withdraw_at: None };
        self.schedule(caller, id, expected_revision, schedule).await
    }

    /// Decides when the newest revision of a content is published, and when it goes again; moments that were chosen before
    /// are forgotten.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not publish it, a revision that is no longer the newest, one that was not
    /// approved, moments that have passed or lie the wrong way round, and no moment at all.
    pub async fn schedule(
        &self,
        caller: &Caller,
        id: ContentId,
        expected_revision: i64,
        moments: Schedule,
    ) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentScheduled).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Publish)?;
        before.expect(expected_revision)?;
        check(&work, &before, moments)?;
        if let Some(at) = moments.publish_at {
            before.require_step(caller, Step::Schedule)?;
            let standing = Standing { levels: before.levels, ..Standing::default() };
            move_on(&mut work, id, ContentState::Scheduled, standing).await?;
            forget_one(&mut work, Due::Publish, id.0).await?;
            schedule(&mut work, at, Due::Publish, id.0).await?;
        }
        forget_one(&mut work, Due::Withdraw, id.0).await?;
        if let Some(at) = moments.withdraw_at {
            schedule(&mut work, at, Due::Withdraw, id.0).await?;
        }
        work.site = Some(before.site);
        work.revision = Some(before.revision);
        work.reason = Some(told(&work, moments));
        work.list(List::working(id));
        commit(work).await
    }
}

/// Refuses moments at which nothing could happen.
fn check(work: &Work, before: &Working, moments: Schedule) -> Result<()> {
    let passed = |path: &str| {
        let refusal = Refusal::new(RefusalCode::Invalid, path, "定时应在将来", "the moment has passed");
        Err(refusal.into())
    };
    if moments.publish_at.is_some_and(|at| at <= work.at) {
        return passed("publish_at");
    }
    if moments.withdraw_at.is_some_and(|at| at <= work.at) {
        return passed("withdraw_at");
    }
    match (moments.publish_at, moments.withdraw_at) {
        (Some(from), Some(until)) if until <= from => {
            let (message, english) = ("下线时间应晚于发布时间", "it would go before it appears");
            Err(Refusal::new(RefusalCode::Invalid, "withdraw_at", message, english).into())
        }
        (None, Some(_)) if before.live_revision.is_none() && before.state != ContentState::Scheduled => {
            let (message, english) = ("尚未发布，请同时给出发布时间", "it is not live: say when it is published, too");
            Err(Refusal::new(RefusalCode::Required, "publish_at", message, english).into())
        }
        (None, None) => {
            let (message, english) = ("请给出发布时间或下线时间", "say when it is published or when it goes");
            Err(Refusal::new(RefusalCode::Required, "publish_at", message, english).into())
        }
        _ => Ok(()),
    }
}

/// The moments in words, for the history.
fn told(work: &Work, moments: Schedule) -> String {
    let zone = work.library().zone();
    let words = [("发布", moments.publish_at), ("下线", moments.withdraw_at)];
    let words = words.into_iter().filter_map(|(what, at)| Some(format!("{what}：{}", zone.minute(at?))));
    words.collect::<Vec<_>>().join("，")
}

/// Publishes a content whose moment has come, if it is still scheduled.
pub(crate) async fn publish_scheduled(work: &mut Work, id: ContentId, due: Instant) -> Result<()> {
    let before = working(work, id).await?;
    if before.state != ContentState::Scheduled {
        return Err(Refusal::new(RefusalCode::WrongState, "id", "已取消定时发布", "it is no longer scheduled").into());
    }
    publish_reviewed(work, before).await?;
    tell_late(work, due);
    Ok(())
}

/// Takes a content off every site whose moment to go has come, if it is still there.
pub(crate) async fn withdraw_scheduled(work: &mut Work, id: ContentId, due: Instant) -> Result<()> {
    let before = working(work, id).await?;
    if before.live_revision.is_some() {
        take_off(work, &before, "到期自动下线", None).await?;
        work.reason = Some("到期自动下线".to_owned());
        tell_late(work, due);
    }
    Ok(())
}

/// Says in the history and in the log that a moment was kept late, after a downtime.
fn tell_late(work: &mut Work, due: Instant) {
    let late = work.at.0 - due.0;
    if late >= LATE {
        let minutes = late / LATE;
        tracing::warn!(minutes, "a content changed later than was scheduled");
        let told = format!("比定时晚{minutes}分钟");
        work.reason = Some(work.reason.take().map_or_else(|| told.clone(), |reason| format!("{reason}，{told}")));
    }
}

/// Puts a content whose publication was refused at its moment back on the desk, and says why.
pub(crate) async fn unschedule(work: &mut Work, id: ContentId, refusal: &Refusal) -> Result<()> {
    let before = working(work, id).await?;
    if before.state == ContentState::Scheduled {
        work.action = Action::ContentReturned;
        work.reason = Some(format!("定时发布未通过，已退回：{}", refusal.message));
        work.site = Some(before.site);
        work.revision = Some(before.revision);
        move_on(work, id, ContentState::Draft, Standing { returned: true, ..Standing::default() }).await?;
    }
    Ok(())
}
