//! Editing a column (editColumn); its place in the tree and its end are other deeds'.

use super::archive::require_left;
use super::{ColumnFields, ColumnStatus, accept};
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, Result};
use crate::sharing::SubscriptionSource;
use crate::sweep::Rest;
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update site_column set rank = $2, status = $3, document = $4 where id = $1");
impl Library {
    /// Replaces a column's fields and status.
    ///
    /// # Errors
    /// As [`Library::change_column`].
    pub async fn edit_column(
        &self,
        caller: &Caller,
        id: ColumnId,
        status: ColumnStatus,
        fields: ColumnFields,
    ) -> Result<Position> {
        self.change_column(caller, id, |own_status, own| {
            *own_status = status;
            *own = fields;
        })
        .await
    }

    /// Changes a column's fields and status as `change` says.
    ///
    /// # Errors
    /// Refuses who does not keep it, an unknown column, malformed fields, and closing one that contents are at home in,
    /// that has open columns below it, or that shares or is shared.
    pub async fn change_column(
        &self,
        caller: &Caller,
        id: ColumnId,
        change: impl FnOnce(&mut ColumnStatus, &mut ColumnFields) + Send,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        may_at(&directory, caller, Right::Manage, Target::column(&directory, id).as_ref(), "id")?;
        let before = directory.columns.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let (mut status, mut fields) = (before.status, before.fields.clone());
        change(&mut status, &mut fields);
        let fields = accept(fields, &directory)?;
        if status == ColumnStatus::Closed && before.status != ColumnStatus::Closed {
            require_left(&mut work, &before).await?;
        }
        let name: &str = status.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), name.into(), document.into()]).await?;
        work.site = Some(before.site);
        work.record(AnyId::ColumnId(id), Effect::Changed);
        work.list(List::columns(before.site));
        let by_subject = |source| !matches!(source, SubscriptionSource::Column(_));
        let resettles = fields.share_type != before.fields.share_type
            && directory.subscriptions.all().iter().any(|subscription| by_subject(subscription.source));
        if !resettles {
            return commit(work).await;
        }
        // Tags and organisations take from columns that are shared openly alone.
        self.commit_and_sweep(work, caller, Rest::Column { id, with_descendants: false }).await
    }
}
