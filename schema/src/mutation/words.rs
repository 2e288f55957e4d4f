//! Deeds on word lists (词库).

use async_graphql::{Context, Object, Result};

use crate::words::{self, EditWordListInput, EditWordListPayload, RemoveWordListInput, RemoveWordListPayload};

/// Deeds on word lists.
#[derive(Default)]
pub struct WordDeeds;

#[Object]
impl WordDeeds {
    /// Makes a word list, or changes its name and words (编辑词库). For who keeps the site, or for lists of all sites the
    /// platform; texts are checked by it from the next check on.
    async fn edit_word_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list and what is changed (词库).")] input: EditWordListInput,
    ) -> Result<EditWordListPayload> {
        Box::pin(words::edit_word_list(ctx, input)).await
    }

    /// Removes a word list with all its words (删除词库). For who keeps it.
    async fn remove_word_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which list (词库).")] input: RemoveWordListInput,
    ) -> Result<RemoveWordListPayload> {
        Box::pin(words::remove_word_list(ctx, input)).await
    }
}
