//! Deeds on showings (展示).

use async_graphql::{Context, Object, Result};

use crate::placement_deeds::{
    self, DecidePlacementsInput, DecidePlacementsPayload, OverridePlacementInput, OverridePlacementPayload,
    PlaceContentInput, PlaceContentPayload, RemovePlacementInput, RemovePlacementPayload,
};

/// Deeds on showings.
#[derive(Default)]
pub struct PlacementDeeds;

#[Object]
impl PlacementDeeds {
    /// Shows a live content in a further column (展示到栏目). For who arranges the column.
    async fn place_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and where (信息与栏目).")] input: PlaceContentInput,
    ) -> Result<PlaceContentPayload> {
        Box::pin(placement_deeds::place_content(ctx, input)).await
    }

    /// Takes a content out of a column (移除展示); what only this showing fed goes with it. For who arranges the column.
    async fn remove_placement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which showing (展示).")] input: RemovePlacementInput,
    ) -> Result<RemovePlacementPayload> {
        Box::pin(placement_deeds::remove_placement(ctx, input)).await
    }

    /// Gives a showing a title, a pin or a curtain of its own (编排展示). For who arranges the column.
    async fn override_placement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (编排内容).")] input: OverridePlacementInput,
    ) -> Result<OverridePlacementPayload> {
        Box::pin(placement_deeds::override_placement(ctx, input)).await
    }

    /// Accepts or refuses what shared columns bring and what waits (共享审核), at most 100 at once; one that is refused refuses all. For
    /// who subscribes the columns.
    async fn decide_placements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what becomes of them (审核内容).")] input: DecidePlacementsInput,
    ) -> Result<DecidePlacementsPayload> {
        Box::pin(placement_deeds::decide_placements(ctx, input)).await
    }
}
