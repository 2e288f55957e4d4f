//! Answering a request for a column that is shared on conditions (decideSubscription, 有条件共享).

use super::subscribe::fill;
use super::{Subscription, SubscriptionState, tell};
use crate::changes::{Action, Caller, Effect};
use crate::database::Sql;
use crate::id::SubscriptionId;
use crate::may::{Right, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update column_subscription set state = $2 where id = $1");

impl Library {
    /// Grants or refuses what another column asked for; who keeps the source column decides.
    ///
    /// # Errors
    /// Refuses who does not keep the source column, an unknown subscription, one that is not asked for (any more), and
    /// a refusal without a reason.
    pub async fn decide_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
        grant: bool,
        reason: Option<&str>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let found = directory.subscriptions.get(id).cloned();
        let owner = found.as_ref().and_then(|found| found.owner(&directory));
        may_at(&directory, caller, Right::Manage, owner.as_ref(), "id")?;
        let before = found.ok_or_else(|| Refusal::not_found("id"))?;
        if before.state != SubscriptionState::Requested {
            let (message, english) = ("该共享申请已处理", "it is not asked for any more");
            return Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into());
        }
        let reason = text::accept("reason", reason.unwrap_or_default(), 500)?;
        if !grant {
            text::require("reason", &reason, 500)?;
        }
        work.reason = Some(reason).filter(|reason| !reason.is_empty());
        let state = if grant { SubscriptionState::Active } else { SubscriptionState::Refused };
        let after = Subscription { state, ..Subscription::clone(&before) };
        let name: &str = state.into();
        work.run(&UPDATE, &[id.into(), name.into()]).await?;
        tell(&mut work, &after, if grant { Effect::Entered } else { Effect::Changed });
        self.commit_and_sweep(work, caller, fill(&after)).await
    }
}
