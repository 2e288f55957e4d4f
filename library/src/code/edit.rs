//! Editing and retiring an item of a code list (editCode, retireCode).

use std::sync::Arc;

use super::CodeItem;
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, CodeItemId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::site::wrong_state;
use crate::{Library, Position, text};

/// What of an item is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditCode {
    /// What it is called.
    pub name: Option<String>,
    /// The item above it, of the same list; `Some(None)` for none.
    pub parent: Option<Option<CodeItemId>>,
    /// Its order among its siblings, smallest first.
    pub rank: Option<i64>,
}

static UPDATE: Sql = Sql::new("update code_item set name = $2, parent_id = $3, rank = $4 where id = $1");
static RETIRE: Sql = Sql::new("update code_item set retired = $2 where id = $1");

impl Library {
    /// Renames an item or gives it another place in its list. Its code stays: contents name it by that.
    ///
    /// # Errors
    /// Refuses an unknown or retired item, who does not keep the platform, a malformed name, and an item above it that is
    /// of another list or below it.
    pub async fn edit_code(&self, caller: &Caller, id: CodeItemId, edit: EditCode) -> Result<Position> {
        let (mut work, item) = self.begin_on_code(caller, id).await?;
        if item.retired {
            return Err(wrong_state("id", "代码已停用，请先恢复", "the item is retired: take it back first"));
        }
        let name = match edit.name {
            Some(name) => text::require("name", &name, 200)?,
            None => item.name.clone(),
        };
        let parent = edit.parent.unwrap_or(item.parent);
        if let Some(parent) = edit.parent.flatten() {
            let above = work.directory.codes.get(parent).filter(|above| above.list == item.list);
            above.ok_or_else(|| Refusal::not_found("parent"))?;
            if work.directory.codes.family(id).contains(&parent) {
                let (chinese, english) = ("上级不能是自身或下级", "would be its own parent");
                return Err(Refusal::new(RefusalCode::Loop, "parent", chinese, english).into());
            }
        }
        let rank = edit.rank.unwrap_or(item.rank);
        work.run(&UPDATE, &[id.into(), name.into(), parent.into(), rank.into()]).await?;
        work.record(AnyId::CodeItemId(id), Effect::Changed);
        work.list(List::Codes(item.list));
        commit(work).await
    }

    /// Retires an item, or takes it back: contents that have it keep it, new ones cannot get it.
    ///
    /// # Errors
    /// Refuses an unknown item, who does not keep the platform, and an item that is so already.
    pub async fn retire_code(
        &self,
        caller: &Caller,
        id: CodeItemId,
        retired: bool,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, item) = self.begin_on_code(caller, id).await?;
        match (item.retired, retired) {
            (true, true) => return Err(wrong_state("id", "代码已停用", "the item is retired already")),
            (false, false) => return Err(wrong_state("id", "代码未停用", "the item is not retired")),
            _ => {}
        }
        work.reason = text::reason(reason)?;
        work.run(&RETIRE, &[id.into(), retired.into()]).await?;
        work.record(AnyId::CodeItemId(id), Effect::Changed);
        work.list(List::Codes(item.list));
        commit(work).await
    }

    async fn begin_on_code(&self, caller: &Caller, id: CodeItemId) -> Result<(Work, Arc<CodeItem>)> {
        let work = self.begin(caller, Action::CodesChanged).await?;
        let target = Target::of(&work.directory, AnyId::CodeItemId(id));
        may_on(&work.directory, caller, Right::Platform, target, "id")?;
        let item = work.directory.codes.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        Ok((work, item))
    }
}
