//! What is done to showings (展示): placing, removing, overriding, and deciding what waits for the receiving desk.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result, SimpleObject};
use library::id::{AnyId, PlacementId};
use library::placement::{DecidePlacements, EditPlacement};

use crate::deed::{Payload, UserError, afterwards, caller, done, payload, written};
use crate::desk::ReviewDecision;
use crate::placement::Placement;
use crate::scalars::{DateTime, bad_input, id};

/// A content and a further column for it (展示到栏目).
#[derive(Debug, Clone, InputObject)]
pub struct PlaceContentInput {
    /// Which content, which must be live (信息).
    pub content: ID,
    /// In which column (栏目).
    pub column: ID,
}

payload! {
    /// What came of placing a content (展示结果).
    PlaceContentPayload {
        /// The showing (展示).
        placement: Placement,
    }
}

/// The showing of a placement after a deed, if it is shown.
async fn shown(ctx: &Context<'_>, caller: library::Caller, id: PlacementId) -> Result<Option<Placement>> {
    let mut found = afterwards(ctx, caller).placements_by_id(&[id]).await.map_err(crate::error)?;
    Ok(found.pop().map(Placement::alone))
}

/// Places a content.
pub async fn place_content(ctx: &Context<'_>, input: PlaceContentInput) -> Result<PlaceContentPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (content, column, asker) = (id(&input.content)?, id(&input.column)?, caller.clone());
    let deed = async move { library.place_content(&asker, content, column).await };
    let mut placed: Option<PlacementId> = None;
    let mut payload = done(ctx, deed, |(id, position)| {
        placed = Some(id);
        PlaceContentPayload { position: written(position), ..PlaceContentPayload::default() }
    })
    .await?;
    if let Some(id) = placed {
        payload.placement = shown(ctx, caller, id).await?;
    }
    Ok(payload)
}

/// A showing to be taken away (移除展示).
#[derive(Debug, Clone, InputObject)]
pub struct RemovePlacementInput {
    /// Which showing; one that a shared column brings is hidden instead (展示).
    pub id: ID,
}

payload! {
    /// What came of removing a showing (移除展示结果).
    RemovePlacementPayload {}
}

/// Removes a showing.
pub async fn remove_placement(ctx: &Context<'_>, input: RemovePlacementInput) -> Result<RemovePlacementPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let placement = id(&input.id)?;
    let deed = async move { library.remove_placement(&caller, placement).await };
    done(ctx, deed, |position| RemovePlacementPayload { position: written(position), ..Default::default() }).await
}

/// What a column says of a showing in it, never of the content; what is not given stays (编排展示).
#[derive(Debug, Clone, InputObject)]
pub struct OverridePlacementInput {
    /// Which showing (展示).
    pub id: ID,
    /// A title of the column's own; null for the content's (标题).
    pub title: MaybeUndefined<String>,
    /// More than 0 to pin it before the newest, the largest first; 0 for not (排序值).
    pub rank: Option<i32>,
    /// When the pin ends; null for never (置顶截止).
    pub pinned_until: MaybeUndefined<DateTime>,
    /// Whether it is hidden here, and from whoever shares this column (隐藏).
    pub hidden: Option<bool>,
}

payload! {
    /// What came of overriding a showing (编排展示结果).
    OverridePlacementPayload {
        /// The showing; null while it is hidden (展示).
        placement: Placement,
    }
}

/// Overrides a showing.
pub async fn override_placement(ctx: &Context<'_>, input: OverridePlacementInput) -> Result<OverridePlacementPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let placement: PlacementId = id(&input.id)?;
    let edit = EditPlacement {
        title: input.title.into(),
        rank: input.rank.map(i64::from),
        pinned_until: input.pinned_until.map_value(|at| library::Instant(at.timestamp_micros())).into(),
        hidden: input.hidden,
    };
    let asker = caller.clone();
    let deed = async move { library.edit_placement(&asker, placement, edit).await };
    let mut payload = done(ctx, deed, |position| OverridePlacementPayload {
        position: written(position),
        ..OverridePlacementPayload::default()
    })
    .await?;
    if payload.position.is_some() {
        payload.placement = shown(ctx, caller, placement).await?;
    }
    Ok(payload)
}

/// What becomes of showings that wait (共享审核).
#[derive(Debug, Clone, InputObject)]
pub struct DecidePlacementsInput {
    /// Which, at most 100 (待审共享).
    pub ids: Vec<ID>,
    /// Whether they are shown from now on (审核结论).
    pub decision: ReviewDecision,
    /// Why, for the log (理由).
    pub reason: Option<String>,
    /// A title of the column's own; for one alone that is approved (标题).
    pub title: Option<String>,
}

/// What came of deciding (共享审核结果).
#[derive(Default, SimpleObject)]
pub struct DecidePlacementsPayload {
    /// The showings that were approved (展示).
    placements: Vec<Placement>,
    /// The position of the change (变更位置): a reader that has reached it sees what was done.
    position: Option<String>,
    /// Why nothing was done; empty if it was (操作错误).
    user_errors: Vec<UserError>,
}

impl Payload for DecidePlacementsPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// The placement that a client names by what waits, or by itself.
fn waiting(given: &ID) -> Result<PlacementId> {
    match id::<AnyId>(given)? {
        AnyId::PendingId(id) => Ok(PlacementId(id.0)),
        AnyId::PlacementId(id) => Ok(id),
        _ => Err(bad_input("not an identifier of this kind")),
    }
}

/// Decides what waits.
pub async fn decide_placements(ctx: &Context<'_>, input: DecidePlacementsInput) -> Result<DecidePlacementsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let decide = DecidePlacements {
        ids: input.ids.iter().map(waiting).collect::<Result<_>>()?,
        accept: input.decision == ReviewDecision::Approve,
        reason: input.reason,
        title: input.title,
    };
    let asker = caller.clone();
    let deed = async move { library.decide_placements(&asker, decide).await };
    let mut decided = Vec::new();
    let mut payload = done(ctx, deed, |(ids, position)| {
        decided = ids;
        DecidePlacementsPayload { position: written(position), ..DecidePlacementsPayload::default() }
    })
    .await?;
    let found = afterwards(ctx, caller).placements_by_id(&decided).await.map_err(crate::error)?;
    payload.placements = Placement::together(found);
    Ok(payload)
}
