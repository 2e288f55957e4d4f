//! Removing a word list (removeWordList).

use super::edit::kept;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, WordListId};
use crate::may::require_somebody;
use crate::refusal::Result;
use crate::{Library, Position};

static REMOVE_WORDS: Sql = Sql::new("delete from word_entry where list_id = $1");
static REMOVE: Sql = Sql::new("delete from word_list where id = $1");

impl Library {
    /// Removes a word list with all its words; nothing is checked by it any more.
    ///
    /// # Errors
    /// Refuses an unknown list, and a caller who does not keep it.
    pub async fn remove_word_list(&self, caller: &Caller, id: WordListId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WordsChanged).await?;
        let head = kept(&mut work, caller, id).await?;
        work.run(&REMOVE_WORDS, &[id.into()]).await?;
        work.run(&REMOVE, &[id.into()]).await?;
        work.site = head.site;
        work.record(AnyId::WordListId(id), Effect::Left);
        work.list(List::word_lists());
        commit(work).await
    }
}
