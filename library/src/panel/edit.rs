//! Editing a panel (editPanel), and what the clock changes in it.

use std::sync::Arc;

use super::rules::{is_as_seen, is_kept_up, look_up};
use super::{Panel, PanelFields, accept};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::due::{Due, forget, schedule};
use crate::id::{AnyId, PanelId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update panel set revision = $2, document = $3 where id = $1");

impl Library {
    /// Changes what describes a panel by `edit`, its items included. `expected` is the revision that the caller saw; any
    /// if it is not given.
    ///
    /// # Errors
    /// Refuses an unknown or archived panel, one of a closed site, who does not arrange its page, a revision that is not
    /// the newest, and malformed fields.
    pub async fn edit_panel(
        &self,
        caller: &Caller,
        id: PanelId,
        expected: Option<i64>,
        edit: impl FnOnce(&mut PanelFields) + Send,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_panel(caller, id).await?;
        is_as_seen(&before, expected)?;
        let mut fields = before.fields.clone();
        edit(&mut fields);
        look_up(&mut work, &mut fields).await?;
        put(&mut work, &before, before.revision + 1, fields).await?;
        commit(work).await
    }

    /// Begins a deed on a panel of a site that is not closed, for who arranges its page.
    pub(super) async fn begin_on_panel(&self, caller: &Caller, id: PanelId) -> Result<(Work, Arc<Panel>)> {
        let work = self.begin(caller, Action::PanelChanged).await?;
        let target = Target::of(&work.directory, AnyId::PanelId(id));
        may_on(&work.directory, caller, Right::Arrange, target, "id")?;
        let before = work.directory.panels.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        is_kept_up(&work.directory, before.site, "id")?;
        Ok((work, before))
    }
}

/// An item appears or goes.
pub(crate) async fn pass_time(work: &mut Work, id: PanelId) -> Result<()> {
    match work.directory.panels.get(id).cloned() {
        Some(panel) => put(work, &panel, panel.revision, panel.fields.clone()).await,
        None => Ok(()),
    }
}

/// Writes the panel as it is at the moment of the deed.
pub(super) async fn put(work: &mut Work, before: &Panel, revision: i64, fields: PanelFields) -> Result<()> {
    let id = before.id;
    let (fields, moments) = accept(fields, work.at, work.library().html())?;
    let document = serde_json::to_string(&fields)?;
    work.run(&UPDATE, &[id.into(), revision.into(), document.into()]).await?;
    forget(work, id.0).await?;
    for moment in moments {
        schedule(work, moment, Due::Panel, id.0).await?;
    }
    work.site = Some(before.site);
    work.record(AnyId::PanelId(id), Effect::Changed);
    work.list(List::panels(before.site));
    Ok(())
}
