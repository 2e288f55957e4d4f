//! Subscribing a column to another (subscribeColumn): what the source shows, the target shows by reference.

use std::collections::BTreeSet;

use super::{SubscriptionFields, SubscriptionSource, SubscriptionState};
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::column::ShareType;
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId, SubscriptionId};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Directory, Library};

/// A column to be shared.
#[derive(Debug, Clone)]
pub struct SubscribeColumn {
    /// The column that shows.
    pub target: ColumnId,
    /// The column that it takes from.
    pub source: ColumnId,
    /// What it lets through.
    pub fields: SubscriptionFields,
}

static INSERT: Sql = Sql::new(
    "insert into column_subscription (id, target_column_id, source_kind, source_id, state, created_at, document)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

static SHOWN: Sql =
    Sql::new("select distinct content_id from placement where shown and column_id in ids($1) order by content_id");

/// How many contents of the source are settled in one transaction.
const BATCH: usize = 100;

impl Library {
    /// Subscribes a column to another and shows there what the source shows already.
    ///
    /// # Errors
    /// Refuses unknown columns, a source that is not shared openly, a subscription that exists, and a circle.
    pub async fn subscribe_column(&self, caller: &Caller, input: SubscribeColumn) -> Result<SubscriptionId> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let target = directory.columns.get(input.target).ok_or_else(|| Refusal::not_found("target"))?;
        let source = directory.columns.get(input.source).ok_or_else(|| Refusal::not_found("source"))?;
        if source.fields.share_type != ShareType::Open {
            return Err(Refusal::new(
                RefusalCode::NotAllowed,
                "source",
                "该栏目不予无条件共享",
                "the column is not shared openly",
            )
            .into());
        }
        let own = SubscriptionSource::Column(source.id);
        if directory.subscriptions.all().iter().any(|other| other.target == target.id && other.source == own) {
            return Err(Refusal::duplicate("source").into());
        }
        if let Some(circle) = circle(&directory, source.id, target.id, input.fields.with_descendants) {
            let message = format!("会形成循环共享：{circle}");
            return Err(Refusal::new(RefusalCode::Loop, "source", message, format!("a circle: {circle}")).into());
        }
        let id = SubscriptionId(self.new_id());
        let state: &str = SubscriptionState::Active.into();
        let params = [
            id.into(),
            target.id.into(),
            "COLUMN".into(),
            source.id.into(),
            state.into(),
            work.at.into(),
            serde_json::to_string(&input.fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.site = Some(target.site);
        work.record(AnyId::SubscriptionId(id), Effect::Entered);
        work.list(List::subscriptions(target.id));
        work.list(List::subscriptions(source.id));
        for above in directory.columns.family(source.id) {
            work.list(List::subscriptions(above));
        }
        commit(work).await?;
        self.fill(&caller.goes_on(), &input).await?;
        Ok(id)
    }

    /// Settles what the source shows already, in batches that are each a deed of their own.
    async fn fill(&self, caller: &Caller, input: &SubscribeColumn) -> Result<()> {
        let directory = self.directory();
        let sources = match input.fields.with_descendants {
            true => directory.columns.family(input.source),
            false => vec![input.source],
        };
        let rows = self.database().rows(&SHOWN, &[sources.as_slice().into()]).await?;
        let contents = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<ContentId>>>()?;
        for batch in contents.chunks(BATCH) {
            let mut work = self.begin(caller, Action::PlacementAdded).await?;
            work.site = directory.columns.get(input.target).map(|column| column.site);
            for id in batch {
                // Another deed may have withdrawn it in the meantime.
                match crate::placement::live_content(&mut work, *id).await {
                    Ok(content) => {
                        crate::placement::settle(&mut work, &content, &[], &[]).await?;
                    }
                    Err(Error::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            commit(work).await?;
        }
        Ok(())
    }
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
