//! Deeds on the search (检索).

use async_graphql::{Context, Object, Result};

use crate::search::{
    self, EditSearchSynonymsInput, EditSearchSynonymsPayload, RateAnswerInput, RateAnswerPayload,
    RemoveSearchSynonymsInput, RemoveSearchSynonymsPayload,
};

/// Deeds on the search.
#[derive(Default)]
pub struct SearchDeeds;

#[Object]
impl SearchDeeds {
    /// Says whether an answer helped (评价答案): once a reader and day, kept for the desk. For everybody.
    async fn rate_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry and whether it helped (评价).")] input: RateAnswerInput,
    ) -> Result<RateAnswerPayload> {
        Box::pin(search::rate_answer(ctx, input)).await
    }

    /// Makes a group of words that mean the same to the search, or gives one other words (编辑同义词). For who keeps the platform; every
    /// node searches by it as soon as it has followed the log.
    async fn edit_search_synonyms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group and its words (同义词).")] input: EditSearchSynonymsInput,
    ) -> Result<EditSearchSynonymsPayload> {
        Box::pin(search::edit_search_synonyms(ctx, input)).await
    }

    /// Removes a group of synonyms (删除同义词). For who keeps the platform.
    async fn remove_search_synonyms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which group (同义词组).")] input: RemoveSearchSynonymsInput,
    ) -> Result<RemoveSearchSynonymsPayload> {
        Box::pin(search::remove_search_synonyms(ctx, input)).await
    }
}
