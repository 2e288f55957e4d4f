//! Where the subscriptions carry a content: a pure function of the directory, the content, its editors' columns and what
//! receiving desks decided.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::{Subscription, SubscriptionMode, SubscriptionSource, SubscriptionState};
use crate::Directory;
use crate::column::ShareType;
use crate::content::LiveContent;
use crate::id::{ColumnId, SubscriptionId};
use crate::instant::{DayZone, Instant};

/// What became of a content that a subscription brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Decision {
    /// It is shown.
    Accepted,
    /// It waits for the receiving desk.
    Pending,
    /// The receiving desk does not want it.
    Refused,
}

/// Why a content stands in a column: a subscription, and the column that it takes it from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ground {
    pub subscription: SubscriptionId,
    pub source: ColumnId,
    pub decision: Decision,
}

/// What is known of a content's showings before the subscriptions are asked.
pub(crate) struct Stand<'a> {
    /// Its editors' columns.
    pub own: &'a BTreeSet<ColumnId>,
    /// Columns that hide it: it is carried no further from there.
    pub hidden: &'a BTreeSet<ColumnId>,
    /// Since when it is shown in columns; in others it arrives now.
    pub since: &'a BTreeMap<ColumnId, Instant>,
    /// What receiving desks decided.
    pub decided: &'a BTreeMap<SubscriptionId, Decision>,
}

/// Whether these grounds alone make a placement shown.
pub(crate) fn accepted(grounds: &[Ground]) -> bool {
    grounds.iter().any(|ground| ground.decision == Decision::Accepted)
}

/// The columns in which a content stands, with what brings it there. What waits or was refused is carried no further.
pub(crate) fn mirror(
    directory: &Directory,
    zone: DayZone,
    content: &LiveContent,
    stand: &Stand<'_>,
) -> BTreeMap<ColumnId, Vec<Ground>> {
    let mut reached: BTreeMap<ColumnId, Vec<Ground>> = stand.own.iter().map(|column| (*column, Vec::new())).collect();
    // The home column first: what several columns feed names it as its source.
    let home = content.home_column.filter(|home| stand.own.contains(home));
    let mut open: VecDeque<ColumnId> = home.into_iter().collect();
    open.extend(stand.own.iter().filter(|column| Some(**column) != home));
    let mut opened = stand.own.clone();
    let offers = Offers::of(directory, zone, content);
    while let Some(column) = open.pop_front() {
        if stand.hidden.contains(&column) {
            continue;
        }
        for subscription in offers.taking_from(directory, column, stand.own) {
            let target = subscription.target;
            let shared = content.card.share_type != ShareType::None || same_site(directory, column, target);
            if target == column || !shared {
                continue;
            }
            let Some(decision) = decide(subscription, column, stand) else { continue };
            let grounds = reached.entry(target).or_default();
            if grounds.iter().any(|known| known.subscription == subscription.id) {
                continue;
            }
            grounds.push(Ground { subscription: subscription.id, source: column, decision });
            if decision == Decision::Accepted && opened.insert(target) {
                open.push_back(target);
            }
        }
    }
    reached
}

/// What becomes of what a subscription takes from `column`; nothing if it is of before the desk was to look at it.
fn decide(subscription: &Subscription, column: ColumnId, stand: &Stand<'_>) -> Option<Decision> {
    match (stand.decided.get(&subscription.id), subscription.fields.mode) {
        (Some(Decision::Refused), _) => Some(Decision::Refused),
        (_, SubscriptionMode::Automatic) | (Some(Decision::Accepted), _) => Some(Decision::Accepted),
        (_, SubscriptionMode::Reviewed) => {
            let arrived = stand.since.get(&column).is_none_or(|since| *since >= subscription.created_at);
            arrived.then_some(Decision::Pending)
        }
    }
}

/// The subscriptions in force that let a content through, by what they take from: a column with a thousand mirrors asks each of
/// them once, and none of the mirrors asks all the others.
struct Offers<'d> {
    by_column: HashMap<ColumnId, Vec<Offer<'d>>>,
    /// Those to a tag or an organisation of this content.
    by_subject: Vec<Offer<'d>>,
}

/// A subscription with its place among all.
type Offer<'d> = (usize, &'d Subscription);

impl<'d> Offers<'d> {
    fn of(directory: &'d Directory, zone: DayZone, content: &LiveContent) -> Self {
        let mut offers = Self { by_column: HashMap::new(), by_subject: Vec::new() };
        for (place, subscription) in directory.subscriptions.all().iter().enumerate() {
            if subscription.state != SubscriptionState::Active || !passes(directory, zone, subscription, content) {
                continue;
            }
            let deep = subscription.fields.with_descendants;
            let is_about = match subscription.source {
                SubscriptionSource::Column(source) => {
                    offers.by_column.entry(source).or_default().push((place, subscription));
                    false
                }
                SubscriptionSource::Tag(source) => {
                    content.card.tags.iter().any(|tag| directory.is_tag(*tag, source, deep))
                }
                SubscriptionSource::Organisation(source) => directory.is_unit(content.publisher, source, deep),
            };
            if is_about {
                offers.by_subject.push((place, subscription));
            }
        }
        offers
    }

    /// Those that take from a column, in their order.
    fn taking_from(&self, directory: &Directory, column: ColumnId, own: &BTreeSet<ColumnId>) -> Vec<&'d Subscription> {
        let of = |source: ColumnId| self.by_column.get(&source).into_iter().flatten().copied();
        let mut found: Vec<Offer<'d>> = of(column).collect();
        for above in directory.columns.ancestors(column) {
            found.extend(of(above.id).filter(|(_, subscription)| subscription.fields.with_descendants));
        }
        // Of a tag or an organisation its editors' columns are the source: a mirror is no second content.
        if own.contains(&column) {
            let is_open = |offer: &Offer<'d>| is_open_to(directory, column, offer.1.target);
            found.extend(self.by_subject.iter().copied().filter(is_open));
        }
        found.sort_unstable_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, subscription)| subscription).collect()
    }
}

/// Whether a subscription's filter lets a content through.
fn passes(directory: &Directory, zone: DayZone, subscription: &Subscription, content: &LiveContent) -> bool {
    let fields = &subscription.fields;
    (fields.kinds.is_empty() || fields.kinds.contains(&content.kind))
        && (fields.tags.is_empty()
            || fields.tags.iter().any(|tag| content.card.tags.iter().any(|own| directory.is_tag(*own, *tag, false))))
        && fields.published_from.is_none_or(|day| content.published_at >= zone.begin(day))
}

/// Whether two columns are of one site.
pub(super) fn same_site(directory: &Directory, one: ColumnId, other: ColumnId) -> bool {
    let site = |id| directory.columns.get(id).map(|column| column.site);
    site(one) == site(other)
}

/// Whether `column` is shared without asking its owner, as tags and organisations are.
pub(super) fn is_open_to(directory: &Directory, column: ColumnId, target: ColumnId) -> bool {
    same_site(directory, column, target)
        || directory.columns.get(column).is_some_and(|column| column.fields.share_type == ShareType::Open)
}
