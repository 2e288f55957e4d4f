//! Reading word lists: those that the asker keeps, and their words page by page.

use super::edit::right;
use super::{HEADS, WordListHead};
use crate::Scope;
use crate::changes::List;
use crate::database::Sql;
use crate::finding::Word;
use crate::id::{AnyId, WordListId};
use crate::may::may;
use crate::refusal::Result;

static WORDS: Sql =
    Sql::new("select wrong, document from word_entry where list_id = $1 and wrong > $2 order by wrong limit $3");

impl Scope {
    /// The word lists that the asker keeps, by kind and name.
    pub async fn word_lists(&self) -> Result<Vec<WordListHead>> {
        self.note_list(List::word_lists());
        let Some(caller) = self.caller() else { return Ok(Vec::new()) };
        let directory = self.directory();
        let rows = self.rows(&HEADS, Vec::new()).await?;
        let mut heads = rows.iter().map(WordListHead::read).collect::<Result<Vec<_>>>()?;
        heads.retain(|head| {
            let target = head.target(&directory);
            target.is_some_and(|target| may(&directory, caller, right(head.site), &target).is_ok())
        });
        Ok(heads)
    }

    /// A word list that the asker keeps.
    pub async fn word_list(&self, id: WordListId) -> Result<Option<WordListHead>> {
        self.note_record(AnyId::WordListId(id));
        Ok(self.word_lists().await?.into_iter().find(|head| head.id == id))
    }

    /// At most `size` words of a list after `after`, each with the key that goes on from it.
    pub async fn words(&self, list: &WordListHead, after: &str, size: usize) -> Result<Vec<(String, Word)>> {
        self.note_record(AnyId::WordListId(list.id));
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let rows = self.rows(&WORDS, vec![list.id.into(), after.into(), size.into()]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.json(1)?))).collect()
    }
}
