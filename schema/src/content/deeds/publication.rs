//! Publication: publishing, scheduling, withdrawing, archiving, validity, redaction.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};
use library::Instant;
use library::content::{RedactRevision, Schedule, SetValidity};
use library::id::ContentId;

use super::shown;
use crate::content::Content;
use crate::content::Validity;
use crate::deed::{Payload, UserError, afterwards, caller, outcome, payload, written};
use crate::desk::DeskContent;
use crate::placement::Placement;
use crate::scalars::{Date, DateTime, id, int, optional_id};

/// A content to be published (发布).
#[derive(Clone, InputObject)]
pub struct PublishContentInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the publisher saw (所见版本).
    pub expected_revision: i32,
}

/// What came of publishing (发布结果).
#[derive(Default, SimpleObject)]
pub struct PublishContentPayload {
    /// The content as readers get it now (信息).
    pub content: Option<Content>,
    /// Its showing in its home column (展示).
    pub placement: Option<Placement>,
    /// In how many columns it is placed, shared ones included (展示栏目数).
    pub placed: i32,
    /// In how many shared columns it waits for the receiving desk (待接收栏目数).
    pub pending: i32,
    /// The position of the change (变更位置).
    pub position: Option<String>,
    /// Why nothing was done; empty if it was (操作错误).
    pub user_errors: Vec<UserError>,
}

impl Payload for PublishContentPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Publishes the newest revision.
pub async fn publish_content(ctx: &Context<'_>, input: PublishContentInput) -> Result<PublishContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let deed = {
        let asker = asker.clone();
        async move { library.publish_content(&asker, content, i64::from(input.expected_revision)).await }
    };
    let published = match outcome(ctx, deed).await? {
        Ok(published) => published,
        Err(errors) => return Ok(PublishContentPayload::refused(errors)),
    };
    let scope = afterwards(ctx, asker);
    let live = scope.content(content).await.map_err(crate::error)?;
    let home = live.as_ref().map(|live| live.home_site);
    let mut placements = scope.placements_of_contents(&[content], home).await.map_err(crate::error)?;
    Ok(PublishContentPayload {
        content: live.map(Content::alone),
        placement: Placement::together(placements.remove(&content).unwrap_or_default()).into_iter().next(),
        placed: int(published.placed as i64),
        pending: int(published.pending as i64),
        position: written(published.position),
        user_errors: Vec::new(),
    })
}

/// When a content appears and goes (定时).
#[derive(Clone, InputObject)]
pub struct ScheduleContentInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the publisher saw (所见版本).
    pub expected_revision: i32,
    /// When it is published (发布时间); as it stands, if not given.
    pub publish_at: Option<DateTime>,
    /// When it goes off every site (下线时间); never, if not given.
    pub withdraw_at: Option<DateTime>,
}

