//! Deeds of readers (公众用户).

use async_graphql::{Context, Object, Result};

use crate::reader::{
    self, SetRecommendationsInput, SetRecommendationsPayload, SubscribeTagsInput, SubscribeTagsPayload,
};

/// Deeds of readers.
#[derive(Default)]
pub struct ReaderDeeds;

#[Object]
impl ReaderDeeds {
    /// Subscribes tags and gives others up (标签订阅). For readers: who has a token of an issuer for the public.
    async fn subscribe_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tags (标签).")] input: SubscribeTagsInput,
    ) -> Result<SubscribeTagsPayload> {
        Box::pin(reader::subscribe_tags(ctx, input)).await
    }

    /// Refuses or allows personal recommendations (个性化推荐开关; 个人信息保护法 24). Refused, what was subscribed is deleted and the feed
    /// is that of everybody. For readers.
    async fn set_recommendations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether (是否允许).")] input: SetRecommendationsInput,
    ) -> Result<SetRecommendationsPayload> {
        Box::pin(reader::set_recommendations(ctx, input)).await
    }
}
