//! Moving, merging and closing organisations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::organisation::MoveOrganisation;

use super::given::given_id;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::organisation::Organisation;
use crate::scalars::id;

/// Where an organisation goes; what is not given stays (调整机构隶属).
#[derive(Debug, Clone, InputObject)]
pub struct MoveOrganisationInput {
    /// Which organisation (机构).
    pub id: ID,
    /// What it hangs directly under; null for nothing (上级机构).
    pub parent: MaybeUndefined<ID>,
    /// Its order among its siblings, smallest first (排序).
    pub rank: Option<i32>,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of moving an organisation (调整机构隶属结果).
    MoveOrganisationPayload {
        /// The organisation (机构).
        organisation: Organisation,
    }
}

/// Moves an organisation.
pub async fn move_organisation(ctx: &Context<'_>, input: MoveOrganisationInput) -> Result<MoveOrganisationPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let organisation = id(&input.id)?;
    let rank = input.rank.map(i64::from);
    let to = MoveOrganisation { parent: given_id(&input.parent)?, rank, reason: input.reason };
    let asker = caller.clone();
    let deed = async move { library.move_organisation(&asker, organisation, to).await };
    done(ctx, deed, |position| MoveOrganisationPayload {
        organisation: afterwards(ctx, caller).organisation(organisation).map(Organisation),
        position: written(position),
        ..MoveOrganisationPayload::default()
    })
    .await
}

/// An organisation to be merged into another (合并机构).
#[derive(Debug, Clone, InputObject)]
pub struct MergeOrganisationInput {
    /// Which organisation ceases (被并入机构).
    pub id: ID,
    /// Into which (并入机构).
    pub into: ID,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of merging an organisation (合并机构结果).
    MergeOrganisationPayload {
        /// The organisation that was merged (被并入机构).
        organisation: Organisation,
        /// The organisation that it was merged into (并入机构).
        into: Organisation,
    }
}

/// Merges an organisation into another.
pub async fn merge_organisation(ctx: &Context<'_>, input: MergeOrganisationInput) -> Result<MergeOrganisationPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (merged, into) = (id(&input.id)?, id(&input.into)?);
    let asker = caller.clone();
    let deed = async move { library.merge_organisation(&asker, merged, into, input.reason.as_deref()).await };
    done(ctx, deed, |position| {
        let scope = afterwards(ctx, caller);
        MergeOrganisationPayload {
            organisation: scope.organisation(merged).map(Organisation),
            into: scope.organisation(into).map(Organisation),
            position: written(position),
            ..MergeOrganisationPayload::default()
        }
    })
    .await
}

/// An organisation to be closed (撤销机构).
#[derive(Debug, Clone, InputObject)]
pub struct CloseOrganisationInput {
    /// Which organisation (机构).
    pub id: ID,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of closing an organisation (撤销机构结果).
    CloseOrganisationPayload {
        /// The organisation (机构).
        organisation: Organisation,
    }
}

/// Closes an organisation.
pub async fn close_organisation(ctx: &Context<'_>, input: CloseOrganisationInput) -> Result<CloseOrganisationPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let organisation = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.close_organisation(&asker, organisation, input.reason.as_deref()).await };
    done(ctx, deed, |position| CloseOrganisationPayload {
        organisation: afterwards(ctx, caller).organisation(organisation).map(Organisation),
        position: written(position),
        ..CloseOrganisationPayload::default()
    })
    .await
}
