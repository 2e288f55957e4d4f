//! Word lists as they find words: compiled once for each change of a list, and kept in memory.
//!
//! Whether one has changed is asked of the database each time, so that no node checks by an old list.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::{HEADS, WordListHead};
use crate::Library;
use crate::database::Sql;
use crate::finding::{Word, WordList};
use crate::id::WordListId;
use crate::refusal::{Error, Result};
use crate::scope::Scope;

/// The lists that were asked for, each with the revision that it was compiled of.
#[derive(Default)]
pub(crate) struct Compiled(Mutex<HashMap<WordListId, (i64, Arc<WordList>)>>);

static WORDS: Sql = Sql::new("select document from word_entry where list_id = $1 order by wrong");

impl Scope {
    /// The compiled lists that contents of a site are checked by, those of the site before those of the platform.
    pub(crate) async fn compiled_words(&self, site: crate::id::SiteId) -> Result<Vec<(WordListHead, Arc<WordList>)>> {
        let rows = self.rows(&HEADS, Vec::new()).await?;
        let mut heads = rows.iter().map(WordListHead::read).collect::<Result<Vec<_>>>()?;
        // Whoever waits here waits for a list that it needs as well.
        let mut kept = self.library().compiled_words().0.lock().await;
        kept.retain(|id, _| heads.iter().any(|head| head.id == *id));
        heads.retain(|head| head.site.is_none_or(|own| own == site));
        heads.sort_by_key(|head| head.site.is_none());
        let mut lists = Vec::with_capacity(heads.len());
        for head in heads {
            let found = kept.get(&head.id).filter(|(revision, _)| *revision == head.revision);
            let list = match found {
                Some((_, list)) => list.clone(),
                None => {
                    let list = Arc::new(self.library().compile_words(head.id).await?);
                    kept.insert(head.id, (head.revision, list.clone()));
                    list
                }
            };
            lists.push((head, list));
        }
        Ok(lists)
    }
}

impl Library {
    /// Reads the words of a list and compiles them, beside what else is done.
    async fn compile_words(&self, id: WordListId) -> Result<WordList> {
        let rows = self.database().rows(&WORDS, &[id.into()]).await?;
        let compiled = tokio::task::spawn_blocking(move || {
            WordList::new(rows.iter().map(|row| row.json(0)).collect::<Result<Vec<Word>>>()?)
        });
        compiled.await.map_err(|_| Error::Database("a word list could not be compiled".to_owned()))?
    }
}
