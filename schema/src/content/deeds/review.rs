//! Review: checking, submitting, and the verdict of each level.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};
use library::content::{ReviewContent, SubmitContent};
use library::id::ContentId;

use super::shown;
use crate::content::Content;
use crate::deed::{Payload, UserError, asking, caller, outcome, payload, written};
use crate::desk::{ReviewDecision, ReviewState};
use crate::finding::Finding;
use crate::scalars::id;

/// A content to be looked into (内容检查).
#[derive(Clone, InputObject)]
pub struct CheckContentInput {
    /// Which content (信息).
    pub id: ID,
}

/// What content checks found in the newest revision (内容检查结果).
#[derive(Default, SimpleObject)]
pub struct CheckContentPayload {
    /// What was found (检查结果).
    pub findings: Vec<Finding>,
    /// Everything that the gate would miss (缺项).
    pub missing: Vec<UserError>,
    /// Why nothing was looked into (操作错误).
    pub user_errors: Vec<UserError>,
}

impl Payload for CheckContentPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Looks into the newest revision without submitting it.
pub async fn check_content(ctx: &Context<'_>, input: CheckContentInput) -> Result<CheckContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (content, english): (ContentId, _) = (id(&input.id)?, asking(ctx).english);
    match library.check_content(&asker, content).await {
        Ok(checked) => Ok(CheckContentPayload {
            findings: checked
                .findings
                .into_iter()
                .map(|finding| Finding::of(crate::scope(ctx), finding, None))
                .collect(),
            missing: checked.missing.into_iter().map(|refusal| UserError::of(refusal, english)).collect(),
            user_errors: Vec::new(),
        }),
        Err(library::Error::Refused(refusal)) => {
            Ok(CheckContentPayload::refused(vec![UserError::of(refusal, english)]))
        }
        Err(fault) => Err(crate::error(fault)),
    }
}

/// A warning that may stand (保留提醒).
#[derive(Clone, InputObject)]
pub struct OverruleInput {
    /// Which finding, by its `id` (检查结果).
    pub finding: ID,
    /// Why it may stand; kept for reviewers (理由).
    pub reason: String,
}

/// A content to be submitted (交审).
#[derive(Clone, InputObject)]
pub struct SubmitContentInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the editor saw (所见版本).
    pub expected_revision: i32,
    /// Warnings that may stand (保留提醒).
    pub overrule: Option<Vec<OverruleInput>>,
}

/// What came of submitting (交审结果).
#[derive(Default, SimpleObject)]
pub struct SubmitContentPayload {
    /// The content as it is worked on now (信息).
    pub content: Option<Content>,
    /// What content checks found (检查结果).
    pub findings: Vec<Finding>,
    /// The position of the change (变更位置).
    pub position: Option<String>,
    /// Everything that keeps it from being submitted, all at once; empty if it was (操作错误).
    pub user_errors: Vec<UserError>,
}

impl Payload for SubmitContentPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Submits the newest revision for review.
pub async fn submit_content(ctx: &Context<'_>, input: SubmitContentInput) -> Result<SubmitContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let overrule = input.overrule.unwrap_or_default().into_iter().map(|one| (one.finding.0, one.reason)).collect();
    let submit = SubmitContent { id: content, expected_revision: i64::from(input.expected_revision), overrule };
    let deed = {
        let asker = asker.clone();
        async move { library.submit_content(&asker, submit).await }
    };
    let submitted = match outcome(ctx, deed).await? {
        Ok(submitted) => submitted,
        Err(errors) => return Ok(SubmitContentPayload::refused(errors)),
    };
    let english = asking(ctx).english;
    let position = submitted.done.and_then(|(_, position)| written(position));
    let content = match position {
        Some(_) => shown(ctx, asker, content).await?.content,
        None => None,
    };
    Ok(SubmitContentPayload {
        content,
        findings: submitted.findings.into_iter().map(|finding| Finding::of(crate::scope(ctx), finding, None)).collect(),
        position,
        user_errors: submitted.refused.into_iter().map(|refusal| UserError::of(refusal, english)).collect(),
    })
}

/// A verdict (审核).
#[derive(Clone, InputObject)]
pub struct ReviewContentInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the reviewer read (所见版本).
    pub expected_revision: i32,
    /// The verdict of the review (审).
    pub decision: ReviewDecision,
    /// Why it is returned; needed then (退回原因).
    pub reason: Option<String>,
    /// The verdict of the proofreading (校). It passes only if both do.
    pub proofreading: ReviewDecision,
}

payload! {
    /// What came of a verdict (审核结果).
    ReviewContentPayload {
        /// The content as it is worked on now (信息).
        content: Content,
        /// Where its review stands (审核进度).
        review: ReviewState,
    }
}

/// Passes a content at its level, or returns it.
pub async fn review_content(ctx: &Context<'_>, input: ReviewContentInput) -> Result<ReviewContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let review = ReviewContent {
        id: content,
        expected_revision: i64::from(input.expected_revision),
        decision: input.decision.into(),
        proofreading: input.proofreading.into(),
        reason: input.reason,
    };
    let deed = {
        let asker = asker.clone();
        async move { library.review_content(&asker, review).await }
    };
    let reviewed = match outcome(ctx, deed).await? {
        Ok(reviewed) => reviewed,
        Err(errors) => return Ok(ReviewContentPayload::refused(errors)),
    };
    let shown = shown(ctx, asker, content).await?;
    let review = match &shown.desk {
        Some(desk) => desk.review_state(ctx).await?,
        None => None,
    };
    Ok(ReviewContentPayload {
        content: shown.content,
        review,
        position: written(reviewed.position),
        ..ReviewContentPayload::default()
    })
}
