//! Deeds on columns (栏目).

use async_graphql::{Context, Object, Result};

use crate::column_deeds::{
    self, ArchiveColumnInput, ArchiveColumnPayload, CreateColumnInput, CreateColumnPayload, EditColumnInput,
    EditColumnPayload, MoveColumnInput, MoveColumnPayload, SetReviewPolicyInput, SetReviewPolicyPayload,
};

/// Deeds on columns.
#[derive(Default)]
pub struct ColumnDeeds;

#[Object]
impl ColumnDeeds {
    /// Makes a column (新建栏目). For who keeps the site, or the column above it.
    async fn create_column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The column (栏目).")] input: CreateColumnInput,
    ) -> Result<CreateColumnPayload> {
        Box::pin(column_deeds::create_column(ctx, input)).await
    }

    /// Edits a column (修改栏目). For who keeps it.
    async fn edit_column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditColumnInput,
    ) -> Result<EditColumnPayload> {
        Box::pin(column_deeds::edit_column(ctx, input)).await
    }

    /// Gives a column another path (移动栏目), with all below it; no address breaks. For who keeps it and what it comes under.
    async fn move_column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and where to (栏目与新路径).")] input: MoveColumnInput,
    ) -> Result<MoveColumnPayload> {
        Box::pin(column_deeds::move_column(ctx, input)).await
    }

    /// Archives a column (归档栏目): closed, and left out of navigation and lists. Refused while contents are at home in it, an open column
    /// lies below it, or it is shared. For who keeps it.
    async fn archive_column(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which column (栏目).")] input: ArchiveColumnInput,
    ) -> Result<ArchiveColumnPayload> {
        Box::pin(column_deeds::archive_column(ctx, input)).await
    }

    /// Sets how contents of a site or a column are reviewed (设置审核策略). For who keeps it.
    async fn set_review_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and how (范围与策略).")] input: SetReviewPolicyInput,
    ) -> Result<SetReviewPolicyPayload> {
        Box::pin(column_deeds::set_review_policy(ctx, input)).await
    }
}
