//! Classifying anew (归类): columns and tags of a content change and its text does not, so that what is live changes at once
//! and nobody has to review it again. A revision that is being worked on changes along.

use super::ContentFields;
use super::edit::save;
use super::publish::publish_at;
use super::state::Step;
use super::working::{Working, revision, working};
use crate::changes::Work;
use crate::refusal::Result;

/// Makes the change in what is live and in what is being worked on; answers the number of the newest revision.
pub(super) async fn classify(
    work: &mut Work,
    before: &Working,
    note: &str,
    change: impl Fn(&mut ContentFields),
) -> Result<i64> {
    Step::Classify.require(before.state)?;
    let id = before.id;
    let (mut number, action) = (before.revision, work.action);
    if let Some(live) = before.live_revision {
        let mut fields = revision(work, id, live).await?;
        change(&mut fields);
        number = save(work, before, fields, Some(note.to_owned())).await?;
        let now = working(work, id).await?;
        publish_at(work, id, now).await?;
    }
    if before.live_revision != Some(before.revision) {
        let mut fields = revision(work, id, before.revision).await?;
        change(&mut fields);
        let now = working(work, id).await?;
        number = save(work, &now, fields, Some(note.to_owned())).await?;
        work.action = if before.live_revision.is_some() { work.action } else { action };
    }
    Ok(number)
}