payload! {
    /// What came of scheduling (定时结果).
    ScheduleContentPayload {
        /// The content on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Decides when a content appears and goes.
pub async fn schedule_content(ctx: &Context<'_>, input: ScheduleContentInput) -> Result<ScheduleContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let instant = |time: Option<DateTime>| time.map(|time| Instant::of(&time));
    let moments = Schedule { publish_at: instant(input.publish_at), withdraw_at: instant(input.withdraw_at) };
    let deed = {
        let asker = asker.clone();
        async move { library.schedule(&asker, content, i64::from(input.expected_revision), moments).await }
    };
    let position = match outcome(ctx, deed).await? {
        Ok(position) => position,
        Err(errors) => return Ok(ScheduleContentPayload::refused(errors)),
    };
    let desk = shown(ctx, asker, content).await?.desk;
    Ok(ScheduleContentPayload { desk, position: written(position), ..ScheduleContentPayload::default() })
}

/// A content to be taken off every site (撤稿).
#[derive(Clone, InputObject)]
pub struct WithdrawContentInput {
    /// Which content (信息).
    pub id: ID,
    /// Why, for the history (撤稿原因).
    pub reason: String,
    /// What readers of its address are told (撤稿公告).
    pub notice: Option<String>,
}

payload! {
    /// What came of withdrawing (撤稿结果).
    WithdrawContentPayload {
        /// The content on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Takes a content off every site.
pub async fn withdraw_content(ctx: &Context<'_>, input: WithdrawContentInput) -> Result<WithdrawContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let deed = {
        let asker = asker.clone();
        async move { library.withdraw_content(&asker, content, &input.reason, input.notice.as_deref()).await }
    };
    let position = match outcome(ctx, deed).await? {
        Ok(position) => position,
        Err(errors) => return Ok(WithdrawContentPayload::refused(errors)),
    };
    let desk = shown(ctx, asker, content).await?.desk;
    Ok(WithdrawContentPayload { desk, position: written(position), ..WithdrawContentPayload::default() })
}

/// A content to be put away (归档).
#[derive(Clone, InputObject)]
pub struct ArchiveContentInput {
    /// Which content (信息).
    pub id: ID,
    /// Why, for the history (归档原因).
    pub reason: String,
}

payload! {
    /// What came of archiving (归档结果).
    ArchiveContentPayload {
        /// The content on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Puts a content away for the archive.
pub async fn archive_content(ctx: &Context<'_>, input: ArchiveContentInput) -> Result<ArchiveContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let deed = {
        let asker = asker.clone();
        async move { library.archive_content(&asker, content, &input.reason).await }
    };
    let position = match outcome(ctx, deed).await? {
        Ok(position) => position,
        Err(errors) => return Ok(ArchiveContentPayload::refused(errors)),
    };
    let desk = shown(ctx, asker, content).await?.desk;
    Ok(ArchiveContentPayload { desk, position: written(position), ..ArchiveContentPayload::default() })
}

/// What is to hold of a policy (有效性).
#[derive(Clone, InputObject)]
pub struct SetValidityInput {
    /// Which policy (政策).
    pub id: ID,
    /// What holds (有效性).
    pub validity: Validity,
    /// Since which day; today if not given (起始日期).
    pub since: Option<Date>,
    /// The policy that makes it so (依据).
    pub basis: Option<ID>,
    /// What an editor says of it (说明).
    pub note: Option<String>,
}

payload! {
    /// What came of setting a validity (有效性变更结果).
    SetValidityPayload {
        /// The policy as readers get it now (政策).
        content: Content,
    }
}

/// Sets the validity of a policy: it stays readable and is marked.
pub async fn set_validity(ctx: &Context<'_>, input: SetValidityInput) -> Result<SetValidityPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let set = SetValidity {
        validity: input.validity.into(),
        since: input.since.map(|since| since.0),
        basis: optional_id(input.basis.as_ref())?,
        note: input.note,
    };
    let deed = {
        let asker = asker.clone();
        async move { library.set_validity(&asker, content, set).await }
    };
    let position = match outcome(ctx, deed).await? {
        Ok(position) => position,
        Err(errors) => return Ok(SetValidityPayload::refused(errors)),
    };
    let live = afterwards(ctx, asker).content(content).await.map_err(crate::error)?;
    let content = live.map(Content::alone);
    Ok(SetValidityPayload { content, position: written(position), ..SetValidityPayload::default() })
}

/// Personal data to be overwritten (脱敏).
#[derive(Clone, InputObject)]
pub struct RedactRevisionInput {
    /// In which content (信息).
    pub id: ID,
    /// Texts, as they stand in its fields (文字); each is overwritten in every revision.
    pub texts: Option<Vec<String>>,
    /// Files, which are removed (文件).
    pub attachments: Option<Vec<ID>>,
    /// Why (原因).
    pub reason: String,
}

payload! {
    /// What came of redacting (脱敏结果).
    RedactRevisionPayload {
        /// Whether it was done; false while another administrator of the platform has to ask for the same (是否已执行).
        done: bool,
        /// The content on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Asks for a redaction, or does what another administrator asked for.
pub async fn redact_revision(ctx: &Context<'_>, input: RedactRevisionInput) -> Result<RedactRevisionPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let attachments = input.attachments.unwrap_or_default().iter().map(id).collect::<Result<_>>()?;
    let redact =
        RedactRevision { id: content, texts: input.texts.unwrap_or_default(), attachments, reason: input.reason };
    let deed = {
        let asker = asker.clone();
        async move { library.redact_revision(&asker, redact).await }
    };
    let (is_done, position) = match outcome(ctx, deed).await? {
        Ok(done) => done,
        Err(errors) => return Ok(RedactRevisionPayload::refused(errors)),
    };
    let desk = shown(ctx, asker, content).await?.desk;
    let position = written(position);
    Ok(RedactRevisionPayload { done: Some(is_done), desk, position, ..RedactRevisionPayload::default() })
}
