//! Ending a shared column (unsubscribeColumn): what only it brought goes from the receiving column.

use super::subscribe::fill;
use super::tell;
use crate::changes::{Action, Caller, Effect};
use crate::database::Sql;
use crate::id::{AnyId, SubscriptionId};
use crate::may::{Right, Target, may, may_at};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

static FORGET: Sql = Sql::new("delete from sharing_decision where subscription_id = $1");
static DELETE: Sql = Sql::new("delete from column_subscription where id = $1");

impl Library {
    /// Ends a subscription, from either end: the receiving desk, or who keeps the source column.
    ///
    /// # Errors
    /// Refuses who keeps neither end, an unknown subscription, and a reason that is too long.
    pub async fn unsubscribe_column(
        &self,
        caller: &Caller,
        id: SubscriptionId,
        reason: Option<&str>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let found = directory.subscriptions.get(id).cloned();
        let source = found.as_ref().and_then(|found| found.owner(&directory));
        if source.is_none_or(|source| may(&directory, caller, Right::Manage, &source).is_err()) {
            let target = Target::of(&directory, AnyId::SubscriptionId(id));
            may_at(&directory, caller, Right::Subscribe, target.as_ref(), "id")?;
        }
        let before = found.ok_or_else(|| Refusal::not_found("id"))?;
        work.reason = reason.map(|reason| text::accept("reason", reason, 500)).transpose()?;
        work.run(&FORGET, &[id.into()]).await?;
        work.run(&DELETE, &[id.into()]).await?;
        tell(&mut work, &before, Effect::Left);
        self.commit_and_sweep(work, caller, fill(&before)).await
    }
}
