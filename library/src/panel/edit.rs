//! Editing a panel and arranging its items (editPanel, arrangePanel), and what the clock changes in it.

use super::{PanelFields, accept};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::due::{Due, forget, schedule};
use crate::id::{AnyId, PanelId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update panel set document = $2 where id = $1");

impl Library {
    /// Replaces what describes a panel, its items included.
    ///
    /// # Errors
    /// Refuses an unknown panel and malformed fields.
    pub async fn edit_panel(&self, caller: &Caller, id: PanelId, fields: PanelFields) -> Result<Position> {
        let mut work = self.begin(caller, Action::PanelChanged).await?;
        put(&mut work, id, fields).await?;
        commit(work).await
    }
}

/// An item appears or goes.
pub(crate) async fn pass_time(work: &mut Work, id: PanelId) -> Result<()> {
    match work.directory.panels.get(id).map(|panel| panel.fields.clone()) {
        Some(fields) => put(work, id, fields).await,
        None => Ok(()),
    }
}

/// Writes the panel as it is at the moment of the deed.
async fn put(work: &mut Work, id: PanelId, fields: PanelFields) -> Result<()> {
    let before = work.directory.panels.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
    let (fields, moments) = accept(fields, work.at, work.library().html())?;
    let document = serde_json::to_string(&fields)?;
    work.run(&UPDATE, &[id.into(), document.into()]).await?;
    forget(work, id.0).await?;
    for moment in moments {
        schedule(work, moment, Due::Panel, id.0).await?;
    }
    work.site = Some(before.site);
    work.record(AnyId::PanelId(id), Effect::Changed);
    work.list(List::panels(before.site));
    Ok(())
}
