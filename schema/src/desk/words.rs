//! Word lists on the desk.

use async_graphql::{Context, ID, Object, Result};

use crate::connection::{Connection, listed, paging};
use crate::scalars::id;
use crate::words::WordList;

/// What content checks look for.
pub struct Words;

#[Object]
impl Words {
    /// The word lists (词库) that the asker keeps, by kind and name.
    async fn word_lists(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<WordList>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).word_lists().await.map_err(crate::error)?;
        listed(&all, &paging, |list| list.id.to_string(), |page| page.into_iter().map(WordList).collect())
    }

    /// One of them (词库); null if there is none that the asker keeps.
    async fn word_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "Which (词库标识).")] given: ID,
    ) -> Result<Option<WordList>> {
        let found = crate::scope(ctx).word_list(id(&given)?).await.map_err(crate::error)?;
        Ok(found.map(WordList))
    }
}
