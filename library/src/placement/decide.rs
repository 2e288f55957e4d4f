//! Deciding what subscriptions lay before a receiving desk (decidePlacements, 共享审核): many at once, in one transaction.

use std::collections::BTreeMap;

use super::deeds::live_content;
use super::settle::settle;
use crate::changes::{Action, Caller, Work, commit_as};
use crate::content::lock;
use crate::database::Sql;
use crate::id::{ColumnId, ContentId, PlacementId, SubscriptionId};
use crate::may::{Right, Seen, Target, may_at, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sharing::Decision;
use crate::{Library, Position, text};

/// The most placements that are decided at once.
const MOST: usize = 100;

/// What becomes of placements that wait.
#[derive(Debug, Clone)]
pub struct DecidePlacements {
    /// Which.
    pub ids: Vec<PlacementId>,
    /// Whether they are shown from now on; else they are refused.
    pub accept: bool,
    /// Why, for the log.
    pub reason: Option<String>,
    /// A title of the column's own; for one placement alone.
    pub title: Option<String>,
}

static WAITING: Sql = Sql::new(
    "select p.id, p.content_id, p.column_id, r.subscription_id, p.shown or p.hidden from placement p
     join placement_reason r on r.placement_id = p.id where p.id in ids($1) and r.decision = 'PENDING'
     order by p.content_id, p.id, r.subscription_id",
);
static CONTENTS: Sql = Sql::new("select distinct content_id from placement where id in ids($1) order by content_id");
static DECIDE: Sql = Sql::new(
    "insert into sharing_decision (subscription_id, content_id, decision, actor, at)
     select as_id(r.value->>0), as_id(r.value->>1), $2, $3, $4 from rows($1) r where true
     on conflict (subscription_id, content_id) do update
       set decision = excluded.decision, actor = excluded.actor, at = excluded.at",
);
static TITLE: Sql = Sql::new("update placement set title = $2 where id = $1");

/// A placement that waits, and the subscriptions that bring it.
struct Waiting {
    content: ContentId,
    column: ColumnId,
    by: Vec<SubscriptionId>,
}

impl Library {
    /// Accepts or refuses placements that wait. What is decided holds for the content and the subscription that brings it:
    /// corrections keep it, and publishing again after a withdrawal asks again.
    ///
    /// # Errors
    /// Refuses none and more than a hundred, who may not subscribe their columns, placements that do not wait (any more),
    /// and a title for several. One that is refused refuses all.
    pub async fn decide_placements(
        &self,
        caller: &Caller,
        input: DecidePlacements,
    ) -> Result<(Vec<PlacementId>, Position)> {
        let mut work = self.begin(caller, Action::PlacementEdited).await?;
        require_somebody(caller)?;
        let (title, reason) = check(&input)?;
        for row in work.rows(&CONTENTS, &[input.ids.as_slice().into()]).await? {
            lock(&mut work, row.get(0)?).await?;
        }
        let waiting = waiting(&mut work, &input.ids).await?;
        for (at, id) in input.ids.iter().enumerate() {
            let path = format!("ids.{at}");
            let found = waiting.get(id).ok_or_else(|| Refusal::not_found(&path))?;
            let target = Target::column(&work.directory, found.column);
            let target = target.map(|target| Target { seen: Seen::AnyRole, ..target });
            may_at(&work.directory, caller, Right::Subscribe, target.as_ref(), &path)?;
        }
        let hex = |id: uuid::Uuid| id.simple().to_string();
        let pairs =
            waiting.values().flat_map(|one| one.by.iter().map(|by| serde_json::json!([hex(by.0), hex(one.content.0)])));
        let rows = serde_json::Value::Array(pairs.collect());
        let decision: &str = if input.accept { Decision::Accepted } else { Decision::Refused }.into();
        let actor = work.actor.clone();
        work.run(&DECIDE, &[rows.into(), decision.into(), actor.into(), work.at.into()]).await?;
        for (id, found) in &waiting {
            if let Some(title) = &title {
                work.run(&TITLE, &[(*id).into(), title.into()]).await?;
            }
            let content = live_content(&mut work, found.content).await?;
            settle(&mut work, &content, &[], &[]).await?;
            work.site = work.directory.columns.get(found.column).map(|column| column.site);
        }
        work.reason = reason;
        commit_as(work, |position| (input.ids, position)).await
    }
}

/// The title and the reason as they are kept.
fn check(input: &DecidePlacements) -> Result<(Option<String>, Option<String>)> {
    if input.ids.is_empty() {
        return Err(Refusal::new(RefusalCode::Required, "ids", "未选择信息", "none is named").into());
    }
    if input.ids.len() > MOST {
        let (message, english) = (format!("一次最多{MOST}条"), format!("at most {MOST} at once"));
        return Err(Refusal::new(RefusalCode::TooLong, "ids", message, english).into());
    }
    let said = |path: &str, text: &Option<String>, most| -> Result<Option<String>> {
        let text = text.as_deref().map(|text| text::accept(path, text, most)).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    };
    let (title, reason) = (said("title", &input.title, 300)?, said("reason", &input.reason, 500)?);
    if title.is_some() && (input.ids.len() > 1 || !input.accept) {
        let (message, english) = ("标题只能用于一条采用的信息", "a title is for one that is accepted");
        return Err(Refusal::new(RefusalCode::Invalid, "title", message, english).into());
    }
    Ok((title, reason))
}

/// Those of the placements that wait, by id.
async fn waiting(work: &mut Work, ids: &[PlacementId]) -> Result<BTreeMap<PlacementId, Waiting>> {
    let mut waiting: BTreeMap<PlacementId, Waiting> = BTreeMap::new();
    for row in work.rows(&WAITING, &[ids.into()]).await? {
        let subscription = row.get(3)?;
        if row.get::<bool>(4)? || work.directory.subscriptions.get(subscription).is_none() {
            continue;
        }
        let (content, column) = (row.get(1)?, row.get(2)?);
        let one = waiting.entry(row.get(0)?).or_insert_with(|| Waiting { content, column, by: Vec::new() });
        one.by.push(subscription);
    }
    Ok(waiting)
}
