//! Changing the tags of all that a filter finds (批量改标): looked at first, then done in batches by a sweep, with what was passed
//! over and why.
//!
//! What the filter finds is what is live. Each content keeps the rule of one that is retagged by itself
//! ([`crate::content::Retag`]); who may not change it, or cannot now, passes it over.

mod begin;
mod job;
mod preview;
mod read;

use serde::{Deserialize, Serialize};

use crate::changes::{Caller, List};
use crate::content::{ContentFilter, ContentOrder, Retag};
use crate::database::{Row, Sql};
use crate::id::{AccountId, ContentId, RetagId, TagId};
use crate::instant::Instant;
use crate::may::{Right, may_somewhere, require_somebody};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::scope::Filtered;
use crate::tag::TagState;
use crate::{Directory, Library, Means, Scope};

pub(crate) use job::{Batch, Job};
pub use preview::{RetagPreview, RetagSample};
pub use read::{RetagRecord, RetagSkip};

/// The most tags that are given, and that are taken away, at once.
const MOST_TAGS: usize = 30;

/// What is to be changed, as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    filter: ContentFilter,
    add: Vec<TagId>,
    remove: Vec<TagId>,
    /// Whose rights count; a program's, if it is nobody's.
    by: Option<(AccountId, Means)>,
}

impl Order {
    fn retag(&self) -> Retag {
        Retag { add: self.add.clone(), remove: self.remove.clone() }
    }
}

static ORDER: Sql = Sql::new("select document from retag where id = $1");

impl List {
    /// The changes of tags of all that a filter finds.
    pub(crate) fn retags() -> Self {
        Self::All("retags")
    }
}

/// The tags as they are meant now, if this may be asked for.
fn checked(directory: &Directory, caller: &Caller, filter: &ContentFilter, retag: &Retag) -> Result<Retag> {
    require_somebody(caller)?;
    may_somewhere(directory, caller, Right::Publish)?;
    if *filter == ContentFilter::default() {
        let (message, english) = ("请至少给出一个筛选条件", "give at least one condition: all contents are not meant");
        return Err(Refusal::new(RefusalCode::Required, "filter", message, english).into());
    }
    if retag.add.is_empty() && retag.remove.is_empty() {
        let (message, english) = ("请给出要增加或去除的标签", "say which tags are to be given or taken away");
        return Err(Refusal::new(RefusalCode::Required, "add", message, english).into());
    }
    for (path, tags) in [("add", &retag.add), ("remove", &retag.remove)] {
        if tags.len() > MOST_TAGS {
            let (message, english) = (format!("最多{MOST_TAGS}个标签"), format!("at most {MOST_TAGS} tags"));
            return Err(Refusal::new(RefusalCode::TooLong, path, message, english).into());
        }
    }
    let (add, remove) = (directory.tags_of(&retag.add), directory.tags_of(&retag.remove));
    let state = |tag: &TagId| directory.tags.get(*tag).map(|tag| tag.state);
    if !add.iter().all(|tag| state(tag) == Some(TagState::Active)) {
        return Err(Refusal::not_found("add").into());
    }
    // A retired tag may be taken away; one that was only proposed is nobody's yet.
    if !remove.iter().all(|tag| matches!(state(tag), Some(TagState::Active | TagState::Retired))) {
        return Err(Refusal::not_found("remove").into());
    }
    if !add.is_disjoint(&remove) {
        let (message, english) = ("同一标签不能既增加又去除", "a tag is given and taken away");
        return Err(Refusal::new(RefusalCode::Invalid, "remove", message, english).into());
    }
    Ok(Retag { add: add.into_iter().collect(), remove: remove.into_iter().collect() })
}

/// The list of what a filter finds, and of that what does not have these tags already; nothing where the filter names what is
/// not there.
async fn found(scope: &Scope, filter: &ContentFilter, retag: Option<&Retag>) -> Result<Option<Filtered>> {
    let filter = scope.with_tags_meant(filter);
    let Some((mut list, _)) = scope.walk(&filter, ContentOrder::default()).await? else { return Ok(None) };
    let Some(retag) = retag else { return Ok(Some(list)) };
    let directory = scope.directory();
    let mut differs = Vec::new();
    for (tags, sign) in [(&retag.add, "not exists"), (&retag.remove, "exists")] {
        for tag in tags {
            let walked = list.walk.param(directory.tags_walked(&[*tag]).as_slice());
            differs.push(format!(
                "{sign} (select 1 from content_tag t where t.content_id = {{id}} and t.tag_id in ids({walked}))"
            ));
        }
    }
    list.filter_text(format!("({})", differs.join(" or ")));
    Ok(Some(list))
}

impl Library {
    /// What is written down of a change.
    async fn retag_order(&self, id: RetagId) -> Result<Option<Order>> {
        self.database().rows(&ORDER, &[id.into()]).await?.first().map(|row| row.json(0)).transpose()
    }

    /// The contents that a change is still about: what its filter finds now and does not have these tags already.
    pub(crate) async fn left_to_retag(&self, id: RetagId) -> Result<Vec<ContentId>> {
        let Some(order) = self.retag_order(id).await? else { return Ok(Vec::new()) };
        let scope = self.scope(crate::Audience::Public);
        match found(&scope, &order.filter, Some(&order.retag())).await {
            Ok(Some(list)) => list.whole().all(&scope).await,
            // What it is narrowed by may have gone meanwhile: then it finds nothing any more.
            Ok(None) | Err(Error::Refused(_)) => Ok(Vec::new()),
            Err(fault) => Err(fault),
        }
    }
}

/// What is read of a change: the columns of [`read_record`].
const RECORD: &str = "r.id, r.document, r.account_id, r.begun_at, r.ended_at, r.changed, r.skipped";

fn read_record(row: &Row) -> Result<RetagRecord> {
    let order: Order = row.json(1)?;
    Ok(RetagRecord {
        id: row.get(0)?,
        add: order.add,
        remove: order.remove,
        by: row.get::<Option<AccountId>>(2)?,
        begun_at: row.get(3)?,
        ended_at: row.get::<Option<Instant>>(4)?,
        changed: row.get(5)?,
        skipped: row.get(6)?,
    })
}
