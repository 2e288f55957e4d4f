//! Deeds on contents (采编).

use async_graphql::{Context, Object, Result};

use crate::content::deeds::{
    self, ArchiveContentInput, ArchiveContentPayload, CheckContentInput, CheckContentPayload, CopyContentInput,
    CopyContentPayload, DiscardDraftInput, DiscardDraftPayload, DraftContentInput, DraftContentPayload,
    EditContentInput, EditContentPayload, MoveContentInput, MoveContentPayload, MoveContentsInput, MoveContentsPayload,
    PreviewLinkInput, PreviewLinkPayload, PublishContentInput, PublishContentPayload, PublishContentsInput,
    PublishContentsPayload, RedactRevisionInput, RedactRevisionPayload, RestoreRevisionInput, RestoreRevisionPayload,
    RetagContentsInput, RetagContentsPayload, ReviewContentInput, ReviewContentPayload, RevokePreviewInput,
    RevokePreviewPayload, ScheduleContentInput, ScheduleContentPayload, SetValidityInput, SetValidityPayload,
    SubmitContentInput, SubmitContentPayload, TakeEditLeaseInput, TakeEditLeasePayload, WithdrawContentInput,
    WithdrawContentPayload,
};

/// Deeds on contents (采编).
#[derive(Default)]
pub struct ContentDeeds;

#[Object]
impl ContentDeeds {
    /// Begins a content in a column (起草); nothing is public. For editors of the column.
    async fn draft_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says so far (著录项).")] input: DraftContentInput,
    ) -> Result<DraftContentPayload> {
        Box::pin(deeds::draft_content(ctx, input)).await
    }

    /// Saves a new revision (编辑); what is live stays as it is until it is published. If somebody else saved in the meantime, `conflict` says who and in which fields. For editors.
    async fn edit_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditContentInput,
    ) -> Result<EditContentPayload> {
        Box::pin(deeds::edit_content(ctx, input)).await
    }

    /// Gives up what was saved since the last publication (放弃修改); what was never live leaves the desk. Nothing is erased. For editors.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft (草稿).")] input: DiscardDraftInput,
    ) -> Result<DiscardDraftPayload> {
        Box::pin(deeds::discard_draft(ctx, input)).await
    }

    /// Begins a content with what another one says (复制). For editors of both columns.
    async fn copy_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What and whereto (复制内容).")] input: CopyContentInput,
    ) -> Result<CopyContentPayload> {
        Box::pin(deeds::copy_content(ctx, input)).await
    }

    /// Saves an earlier revision again as the newest (恢复版本). For editors.
    async fn restore_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which revision (版本).")] input: RestoreRevisionInput,
    ) -> Result<RestoreRevisionPayload> {
        Box::pin(deeds::restore_revision(ctx, input)).await
    }

    /// Tells others that one is editing, for five minutes (编辑占用); it keeps nobody from saving. For editors.
    async fn take_edit_lease(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content (信息).")] input: TakeEditLeaseInput,
    ) -> Result<TakeEditLeasePayload> {
        Box::pin(deeds::take_edit_lease(ctx, input)).await
    }

    /// Looks into the newest revision without submitting it (内容检查). For editors.
    async fn check_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content (信息).")] input: CheckContentInput,
    ) -> Result<CheckContentPayload> {
        Box::pin(deeds::check_content(ctx, input)).await
    }

    /// Submits the newest revision for review (交审), through the gate that tells everything that is missing at once. For editors.
    async fn submit_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content (信息).")] input: SubmitContentInput,
    ) -> Result<SubmitContentPayload> {
        Box::pin(deeds::submit_content(ctx, input)).await
    }

    /// Passes a content at the level that it waits for, or returns it (审核): a review and a proofreading. For reviewers of the level, never for who wrote it; what is approved is returned by who may publish it.
    async fn review_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The verdict (审核结论).")] input: ReviewContentInput,
    ) -> Result<ReviewContentPayload> {
        Box::pin(deeds::review_content(ctx, input)).await
    }

    /// Publishes the newest revision, which has passed every level of review (发布): issues its index number, sets its time, places it wherever its column is shared. For publishers.
    async fn publish_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content (信息).")] input: PublishContentInput,
    ) -> Result<PublishContentPayload> {
        Box::pin(deeds::publish_content(ctx, input)).await
    }

    /// Decides when a content appears and when it goes (定时发布、下线). For publishers.
    async fn schedule_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When (定时).")] input: ScheduleContentInput,
    ) -> Result<ScheduleContentPayload> {
        Box::pin(deeds::schedule_content(ctx, input)).await
    }

    /// Takes a content off every site at once (撤稿); its address tells that it was withdrawn. For publishers.
    async fn withdraw_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content and why (撤稿内容).")] input: WithdrawContentInput,
    ) -> Result<WithdrawContentPayload> {
        Box::pin(deeds::withdraw_content(ctx, input)).await
    }

    /// Puts a content away for the archive (归档), off every site; its revisions and history stay. For publishers.
    async fn archive_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which content and why (归档内容).")] input: ArchiveContentInput,
    ) -> Result<ArchiveContentPayload> {
        Box::pin(deeds::archive_content(ctx, input)).await
    }

    /// Sets the validity of a policy (有效性): it stays readable and is marked, and its answers warn. For publishers.
    async fn set_validity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What holds (有效性).")] input: SetValidityInput,
    ) -> Result<SetValidityPayload> {
        Box::pin(deeds::set_validity(ctx, input)).await
    }

    /// Overwrites personal data that was published by mistake in every revision (脱敏). For administrators of the platform; a second one has to ask for the same.
    async fn redact_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is overwritten (脱敏内容).")] input: RedactRevisionInput,
    ) -> Result<RedactRevisionPayload> {
        Box::pin(deeds::redact_revision(ctx, input)).await
    }

    /// Moves a content to another column of its site (移动), at once where it is live. For publishers of both columns.
    async fn move_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What and whereto (移动内容).")] input: MoveContentInput,
    ) -> Result<MoveContentPayload> {
        Box::pin(deeds::move_content(ctx, input)).await
    }

    /// Publishes many contents (批量发布), each a deed of its own. For publishers.
    async fn publish_contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contents (信息).")] input: PublishContentsInput,
    ) -> Result<PublishContentsPayload> {
        Box::pin(deeds::publish_contents(ctx, input)).await
    }

    /// Gives many contents tags and takes others away (批量打标), at once where they are live. For publishers.
    async fn retag_contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contents and tags (打标内容).")] input: RetagContentsInput,
    ) -> Result<RetagContentsPayload> {
        Box::pin(deeds::retag_contents(ctx, input)).await
    }

    /// Moves many contents to a column of their site (批量移动). For publishers.
    async fn move_contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What and whereto (移动内容).")] input: MoveContentsInput,
    ) -> Result<MoveContentsPayload> {
        Box::pin(deeds::move_contents(ctx, input)).await
    }

    /// Makes a link by which who brings it sees one revision in its place on one site (预览链接). For who has a role over the content.
    async fn preview_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what (预览对象).")] input: PreviewLinkInput,
    ) -> Result<PreviewLinkPayload> {
        Box::pin(deeds::preview_link(ctx, input)).await
    }

    /// Makes preview links good for nothing (撤销预览). For who has a role over the content.
    async fn revoke_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which links (预览链接).")] input: RevokePreviewInput,
    ) -> Result<RevokePreviewPayload> {
        Box::pin(deeds::revoke_preview(ctx, input)).await
    }
}
