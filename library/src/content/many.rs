//! Deeds on many contents (publishContents, retagContents, moveContents): each content is a deed of its own, so that one
//! that is refused keeps none of the others.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::publish::Published;
use super::retag::{Retag, retag};
use super::working::working;
use crate::changes::{Action, Caller, commit_as};
use crate::id::{ColumnId, ContentId};
use crate::may::{Right, require_somebody};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Library, Position};

/// The most contents of one call.
pub const MOST_AT_ONCE: usize = 500;

/// What came of each content, in the order in which they were given.
pub type Each<T> = Vec<(ContentId, Result<T, Refusal>)>;

impl Library {
    /// Publishes each of the contents as [`Self::publish_content`] does.
    ///
    /// # Errors
    /// Refuses who is not signed in, and more than 500.
    pub async fn publish_contents(&self, caller: &Caller, all: Vec<(ContentId, i64)>) -> Result<Each<Published>> {
        each(caller, all, |caller, id, revision| async move { self.publish_content(&caller, id, revision).await }).await
    }

    /// Gives each of the contents tags and takes others away, at once where it is live; answers the newest revision of each.
    ///
    /// # Errors
    /// Refuses who is not signed in, and more than 500.
    pub async fn retag_contents(
        &self,
        caller: &Caller,
        all: Vec<(ContentId, i64)>,
        retag: &Retag,
    ) -> Result<Each<(i64, Position)>> {
        each(caller, all, |caller, id, revision| async move { self.retag(&caller, id, revision, retag).await }).await
    }

    /// Moves each of the contents to a column as [`Self::move_content`] does.
    ///
    /// # Errors
    /// Refuses who is not signed in, and more than 500.
    pub async fn move_contents(
        &self,
        caller: &Caller,
        all: Vec<(ContentId, i64)>,
        column: ColumnId,
    ) -> Result<Each<(i64, Position)>> {
        let one = |caller: Caller, id, revision| async move { self.move_content(&caller, id, column, revision).await };
        each(caller, all, one).await
    }

    async fn retag(&self, caller: &Caller, id: ContentId, expected: i64, change: &Retag) -> Result<(i64, Position)> {
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Publish)?;
        before.expect(expected)?;
        let number = retag(&mut work, &before, change).await?;
        commit_as(work, |position| (number, position)).await
    }
}

/// Does a deed to each content; a repeat under the same key answers what came of each the first time.
async fn each<T, F>(
    caller: &Caller,
    all: Vec<(ContentId, i64)>,
    deed: impl Fn(Caller, ContentId, i64) -> F,
) -> Result<Each<T>>
where
    T: Serialize + DeserializeOwned,
    F: Future<Output = Result<T>>,
{
    require_somebody(caller)?;
    if all.len() > MOST_AT_ONCE {
        let (message, english) = (format!("一次最多{MOST_AT_ONCE}条"), format!("at most {MOST_AT_ONCE} at once"));
        return Err(Refusal::new(RefusalCode::TooLong, "contents", message, english).into());
    }
    let mut answers = Vec::with_capacity(all.len());
    for (number, (id, revision)) in all.into_iter().enumerate() {
        let done = match deed(caller.part(number), id, revision).await {
            Err(Error::Repeated(outcome)) => Ok(serde_json::from_str(&outcome)?),
            other => other,
        };
        match done {
            Ok(done) => answers.push((id, Ok(done))),
            Err(Error::Refused(refusal)) => answers.push((id, Err(refusal))),
            Err(fault) => return Err(fault),
        }
    }
    Ok(answers)
}
