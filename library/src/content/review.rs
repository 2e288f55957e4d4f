//! Reviewing a content (reviewContent, 审核): each level records a review and a proofreading verdict (三审三校).

use serde::{Deserialize, Serialize};

use super::state::{ContentState, Step};
use super::working::{Standing, Working, move_on, working};
use crate::changes::{Action, Caller, Work, commit_as};
use crate::database::Sql;
use crate::due::{Due, forget_one};
use crate::id::ContentId;
use crate::may::{Right, require_account};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewDecision {
    /// 通过.
    Approve,
    /// 退回.
    Return,
}

/// A verdict of a level.
#[derive(Debug, Clone)]
pub struct ReviewContent {
    /// Which content.
    pub id: ContentId,
    /// The revision that the reviewer read.
    pub expected_revision: i64,
    /// Of the review (审).
    pub decision: ReviewDecision,
    /// Of the proofreading (校).
    pub proofreading: ReviewDecision,
    /// Why it is given back.
    pub reason: Option<String>,
}

/// What came of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Where the content stands now.
    pub state: ContentState,
    /// The position of the deed.
    pub position: Position,
}

static INSERT: Sql = Sql::new(
    "insert into review_round (content_id, ordinal, revision, level, levels, reviewer, decision, proofreading, reason,
       waited_since, at)
     select $1, coalesce(max(ordinal), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10
     from review_round where content_id = $1",
);
static WROTE: Sql =
    Sql::new("select number from revision where content_id = $1 and number > $2 and author = $3 limit 1");
static PASSED: Sql = Sql::new(
    "select level, reviewer from review_round where content_id = $1 and revision = $2 and decision = 'APPROVE'
       and proofreading = 'APPROVE' and ordinal > (select rounds_before from working where content_id = $1)",
);

impl Library {
    /// Passes a content at the level that it waits for, or gives it back. Who may publish gives back what is approved.
    ///
    /// # Errors
    /// Refuses an unknown content, a revision that is no longer the newest, a content that waits for no review, who does not
    /// review at its level, who wrote the revision or passed another level of it, and giving back without a reason.
    pub async fn review_content(&self, caller: &Caller, review: ReviewContent) -> Result<Reviewed> {
        require_account(caller)?;
        let mut work = self.begin(caller, Action::ContentReviewed).await?;
        let before = working(&mut work, review.id).await?;
        let passes = (review.decision, review.proofreading) == (ReviewDecision::Approve, ReviewDecision::Approve);
        let waits = before.state.is_waiting_for_review();
        let right = match before.level {
            Some(level) if waits => Right::Review(u8::try_from(level).ok()),
            // What is approved waits for who publishes it.
            _ if matches!(before.state, ContentState::Approved | ContentState::Scheduled) => Right::Publish,
            _ => Right::Review(None),
        };
        before.require(&work, caller, right)?;
        before.expect(review.expected_revision)?;
        let step = if passes { Step::Pass } else { Step::Return };
        before.require_step(caller, step)?;
        let reason = review.reason.map(|reason| text::accept("reason", &reason, 500)).transpose()?;
        let reason = reason.filter(|reason| !reason.is_empty());
        if !passes && reason.is_none() {
            return Err(
                Refusal::new(RefusalCode::Required, "reason", "退回须写明原因", "say why it is returned").into()
            );
        }
        if waits {
            require_other_eyes(&mut work, &before).await?;
            let verdict = (review.decision, review.proofreading);
            record(&mut work, &before, verdict, reason.as_deref()).await?;
        }
        let (state, standing) = after(&before, passes);
        move_on(&mut work, before.id, state, standing).await?;
        if state == ContentState::Draft {
            work.action = Action::ContentReturned;
            forget_one(&mut work, Due::Publish, before.id.0).await?;
        }
        work.site = Some(before.site);
        work.revision = Some(before.revision);
        work.reason = reason;
        commit_as(work, |position| Reviewed { state, position }).await
    }
}

/// Where a content goes from a verdict.
fn after(before: &Working, passes: bool) -> (ContentState, Standing) {
    let (level, levels) = (before.level.unwrap_or(1), before.levels.unwrap_or(1));
    match passes {
        false => (ContentState::Draft, Standing { returned: true, ..Standing::default() }),
        true if level < levels => {
            (ContentState::InReview, Standing { level: Some(level + 1), levels: Some(levels), returned: false })
        }
        true => (ContentState::Approved, Standing { level: None, levels: Some(levels), returned: false }),
    }
}

/// Refuses who had a hand in the revision already: as an author since the last publication, or at another level.
async fn require_other_eyes(work: &mut Work, before: &Working) -> Result<()> {
    let actor = work.actor.clone();
    let params = [before.id.into(), before.live_revision.unwrap_or(0).into(), (&actor).into()];
    if before.author == actor || work.row(&WROTE, &params).await?.is_some() {
        let (message, english) = ("不能审核自己编写的内容", "nobody reviews what the same account wrote");
        let refusal = Refusal::new(RefusalCode::NotAllowed, "id", message, english);
        return Err(refusal.hinting("请由其他审核员审核", "leave it to another reviewer").into());
    }
    let passed = work.rows(&PASSED, &[before.id.into(), before.revision.into()]).await?;
    if passed.iter().any(|row| row.text(1) == Some(&actor)) {
        let (message, english) = ("您已审核过本稿的另一级", "another level of it was passed by the same account");
        let refusal = Refusal::new(RefusalCode::NotAllowed, "id", message, english);
        return Err(refusal.hinting("各级审核须由不同的人进行", "each level needs another person").into());
    }
    Ok(())
}

/// Writes the verdict of a level down.
async fn record(
    work: &mut Work,
    before: &Working,
    (decision, proofreading): (ReviewDecision, ReviewDecision),
    reason: Option<&str>,
) -> Result<()> {
    let (decision, proofreading): (&str, &str) = (decision.into(), proofreading.into());
    let (actor, at) = (work.actor.clone(), work.at);
    let params = [
        before.id.into(),
        before.revision.into(),
        before.level.unwrap_or(1).into(),
        before.levels.unwrap_or(1).into(),
        actor.into(),
        decision.into(),
        proofreading.into(),
        reason.into(),
        before.waiting_since.unwrap_or(at).into(),
        at.into(),
    ];
    work.run(&INSERT, &params).await?;
    Ok(())
}

/// Refuses to publish a revision that has not passed every level that its column demands now.
pub(super) async fn require_reviewed(work: &mut Work, before: &Working) -> Result<()> {
    // Exempt when it was handed in, or brought in by a program that vouches for it.
    if before.levels.unwrap_or(0) == 0 {
        return Ok(());
    }
    let demanded = crate::column::review_policy(&work.directory, before.site, before.column).levels;
    let mut passed = Vec::new();
    for row in work.rows(&PASSED, &[before.id.into(), before.revision.into()]).await? {
        passed.push(row.get::<i64>(0)?);
    }
    if (1..=i64::from(demanded)).all(|level| passed.contains(&level)) {
        return Ok(());
    }
    let message = format!("该栏目现在要求{demanded}级审核，本稿尚未全部通过");
    let english = format!("its column demands {demanded} levels of review now, and it has not passed all of them");
    let refusal = Refusal::new(RefusalCode::GateRefused, "id", message, english);
    Err(refusal.hinting("请退回后重新交审", "return it and submit it again").into())
}
