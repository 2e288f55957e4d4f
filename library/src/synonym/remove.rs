//! Removing a group of synonyms (removeSearchSynonyms).

use super::edit::moved;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, SynonymId};
use crate::may::{Right, Target, may, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static REMOVE: Sql = Sql::new("delete from synonym_group where id = $1 returning id");

impl Library {
    /// Removes a group of synonyms.
    ///
    /// # Errors
    /// Refuses a caller who does not keep the platform, and an unknown group.
    pub async fn remove_synonyms(&self, caller: &Caller, id: SynonymId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WordsChanged).await?;
        may(&work.directory, caller, Right::Platform, &Target::platform())?;
        moved(&mut work).await?;
        work.row(&REMOVE, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
        work.record(AnyId::SynonymId(id), Effect::Left);
        work.list(List::synonyms());
        commit(work).await
    }
}
