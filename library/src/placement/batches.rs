//! Settling many contents after a rule changed: in batches that are each a deed of their own, so that others come between.

use super::deeds::live_content;
use super::settle::settle;
use crate::changes::{Action, Caller, commit};
use crate::id::{ColumnId, ContentId};
use crate::refusal::{Error, Result};
use crate::{Library, Position};

/// How many contents are settled in one transaction.
const BATCH: usize = 100;

impl Library {
    /// Settles contents; what is not live any more is passed over. Answers the last position, if there was anything to do.
    pub(crate) async fn settle_contents(
        &self,
        caller: &Caller,
        action: Action,
        column: Option<ColumnId>,
        contents: &[ContentId],
    ) -> Result<Option<Position>> {
        let mut last = None;
        for batch in contents.chunks(BATCH) {
            let mut work = self.begin(caller, action).await?;
            work.site = column.and_then(|column| work.directory.columns.get(column)).map(|column| column.site);
            for id in batch {
                // Another deed may have withdrawn it in the meantime.
                match live_content(&mut work, *id).await {
                    Ok(content) => {
                        settle(&mut work, &content, &[], &[]).await?;
                    }
                    Err(Error::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            last = Some(commit(work).await?);
        }
        Ok(last)
    }
}
