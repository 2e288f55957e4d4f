//! What is done about the search: rating answers, and keeping synonyms.

use async_graphql::{Context, ID, InputObject, Result};

use super::SynonymGroup;
use crate::deed::{Asking, afterwards, caller, done, payload, written};
use crate::scalars::{id, optional_id};

/// Whether an answer helped (评价答案).
#[derive(Debug, Clone, InputObject)]
pub struct RateAnswerInput {
    /// The knowledge entry that was answered (知识条目).
    pub entry: ID,
    /// Whether it helped (是否有帮助).
    pub helpful: bool,
}

payload! {
    /// What came of rating an answer (评价答案结果). It is kept beside the change log: `position` is null.
    RateAnswerPayload {}
}

/// Rates an answer.
pub async fn rate_answer(ctx: &Context<'_>, input: RateAnswerInput) -> Result<RateAnswerPayload> {
    // Who rates is known by where the request comes from: what is answered is nobody else's.
    let library = crate::scope(ctx).library().clone();
    let _ = crate::scope(ctx).caller();
    let from = ctx.data_opt::<Asking>().map(|asking| asking.from.clone()).unwrap_or_default();
    let entry = id(&input.entry)?;
    let deed = async move { library.rate_answer(&from, entry, input.helpful).await };
    done(ctx, deed, |()| RateAnswerPayload::default()).await
}

/// A group of synonyms to be made, or its words (编辑同义词).
#[derive(Debug, Clone, InputObject)]
pub struct EditSearchSynonymsInput {
    /// Which group; a new one is made if not given (同义词组).
    pub id: Option<ID>,
    /// All its words from now on: 2 to 20, each at most 50 characters (词).
    pub words: Vec<String>,
}

payload! {
    /// What came of changing synonyms (编辑同义词结果).
    EditSearchSynonymsPayload {
        /// The group as it is now (同义词组).
        synonyms: SynonymGroup,
    }
}

/// Makes or changes a group of synonyms.
pub async fn edit_search_synonyms(
    ctx: &Context<'_>,
    input: EditSearchSynonymsInput,
) -> Result<EditSearchSynonymsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let group = optional_id(input.id.as_ref())?;
    let (asker, mut changed) = (caller.clone(), None);
    let deed = async move { library.edit_synonyms(&asker, group, input.words).await };
    let mut payload = done(ctx, deed, |(id, position)| {
        changed = Some(id);
        EditSearchSynonymsPayload { position: written(position), ..EditSearchSynonymsPayload::default() }
    })
    .await?;
    if let Some(id) = changed {
        let all = afterwards(ctx, caller).synonyms().await.map_err(crate::error)?;
        payload.synonyms = all.into_iter().find(|group| group.id == id).map(SynonymGroup);
    }
    Ok(payload)
}

/// A group of synonyms to be removed (删除同义词).
#[derive(Debug, Clone, InputObject)]
pub struct RemoveSearchSynonymsInput {
    /// Which group (同义词组).
    pub id: ID,
}

payload! {
    /// What came of removing synonyms (删除同义词结果).
    RemoveSearchSynonymsPayload {}
}

/// Removes a group of synonyms.
pub async fn remove_search_synonyms(
    ctx: &Context<'_>,
    input: RemoveSearchSynonymsInput,
) -> Result<RemoveSearchSynonymsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let group = id(&input.id)?;
    let deed = async move { library.remove_synonyms(&caller, group).await };
    let shown = |position| RemoveSearchSynonymsPayload {
        position: written(position),
        ..RemoveSearchSynonymsPayload::default()
    };
    done(ctx, deed, shown).await
}
