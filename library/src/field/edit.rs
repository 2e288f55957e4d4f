//! Editing and retiring a field (editField, retireField).

use super::FieldFields;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, FieldDefinitionId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update field_definition set retired = $2, rank = $3, document = $4 where id = $1");

impl Library {
    /// Replaces what describes a field, or retires it: contents keep their values, the form no longer asks.
    ///
    /// # Errors
    /// Refuses an unknown field and malformed fields.
    pub async fn edit_field(
        &self,
        caller: &Caller,
        id: FieldDefinitionId,
        retired: bool,
        fields: FieldFields,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let before = work.directory.fields.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        text::require("label", &fields.label, 100)?;
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), retired.into(), fields.rank.into(), document.into()]).await?;
        work.site = before.site;
        work.record(AnyId::FieldDefinitionId(id), Effect::Changed);
        work.list(List::fields());
        commit(work).await
    }
}
