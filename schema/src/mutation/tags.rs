//! Deeds on the tag library (标签库).

use async_graphql::{Context, Object, Result};

use crate::retag::{self, RetagFilterInput, RetagFilterPayload};
use crate::tag_claim::{self, ClaimTagInput, ClaimTagPayload, DecideClaimInput};
use crate::tag_deeds::{
    self, CreateTagGroupInput, CreateTagGroupPayload, DecideTagInput, DecideTagPayload, EditSynonymsInput,
    EditSynonymsPayload, EditTagGroupInput, EditTagGroupPayload, EditTagInput, EditTagPayload, MergeTagsInput,
    MergeTagsPayload, ProposeTagInput, ProposeTagPayload, RetireTagInput, RetireTagPayload,
};

/// Deeds on the tag library.
#[derive(Default)]
pub struct TagDeeds;

#[Object]
impl TagDeeds {
    /// Makes a group of tags (新建标签维度). For who keeps all tags.
    async fn create_tag_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group (标签维度).")] input: CreateTagGroupInput,
    ) -> Result<CreateTagGroupPayload> {
        Box::pin(tag_deeds::create_tag_group(ctx, input)).await
    }

    /// Edits a group of tags (修改标签维度). For who keeps all tags.
    async fn edit_tag_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditTagGroupInput,
    ) -> Result<EditTagGroupPayload> {
        Box::pin(tag_deeds::edit_tag_group(ctx, input)).await
    }

    /// Proposes a tag (申请新标签): nobody sees it but the tag office until it is accepted. For every editor.
    async fn propose_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tag (标签).")] input: ProposeTagInput,
    ) -> Result<ProposeTagPayload> {
        Box::pin(tag_deeds::propose_tag(ctx, input)).await
    }

    /// Accepts or refuses a proposed tag (审批标签). For who keeps all tags.
    async fn decide_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and the answer (审批内容).")] input: DecideTagInput,
    ) -> Result<DecideTagPayload> {
        Box::pin(tag_deeds::decide_tag(ctx, input)).await
    }

    /// Edits a tag (修改标签). For its steward and who keeps all tags.
    async fn edit_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is changed (修改内容).")] input: EditTagInput,
    ) -> Result<EditTagPayload> {
        Box::pin(tag_deeds::edit_tag(ctx, input)).await
    }

    /// Says which other words mean a tag (维护同义词). For its steward and who keeps all tags.
    async fn edit_synonyms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag, and its words (标签与同义词).")] input: EditSynonymsInput,
    ) -> Result<EditSynonymsPayload> {
        Box::pin(tag_deeds::edit_synonyms(ctx, input)).await
    }

    /// Merges a tag into another (合并标签); nothing that named it breaks. For who looks after both.
    async fn merge_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which into which (合并内容).")] input: MergeTagsInput,
    ) -> Result<MergeTagsPayload> {
        Box::pin(tag_deeds::merge_tags(ctx, input)).await
    }

    /// Changes the tags of all live contents that a filter finds (批量改标), in batches that others come between; or looks at what that
    /// would do. For who publishes: of what somebody else publishes, and of what cannot be changed now, nothing is changed.
    async fn retag_filter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contents, and which tags (筛选与标签).")] input: RetagFilterInput,
    ) -> Result<RetagFilterPayload> {
        Box::pin(retag::retag_filter(ctx, input)).await
    }

    /// Retires a tag (停用标签). For its steward and who keeps all tags.
    async fn retire_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag (标签).")] input: RetireTagInput,
    ) -> Result<RetireTagPayload> {
        Box::pin(tag_deeds::retire_tag(ctx, input)).await
    }

    /// Claims a tag for an organisation (认领标签). For who writes for it.
    async fn claim_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag, for whom (认领内容).")] input: ClaimTagInput,
    ) -> Result<ClaimTagPayload> {
        Box::pin(tag_claim::claim_tag(ctx, input)).await
    }

    /// Grants or refuses a claim (确认认领): granted, the organisation is the steward. For who keeps all tags.
    async fn decide_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and the answer (确认内容).")] input: DecideClaimInput,
    ) -> Result<ClaimTagPayload> {
        Box::pin(tag_claim::decide_claim(ctx, input)).await
    }
}
