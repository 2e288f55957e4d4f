//! Editing a column (editColumn), closing it included; its place in the tree is another deed's.

use super::{ColumnFields, ColumnStatus, accept};
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update site_column set rank = $2, status = $3, document = $4 where id = $1");

impl Library {
    /// Replaces a column's fields and status.
    ///
    /// # Errors
    /// Refuses an unknown column and malformed fields.
    pub async fn edit_column(
        &self,
        caller: &Caller,
        id: ColumnId,
        status: ColumnStatus,
        fields: ColumnFields,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let before = work.directory.columns.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let fields = accept(fields, &work.directory)?;
        let status: &str = status.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), status.into(), document.into()]).await?;
        work.site = Some(before.site);
        work.record(AnyId::ColumnId(id), Effect::Changed);
        work.list(List::columns(before.site));
        commit(work).await
    }
}
