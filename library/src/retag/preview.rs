//! Looking at a change of tags before it is done: how many contents, and what would come of the newest of them.

use super::{checked, found};
use crate::changes::{Action, Caller};
use crate::content::{ContentFilter, ContentOrder, Retag, Retagged, retag_one_of_many};
use crate::id::ContentId;
use crate::may::require_somebody;
use crate::refusal::{Error, Refusal, Result};
use crate::scope::Paging;
use crate::{Audience, Library};

/// How many contents are looked at one by one.
const SAMPLE: usize = 10;

/// What would come of a change.
#[derive(Debug, Clone)]
pub struct RetagPreview {
    /// How many live contents the filter finds.
    pub matching: i64,
    /// How many of them do not have these tags already.
    pub changing: i64,
    /// The newest of those.
    pub sample: Vec<RetagSample>,
}

/// What would come of one content.
#[derive(Debug, Clone)]
pub struct RetagSample {
    /// The content.
    pub content: ContentId,
    /// Why it would be passed over, if it would.
    pub refusal: Option<Refusal>,
}

impl Library {
    /// What changing the tags of all that a filter finds would do. Nothing is written: of the newest, each is changed in a
    /// transaction that is given up.
    ///
    /// # Errors
    /// As [`Library::retag_filter`].
    pub async fn preview_retag(&self, caller: &Caller, filter: &ContentFilter, retag: &Retag) -> Result<RetagPreview> {
        require_somebody(caller)?;
        let retag = checked(&self.directory(), caller, filter, retag)?;
        let scope = self.scope(Audience::Public);
        let (Some(all), Some(changing), Some(sample)) = (
            found(&scope, filter, None).await?,
            found(&scope, filter, Some(&retag)).await?,
            found(&scope, filter, Some(&retag)).await?,
        ) else {
            return Ok(RetagPreview { matching: 0, changing: 0, sample: Vec::new() });
        };
        let matching = all.whole().count(&scope, i64::MAX).await?;
        let changing = changing.whole().count(&scope, i64::MAX).await?;
        let mut looked_at = Vec::new();
        for content in scope.newest_of(sample, &Paging::first(SAMPLE)).await? {
            looked_at.push(self.tried(caller, content, &retag).await?);
        }
        Ok(RetagPreview { matching, changing, sample: looked_at })
    }

    /// What would come of one content.
    async fn tried(&self, caller: &Caller, content: ContentId, retag: &Retag) -> Result<RetagSample> {
        let mut work = self.begin(&caller.goes_on(), Action::ContentEdited).await?;
        let refusal = match retag_one_of_many(&mut work, caller, content, retag).await {
            Ok(Retagged::Changed | Retagged::Unchanged) => None,
            Ok(Retagged::PassedOver(refusal)) | Err(Error::Refused(refusal)) => Some(refusal),
            Err(fault) => return Err(fault),
        };
        // Dropped without a commit, nothing of it happened.
        drop(work);
        Ok(RetagSample { content, refusal })
    }
}

impl crate::Scope {
    /// The contents of a page of a list.
    async fn newest_of(
        &self,
        mut list: crate::scope::Filtered,
        paging: &Paging<Vec<crate::database::Value>>,
    ) -> Result<Vec<ContentId>> {
        list.walk.select = "{id}".to_owned();
        list.walk.ascending = ContentOrder::default().ascending;
        let rows = list.rows(self, paging).await?.pop().unwrap_or_default().rows;
        rows.iter().take(paging.size).map(|row| row.get(1)).collect()
    }
}
