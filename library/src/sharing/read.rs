//! Reading subscriptions on the desk: those of whoever keeps one of their ends, in whatever state, and how much they bring.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Subscription, SubscriptionSource};
use crate::Scope;
use crate::changes::List;
use crate::database::Sql;
use crate::id::{AnyId, SiteId, SubscriptionId};
use crate::may::{Right, Target, may};
use crate::refusal::Result;

/// How much a subscription brings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubscriptionCounts {
    /// Contents that it shows.
    pub shown: i64,
    /// Contents that wait for the receiving desk.
    pub pending: i64,
}

static COUNTS: Sql = Sql::new(
    "select s.id,
       (select cast(count(*) as bigint) from placement p join placement_reason r on r.placement_id = p.id
        where p.column_id = s.target_column_id and p.shown and r.subscription_id = s.id and r.decision = 'ACCEPTED'),
       (select cast(count(*) as bigint) from placement p join placement_reason r on r.placement_id = p.id
        where p.column_id = s.target_column_id and not p.shown and not p.hidden and r.subscription_id = s.id
          and r.decision = 'PENDING')
     from column_subscription s where s.id in ids($1)",
);

impl Scope {
    /// Whether the asker keeps one of its ends: subscribes the target, or keeps the source column. The answer is private.
    pub fn keeps_subscription(&self, subscription: &Subscription) -> bool {
        let (directory, caller) = (self.directory(), self.caller());
        let has = |right, target: Option<Target>| {
            caller.zip(target).is_some_and(|(caller, target)| may(&directory, caller, right, &target).is_ok())
        };
        has(Right::Manage, subscription.owner(&directory))
            || has(Right::Subscribe, Target::column(&directory, subscription.target))
    }

    /// A subscription in whatever state, for who keeps one of its ends.
    pub fn kept_subscription(&self, id: SubscriptionId) -> Option<Arc<Subscription>> {
        self.note_record(AnyId::SubscriptionId(id));
        let found = self.directory().subscriptions.get(id).cloned()?;
        self.keeps_subscription(&found).then_some(found)
    }

    /// The subscriptions of which the asker keeps an end, oldest first; those with an end on `site` if one is given.
    pub fn kept_subscriptions(&self, site: Option<SiteId>) -> Vec<Arc<Subscription>> {
        let directory = self.directory();
        let on = |subscription: &Subscription| {
            let source = match subscription.source {
                SubscriptionSource::Column(source) => Some(source),
                SubscriptionSource::Tag(_) | SubscriptionSource::Organisation(_) => None,
            };
            let mut ends = source.into_iter().chain([subscription.target]);
            site.is_none_or(|site| ends.any(|end| directory.columns.get(end).is_some_and(|end| end.site == site)))
        };
        let all = directory.subscriptions.all().iter();
        let kept: Vec<_> = all.filter(|one| on(one) && self.keeps_subscription(one)).cloned().collect();
        for subscription in &kept {
            self.note_list(List::subscriptions(subscription.target));
        }
        kept
    }

    /// How much each of these brings: one statement for all of them.
    pub async fn subscription_counts(
        &self,
        subscriptions: &[Arc<Subscription>],
    ) -> Result<HashMap<SubscriptionId, SubscriptionCounts>> {
        let mut ids = Vec::with_capacity(subscriptions.len());
        for subscription in subscriptions {
            self.note_list(List::Column(subscription.target));
            self.note_list(List::pending(subscription.target));
            ids.push(subscription.id);
        }
        let mut counts = HashMap::new();
        for row in self.rows(&COUNTS, vec![ids.as_slice().into()]).await? {
            counts.insert(row.get(0)?, SubscriptionCounts { shown: row.get(1)?, pending: row.get(2)? });
        }
        Ok(counts)
    }
}
