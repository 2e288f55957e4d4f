//! Copying a content (copyContent): a new draft that begins with what another one says.

use super::draft::{DraftContent, draft, require_columns};
use super::working::{revision, working};
use crate::changes::{Action, Caller, commit_as};
use crate::id::{ColumnId, ContentId};
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

impl Library {
    /// Begins a content in `column` with what the newest revision of another one says; where it came from stays with that.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not edit it or may not draft in the column, and a column that does not take its
    /// kind. Fields of the other site's own that the column's site does not have are left out.
    pub async fn copy_content(
        &self,
        caller: &Caller,
        id: ContentId,
        column: ColumnId,
    ) -> Result<(ContentId, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Edit)?;
        let directory = work.directory.clone();
        require_columns(&directory, caller, Right::Draft, &[column])?;
        let site = directory.columns.get(column).ok_or_else(|| Refusal::not_found("column"))?.site;
        let mut fields = revision(&mut work, id, before.revision).await?;
        fields.columns = vec![column];
        fields.origin = None;
        let known =
            |key: &str| directory.fields.all().iter().any(|field| field.key == key && field.is_of(site, before.kind));
        fields.fields.retain(|entry| known(&entry.key));
        let copy = ContentId(self.new_id());
        draft(&mut work, copy, DraftContent { site, fields }).await?;
        work.reason = Some(format!("复制自《{}》", before.title));
        commit_as(work, |position| (copy, position)).await
    }
}
