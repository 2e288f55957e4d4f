//! Bringing a code list up to date (importCodes): new items are added, known ones renamed, none is removed.

use std::collections::HashMap;

use super::CodeList;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, CodeItemId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

/// One item as it is handed in.
#[derive(Debug, Clone)]
pub struct CodeEntry {
    /// Its code, unique in the list.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The code of the item above it, which is known or stands earlier in the input.
    pub parent: Option<String>,
}

static UPSERT: Sql = Sql::new(
    "insert into code_item (id, list, code, parent_id, rank, retired, name) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (list, code) do update set parent_id = excluded.parent_id, rank = excluded.rank, name = excluded.name",
);

impl Library {
    /// Adds or renames items of a list, in the order given.
    ///
    /// # Errors
    /// Refuses an item whose parent is unknown, and malformed codes or names.
    pub async fn import_codes(&self, caller: &Caller, list: CodeList, entries: Vec<CodeEntry>) -> Result<Position> {
        let ranked = entries.into_iter().enumerate().map(|(rank, entry)| (rank as i64, entry)).collect();
        self.import_ranked_codes(caller, list, ranked).await
    }

    /// The same with the order of each item among its siblings, for lists that are brought in parts.
    ///
    /// # Errors
    /// Refuses an item whose parent is unknown, and malformed codes or names.
    pub async fn import_ranked_codes(
        &self,
        caller: &Caller,
        list: CodeList,
        entries: Vec<(i64, CodeEntry)>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::CodesChanged).await?;
        let list_text: &str = list.into();
        let mut known: HashMap<String, CodeItemId> = HashMap::new();
        for item in work.directory.codes.all().iter().filter(|item| item.list == list) {
            known.insert(item.code.clone(), item.id);
        }
        for (rank, entry) in &entries {
            let code = text::require("code", &entry.code, 64)?;
            let name = text::require("name", &entry.name, 200)?;
            let parent = match &entry.parent {
                None => None,
                Some(parent) => Some(*known.get(parent).ok_or_else(|| Refusal::not_found("parent"))?),
            };
            let (id, effect) = match known.get(&code) {
                Some(id) => (*id, Effect::Changed),
                None => (CodeItemId(self.new_id()), Effect::Entered),
            };
            let params =
                [id.into(), list_text.into(), (&code).into(), parent.into(), (*rank).into(), false.into(), name.into()];
            work.run(&UPSERT, &params).await?;
            work.record(AnyId::CodeItemId(id), effect);
            known.insert(code, id);
        }
        work.list(List::Codes(list));
        commit(work).await
    }
}
