//! Renaming and retiring an item of a code list (editCode, retireCode).

use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, CodeItemId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update code_item set name = $2, retired = $3 where id = $1");

impl Library {
    /// Renames an item, or retires it: contents that have it keep it, new ones cannot get it.
    ///
    /// # Errors
    /// Refuses an unknown item and a malformed name.
    pub async fn edit_code(&self, caller: &Caller, id: CodeItemId, name: &str, retired: bool) -> Result<Position> {
        let mut work = self.begin(caller, Action::CodesChanged).await?;
        let item = work.directory.codes.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let name = text::require("name", name, 200)?;
        work.run(&UPDATE, &[id.into(), name.into(), retired.into()]).await?;
        work.record(AnyId::CodeItemId(id), Effect::Changed);
        work.list(List::Codes(item.list));
        commit(work).await
    }
}
