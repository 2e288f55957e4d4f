//! Editing and retiring a field (editField, retireField).

use std::sync::Arc;

use super::rules::{accept, fits_values};
use super::{FieldDefinition, FieldFields};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, FieldDefinitionId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, Result};
use crate::site::wrong_state;
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update field_definition set rank = $2, document = $3 where id = $1");
static RETIRE: Sql = Sql::new("update field_definition set retired = $2 where id = $1");

impl Library {
    /// Changes what describes a field by `edit`.
    ///
    /// # Errors
    /// Refuses an unknown or retired field, who does not keep its site (the platform, for one of all sites), a change
    /// that values which are there would not fit, and malformed fields.
    pub async fn edit_field(
        &self,
        caller: &Caller,
        id: FieldDefinitionId,
        edit: impl FnOnce(&mut FieldFields) + Send,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_field(caller, id).await?;
        if before.retired {
            return Err(wrong_state("id", "字段已停用，请先恢复", "the field is retired: take it back first"));
        }
        let mut fields = before.fields.clone();
        edit(&mut fields);
        let fields = accept(fields)?;
        fits_values(&before.fields, &fields)?;
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::FieldDefinitionId(id), Effect::Changed);
        work.list(List::fields());
        commit(work).await
    }

    /// Retires a field, or takes it back: contents keep their values, the form no longer asks.
    ///
    /// # Errors
    /// Refuses an unknown field, who does not keep its site (the platform, for one of all sites), and a field that is so
    /// already.
    pub async fn retire_field(
        &self,
        caller: &Caller,
        id: FieldDefinitionId,
        retired: bool,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_field(caller, id).await?;
        match (before.retired, retired) {
            (true, true) => return Err(wrong_state("id", "字段已停用", "the field is retired already")),
            (false, false) => return Err(wrong_state("id", "字段未停用", "the field is not retired")),
            _ => {}
        }
        work.reason = text::reason(reason)?;
        work.run(&RETIRE, &[id.into(), retired.into()]).await?;
        work.record(AnyId::FieldDefinitionId(id), Effect::Changed);
        work.list(List::fields());
        commit(work).await
    }

    async fn begin_on_field(&self, caller: &Caller, id: FieldDefinitionId) -> Result<(Work, Arc<FieldDefinition>)> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let before = work.directory.fields.get(id).cloned();
        let of_site = before.as_ref().is_some_and(|field| field.site.is_some());
        let right = if of_site { Right::Manage } else { Right::Platform };
        may_on(&work.directory, caller, right, Target::of(&work.directory, AnyId::FieldDefinitionId(id)), "id")?;
        let before = before.ok_or_else(|| Refusal::not_found("id"))?;
        work.site = before.site;
        Ok((work, before))
    }
}
