//! Editing a tag (editTag), retiring it included.

use super::create::register_names;
use super::{TagFields, TagState, accept};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, TagId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql =
    Sql::new("update tag set parent_id = $2, steward_id = $3, state = $4, document = $5 where id = $1");
static REMOVE_NAMES: Sql = Sql::new("delete from tag_name where tag_id = $1");

impl Library {
    /// Replaces a tag's fields; `active` false retires it: it keeps its contents and is no longer shown.
    ///
    /// # Errors
    /// Refuses an unknown or merged tag, a name that is taken, and malformed fields.
    pub async fn edit_tag(&self, caller: &Caller, id: TagId, active: bool, fields: TagFields) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        let directory = work.directory.clone();
        let before = directory.tags.get(id).filter(|tag| tag.merged_into.is_none());
        let before = before.ok_or_else(|| Refusal::not_found("id"))?;
        let fields = accept(fields, Some(id), before.group, &directory)?;
        let state: &str = if active { TagState::Active } else { TagState::Retired }.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.parent.into(), fields.steward.into(), state.into(), document.into()])
            .await?;
        work.run(&REMOVE_NAMES, &[id.into()]).await?;
        for name in before.fields.synonyms.iter().chain([&before.fields.name]) {
            work.key(KeyKind::TagName, name);
        }
        if active {
            register_names(&mut work, id, &fields).await?;
        }
        work.record(AnyId::TagId(id), Effect::Changed);
        work.list(List::tags());
        work.key(KeyKind::TagCode, &before.code);
        commit(work).await
    }
}
