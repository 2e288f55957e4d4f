//! Where the subscriptions carry a content: a pure function of the directory, the content and its editors' columns.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Subscription, SubscriptionMode, SubscriptionSource, SubscriptionState};
use crate::Directory;
use crate::content::LiveContent;
use crate::id::{ColumnId, SubscriptionId};
use crate::instant::DayZone;

/// The columns in which a content stands, with the subscriptions that bring it there and the columns that they bring
/// it from. `own` are its editors' columns; what a receiver hides is carried no further.
pub(crate) fn mirror(
    directory: &Directory,
    zone: DayZone,
    content: &LiveContent,
    own: &BTreeSet<ColumnId>,
    hidden: &BTreeSet<ColumnId>,
) -> BTreeMap<ColumnId, Vec<(SubscriptionId, ColumnId)>> {
    let mut reached: BTreeMap<ColumnId, Vec<(SubscriptionId, ColumnId)>> =
        own.iter().map(|column| (*column, Vec::new())).collect();
    let mut open: VecDeque<ColumnId> = own.iter().copied().collect();
    while let Some(column) = open.pop_front() {
        if hidden.contains(&column) {
            continue;
        }
        for subscription in directory.subscriptions.all() {
            if subscription.target == column || !carries(directory, zone, subscription, column, content) {
                continue;
            }
            let reasons = reached.entry(subscription.target).or_insert_with(|| {
                open.push_back(subscription.target);
                Vec::new()
            });
            if !reasons.iter().any(|(known, _)| *known == subscription.id) {
                reasons.push((subscription.id, column));
            }
        }
    }
    reached
}

/// Whether a subscription takes this content from this column.
fn carries(
    directory: &Directory,
    zone: DayZone,
    subscription: &Subscription,
    column: ColumnId,
    content: &LiveContent,
) -> bool {
    if subscription.state != SubscriptionState::Active || subscription.fields.mode != SubscriptionMode::Automatic {
        return false;
    }
    let from = match subscription.source {
        SubscriptionSource::Column(source) => {
            source == column
                || (subscription.fields.with_descendants
                    && directory.columns.ancestors(column).iter().any(|above| above.id == source))
        }
        SubscriptionSource::Tag(_) | SubscriptionSource::Organisation(_) => false,
    };
    let fields = &subscription.fields;
    from && (fields.kinds.is_empty() || fields.kinds.contains(&content.kind))
        && (fields.tags.is_empty() || fields.tags.iter().any(|tag| content.card.tags.contains(tag)))
        && fields.published_from.is_none_or(|day| content.published_at >= zone.begin(day))
}
