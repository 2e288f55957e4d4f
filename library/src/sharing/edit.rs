//! Editing a shared column (editSubscription): its mode, its filter, and whether it rests.

use super::{Subscription, SubscriptionFields, SubscriptionMode, SubscriptionState, subscribe, tell};
use crate::changes::{Action, Caller, Effect};
use crate::content::ContentKind;
use crate::database::Sql;
use crate::id::{AnyId, SubscriptionId, TagId};
use crate::instant::Date;
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

/// What a subscription lets through.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionFilter {
    /// Only these kinds; empty for all.
    pub kinds: Vec<ContentKind>,
    /// Only contents with one of these tags; empty for all.
    pub tags: Vec<TagId>,
    /// Only contents published on or after this day.
    pub published_from: Option<Date>,
}

/// What of a subscription is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditSubscription {
    /// At once or after review.
    pub mode: Option<SubscriptionMode>,
    /// What it lets through, as a whole.
    pub filter: Option<SubscriptionFilter>,
    /// Whether it rests: what only it brings goes, and comes back when it goes on.
    pub paused: Option<bool>,
}

static UPDATE: Sql = Sql::new("update column_subscription set state = $2, document = $3 where id = $1");
static ACCEPT_SHOWN: Sql = Sql::new(
    "insert into sharing_decision (subscription_id, content_id, decision, actor, at)
     select $1, p.content_id, 'ACCEPTED', $2, $3 from placement p where p.id in
       (select s.id from placement s where s.column_id = $4 and s.shown
        union all select w.id from placement w where w.column_id = $4 and not w.shown)
     and exists (select 1 from placement_reason r
       where r.placement_id = p.id and r.subscription_id = $1 and r.decision = 'ACCEPTED')
     on conflict (subscription_id, content_id) do nothing",
);

impl Library {
    /// Changes what a subscription lets through and how; what only it brought and does not bring any more goes.
    ///
    /// # Errors
    /// Refuses who may not subscribe the target, an unknown subscription, one that was refused, one that is not granted
    /// yet where it is to rest, and a malformed filter.
    pub async fn edit_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
        edit: EditSubscription,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let target = Target::of(&directory, AnyId::SubscriptionId(id));
        may_at(&directory, caller, Right::Subscribe, target.as_ref(), "id")?;
        let before = directory.subscriptions.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let mut after = Subscription::clone(&before);
        after.state = state(before.state, edit.paused)?;
        after.fields = fields(before.fields.clone(), &edit);
        subscribe::check_filter(&directory, &after.fields)?;
        if after.fields.mode == SubscriptionMode::Reviewed && before.fields.mode != after.fields.mode {
            // What stands there already was let in, and stays.
            let actor = work.actor.clone();
            work.run(&ACCEPT_SHOWN, &[id.into(), actor.into(), work.at.into(), before.target.into()]).await?;
        }
        let name: &str = after.state.into();
        work.run(&UPDATE, &[id.into(), name.into(), serde_json::to_string(&after.fields)?.into()]).await?;
        tell(&mut work, &after, Effect::Changed);
        self.commit_and_sweep(work, caller, subscribe::fill(&after)).await
    }
}

fn fields(mut fields: SubscriptionFields, edit: &EditSubscription) -> SubscriptionFields {
    fields.mode = edit.mode.unwrap_or(fields.mode);
    if let Some(filter) = edit.filter.clone() {
        fields.kinds = filter.kinds;
        fields.tags = filter.tags;
        fields.published_from = filter.published_from;
    }
    fields
}

/// The state after it is told to rest or go on.
fn state(before: SubscriptionState, paused: Option<bool>) -> Result<SubscriptionState> {
    let refuse = |path: &str, message: &str, english: &str| {
        Err(Refusal::new(RefusalCode::WrongState, path, message, english).into())
    };
    match (before, paused) {
        (SubscriptionState::Refused, _) => refuse("id", "来源单位已拒绝共享", "the source's owner refused it"),
        (SubscriptionState::Requested, Some(_)) => {
            refuse("paused", "来源单位尚未同意", "the source's owner has not agreed yet")
        }
        (state, None) => Ok(state),
        (_, Some(true)) => Ok(SubscriptionState::Paused),
        (_, Some(false)) => Ok(SubscriptionState::Active),
    }
}
