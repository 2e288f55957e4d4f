//! Bringing a code list up to date (importCodes): new items are added, known ones renamed, none is removed.

use std::collections::HashMap;

use super::CodeList;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, CodeItemId};
use crate::may::{Right, Target, may};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, Who, text};

/// The most items that somebody brings at once; programs bring lists in parts of their own.
const MOST: usize = 2_000;

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
    /// Adds or renames items of a list, in the order given. What is retired stays so.
    ///
    /// # Errors
    /// Refuses who does not keep the platform, more than 2,000 items, an item whose parent is unknown or below it, and
    /// malformed codes or names.
    pub async fn import_codes(&self, caller: &Caller, list: CodeList, entries: Vec<CodeEntry>) -> Result<Position> {
        let ranked = entries.into_iter().enumerate().map(|(rank, entry)| (rank as i64, entry)).collect();
        self.import_ranked_codes(caller, list, ranked).await
    }

    /// The same with the order of each item among its siblings, for lists that are brought in parts.
    ///
    /// # Errors
    /// As [`Library::import_codes`].
    pub async fn import_ranked_codes(
        &self,
        caller: &Caller,
        list: CodeList,
        entries: Vec<(i64, CodeEntry)>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::CodesChanged).await?;
        let directory = work.directory.clone();
        may(&directory, caller, Right::Platform, &Target::platform())?;
        if caller.who != Who::Program && entries.len() > MOST {
            let (chinese, english) = ("每次最多导入2000项，请分批导入", "at most 2,000 items at once");
            return Err(Refusal::new(RefusalCode::TooLong, "items", chinese, english).into());
        }
        let list_text: &str = list.into();
        let mut known: HashMap<String, CodeItemId> = HashMap::new();
        let mut above: HashMap<CodeItemId, CodeItemId> = HashMap::new();
        for item in directory.codes.all().iter().filter(|item| item.list == list) {
            known.insert(item.code.clone(), item.id);
            above.extend(item.parent.map(|parent| (item.id, parent)));
        }
        let mut rows = Vec::with_capacity(entries.len());
        for (at, (rank, entry)) in entries.iter().enumerate() {
            let code = text::require(&format!("items.{at}.code"), &entry.code, 64)?;
            let name = text::require(&format!("items.{at}.name"), &entry.name, 200)?;
            let path = format!("items.{at}.parent");
            let parent = match &entry.parent {
                None => None,
                Some(parent) => Some(*known.get(parent).ok_or_else(|| Refusal::not_found(&path))?),
            };
            let id = *known.entry(code.clone()).or_insert_with(|| CodeItemId(self.new_id()));
            above.remove(&id);
            above.extend(parent.map(|parent| (id, parent)));
            is_no_circle(&above, id, &path)?;
            rows.push((id, code, parent, *rank, name));
        }
        for (id, code, parent, rank, name) in rows {
            let effect = effect_on(&directory, id);
            let params =
                [id.into(), list_text.into(), code.into(), parent.into(), rank.into(), false.into(), name.into()];
            work.run(&UPSERT, &params).await?;
            work.record(AnyId::CodeItemId(id), effect);
        }
        work.list(List::Codes(list));
        commit(work).await
    }
}

fn effect_on(directory: &Directory, id: CodeItemId) -> Effect {
    match directory.codes.get(id) {
        Some(_) => Effect::Changed,
        None => Effect::Entered,
    }
}

/// Refuses an item that would lie below itself.
fn is_no_circle(above: &HashMap<CodeItemId, CodeItemId>, id: CodeItemId, path: &str) -> Result<()> {
    let mut at = id;
    while let Some(parent) = above.get(&at) {
        if *parent == id {
            let (chinese, english) = ("上级不能是自身或下级", "would be its own parent");
            return Err(Refusal::new(RefusalCode::Loop, path, chinese, english).into());
        }
        at = *parent;
    }
    Ok(())
}
