//! Deeds on audits of tags (标签抽检).

use async_graphql::{Context, Object, Result};

use crate::tag_audit_deeds::{
    self, DrawTagAuditInput, DrawTagAuditPayload, RecordTagVerdictsInput, RecordTagVerdictsPayload,
};

/// Deeds on audits of tags.
#[derive(Default)]
pub struct TagAuditDeeds;

#[Object]
impl TagAuditDeeds {
    /// Draws contents of a unit at random, whose tags are to be looked at (标签抽检取样). For the tag office.
    async fn draw_tag_audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom, and how many (取样内容).")] input: DrawTagAuditInput,
    ) -> Result<DrawTagAuditPayload> {
        Box::pin(tag_audit_deeds::draw_tag_audit(ctx, input)).await
    }

    /// Writes down what was found of the tags of contents that were drawn (记录抽检结论). For the tag office.
    async fn record_tag_verdicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which audit, and what (结论).")] input: RecordTagVerdictsInput,
    ) -> Result<RecordTagVerdictsPayload> {
        Box::pin(tag_audit_deeds::record_tag_verdicts(ctx, input)).await
    }
}
