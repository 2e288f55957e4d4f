//! Giving a content tags and taking others away, within an open deed: the one rule for a few that are named and for all that
//! a filter finds.

use super::classify::classify;
use super::lease::held_by_another;
use super::state::Step;
use super::working::{Working, revision, working};
use super::{ContentFields, TagAssignment, TagAssignmentSource};
use crate::Directory;
use crate::changes::{Caller, Work};
use crate::id::{ContentId, TagId};
use crate::may::Right;
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::tag::TagState;

/// Tags to be given and taken.
#[derive(Debug, Clone, Default)]
pub struct Retag {
    /// To be given.
    pub add: Vec<TagId>,
    /// To be taken away.
    pub remove: Vec<TagId>,
}

/// What came of one of many contents.
#[derive(Debug)]
pub(crate) enum Retagged {
    /// Its tags are others now.
    Changed,
    /// There was nothing to do: it has them already, or is not live any more.
    Unchanged,
    /// It may not be changed, and nothing of it was.
    PassedOver(Refusal),
}

/// Why a content is tagged anew, as its history tells it.
const NOTE: &str = "批量打标";

/// Changes the tags of a content in what is live and in what is being worked on; answers the number of the newest revision.
pub(super) async fn retag(work: &mut Work, before: &Working, retag: &Retag) -> Result<i64> {
    let directory = work.directory.clone();
    if let Some(live) = before.live_revision {
        let fields = revision(work, before.id, live).await?;
        keep_one(&directory, fields, retag)?;
    }
    classify(work, before, NOTE, |fields| give(&directory, fields, retag)).await
}

/// The same for one of many: who may not, and what cannot be changed now, is passed over before anything is written. A refusal
/// comes from later: then nothing of the deed may stay.
pub(crate) async fn retag_one_of_many(
    work: &mut Work,
    caller: &Caller,
    id: ContentId,
    change: &Retag,
) -> Result<Retagged> {
    let looked = look(work, caller, id, change).await;
    match looked {
        Ok(Some(before)) => retag(work, &before, change).await.map(|_| Retagged::Changed),
        Ok(None) => Ok(Retagged::Unchanged),
        Err(Error::Refused(refusal)) => Ok(Retagged::PassedOver(refusal)),
        Err(fault) => Err(fault),
    }
}

/// What is to be changed, if it may be; nothing where there is nothing to do.
async fn look(work: &mut Work, caller: &Caller, id: ContentId, retag: &Retag) -> Result<Option<Working>> {
    let before = working(work, id).await?;
    let Some(live) = before.live_revision else { return Ok(None) };
    let directory = work.directory.clone();
    let fields = revision(work, id, live).await?;
    let mut after = fields.clone();
    crate::tag::resolve(&directory, &mut after.tags);
    let resolved = after.tags.clone();
    give(&directory, &mut after, retag);
    if after.tags == resolved {
        return Ok(None);
    }
    before.require(work, caller, Right::Publish)?;
    Step::Classify.require(before.state)?;
    if held_by_another(work, caller, id).await? {
        let (message, english) = ("该信息正在编辑", "somebody is editing it");
        return Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into());
    }
    keep_one(&directory, fields, retag)?;
    Ok(Some(before))
}

/// Refuses to take the last active tag away: without one nothing may be published.
fn keep_one(directory: &Directory, mut fields: ContentFields, retag: &Retag) -> Result<()> {
    let is_active = |given: &TagAssignment| {
        directory.tags.get(directory.tag_of(given.tag)).is_some_and(|tag| tag.state == TagState::Active)
    };
    let had = fields.tags.iter().any(is_active);
    give(directory, &mut fields, retag);
    if had && !fields.tags.iter().any(is_active) {
        let (message, english) = ("至少须保留一个启用的标签", "it would have no active tag any more");
        return Err(Refusal::new(RefusalCode::GateRefused, "tags", message, english).into());
    }
    Ok(())
}

fn give(directory: &Directory, fields: &mut ContentFields, retag: &Retag) {
    crate::tag::resolve(directory, &mut fields.tags);
    let remove = directory.tags_of(&retag.remove);
    fields.tags.retain(|given| !remove.contains(&given.tag));
    for tag in &retag.add {
        let tag = directory.tag_of(*tag);
        if fields.tags.iter().all(|given| given.tag != tag) {
            fields.tags.push(TagAssignment { tag, source: TagAssignmentSource::Editor });
        }
    }
}
