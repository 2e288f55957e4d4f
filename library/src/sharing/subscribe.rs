//! Subscribing a column to another, a tag or an organisation (subscribeColumn): what they show, it shows by reference.

use std::collections::BTreeSet;

use super::{Subscription, SubscriptionFields, SubscriptionMode, SubscriptionSource, SubscriptionState, carried, tell};
use crate::changes::{Action, Caller, Effect, Who, commit_as};
use crate::column::ShareType;
use crate::database::Sql;
use crate::id::{ColumnId, SubscriptionId};
use crate::instant::Instant;
use crate::may::{Right, Target, may, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sweep::{Rest, Sweep};
use crate::tag::TagState;
use crate::{Directory, Library, Position};

/// A column to be shared.
#[derive(Debug, Clone)]
pub struct SubscribeColumn {
    /// The column that shows.
    pub target: ColumnId,
    /// What it takes from.
    pub source: SubscriptionSource,
    /// What it lets through.
    pub fields: SubscriptionFields,
}

static INSERT: Sql = Sql::new(
    "insert into column_subscription (id, target_column_id, source_kind, source_id, state, created_at, document, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);

/// The most tags of a filter.
const MOST_TAGS: usize = 30;

impl Library {
    /// Subscribes a column and shows there what the source shows already, if it is to be shown unseen. A column that is
    /// shared on conditions (有条件共享) is asked for: its owner decides.
    ///
    /// # Errors
    /// Refuses who may not subscribe the target, unknown ends, a source that is not shared, a subscription that exists,
    /// a circle, and a malformed filter.
    pub async fn subscribe_column(
        &self,
        caller: &Caller,
        input: SubscribeColumn,
    ) -> Result<(SubscriptionId, Position)> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let subscription = judge(&work.directory, caller, input, SubscriptionId(self.new_id()), work.at)?;
        let (kind, source) = subscription.source.cells();
        let state: &str = subscription.state.into();
        let params = [
            subscription.id.into(),
            subscription.target.into(),
            kind.into(),
            source.into(),
            state.into(),
            work.at.into(),
            serde_json::to_string(&subscription.fields)?.into(),
            subscription.created_by.into(),
        ];
        work.run(&INSERT, &params).await?;
        tell(&mut work, &subscription, Effect::Entered);
        let sweep = Sweep::begin(&mut work, fill(&subscription)).await?;
        let (id, position) = commit_as(work, |position| (subscription.id, position)).await?;
        Ok((id, self.sweep(&caller.goes_on(), sweep).await?.unwrap_or(position)))
    }

    /// How many contents a subscription would show at once; nothing is done.
    ///
    /// # Errors
    /// As [`Library::subscribe_column`].
    pub async fn would_show(&self, caller: &Caller, input: SubscribeColumn) -> Result<i64> {
        let directory = self.directory();
        let subscription = judge(&directory, caller, input, SubscriptionId(self.new_id()), self.now())?;
        match subscription.fields.mode {
            SubscriptionMode::Automatic => {
                carried::count(self.database(), &directory, self.zone(), &subscription).await
            }
            // What is there already is not laid before the desk.
            SubscriptionMode::Reviewed => Ok(0),
        }
    }
}

/// That what a subscription brings and brought is settled.
pub(super) fn fill(subscription: &Subscription) -> Rest {
    Rest::Subscription { id: subscription.id, target: subscription.target }
}

/// The subscription as it would be kept, or why it cannot be.
fn judge(
    directory: &Directory,
    caller: &Caller,
    input: SubscribeColumn,
    id: SubscriptionId,
    at: Instant,
) -> Result<Subscription> {
    let SubscribeColumn { target, source, fields } = input;
    may_at(directory, caller, Right::Subscribe, Target::column(directory, target).as_ref(), "target")?;
    check_filter(directory, &fields)?;
    let state = match source {
        SubscriptionSource::Column(column) => of_column(directory, caller, column, target)?,
        SubscriptionSource::Tag(tag) => {
            let tag = directory.tags.get(directory.tag_of(tag)).filter(|tag| tag.state == TagState::Active);
            tag.ok_or_else(|| Refusal::not_found("source"))?;
            SubscriptionState::Active
        }
        SubscriptionSource::Organisation(organisation) => {
            directory.organisations.get(organisation).ok_or_else(|| Refusal::not_found("source"))?;
            SubscriptionState::Active
        }
    };
    if directory.subscriptions.all().iter().any(|other| other.target == target && other.source == source) {
        return Err(Refusal::duplicate("source").into());
    }
    if let SubscriptionSource::Column(column) = source
        && let Some(circle) = circle(directory, column, target, fields.with_descendants)
    {
        let message = format!("会形成循环共享：{circle}");
        return Err(Refusal::new(RefusalCode::Loop, "source", message, format!("a circle: {circle}")).into());
    }
    let created_by = match caller.who {
        Who::Account(account, _) => Some(account),
        Who::Program | Who::Nobody => None,
    };
    Ok(Subscription { id, target, source, state, created_at: at, created_by, fields })
}

/// Whether a column may be taken at once, or its owner is asked.
fn of_column(directory: &Directory, caller: &Caller, source: ColumnId, target: ColumnId) -> Result<SubscriptionState> {
    let owner = Target::column(directory, source).ok_or_else(|| Refusal::not_found("source"))?;
    let owns = may(directory, caller, Right::Manage, &owner);
    if owns.as_ref().is_err_and(|refusal| refusal.code == RefusalCode::NotFound) {
        return Err(Refusal::not_found("source").into());
    }
    match carried::asks(directory, source, target) {
        Some(ShareType::None) => {
            let (message, english) = ("该栏目不予共享", "the column is not shared");
            Err(Refusal::new(RefusalCode::NotAllowed, "source", message, english).into())
        }
        Some(ShareType::Conditional) if owns.is_err() => Ok(SubscriptionState::Requested),
        _ => Ok(SubscriptionState::Active),
    }
}

/// Refuses a filter that names what is not there.
pub(super) fn check_filter(directory: &Directory, fields: &SubscriptionFields) -> Result<()> {
    if fields.tags.len() > MOST_TAGS {
        let (message, english) = (format!("最多{MOST_TAGS}个标签"), format!("at most {MOST_TAGS} tags"));
        return Err(Refusal::new(RefusalCode::TooLong, "filter.tags", message, english).into());
    }
    if fields.tags.iter().any(|tag| directory.tags.get(*tag).is_none()) {
        return Err(Refusal::not_found("filter.tags").into());
    }
    Ok(())
}

/// The names of the columns of the circle that a subscription would close, if it would.
fn circle(directory: &Directory, source: ColumnId, target: ColumnId, with_descendants: bool) -> Option<String> {
    let sources: BTreeSet<ColumnId> = match with_descendants {
        true => directory.columns.family(source).into_iter().collect(),
        false => BTreeSet::from([source]),
    };
    let mut way = vec![vec![target]];
    let mut seen = BTreeSet::from([target]);
    while let Some(path) = way.pop() {
        let last = *path.last()?;
        if sources.contains(&last) {
            let names: Vec<_> =
                path.iter().filter_map(|id| directory.columns.get(*id)).map(|c| c.path.clone()).collect();
            return Some(names.join(" → "));
        }
        let lines: Vec<_> = directory.columns.ancestors(last).iter().map(|above| above.id).collect();
        for subscription in directory.subscriptions.all() {
            let SubscriptionSource::Column(from) = subscription.source else { continue };
            let fed = from == last || (subscription.fields.with_descendants && lines.contains(&from));
            if fed && seen.insert(subscription.target) {
                let mut longer = path.clone();
                longer.push(subscription.target);
                way.push(longer);
            }
        }
    }
    None
}
