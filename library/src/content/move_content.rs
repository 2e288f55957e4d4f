//! Moving a content (moveContent): to another column of its site, at once where it is live.

use super::ContentFields;
use super::classify::classify;
use super::draft::require_columns;
use super::working::{Working, working};
use crate::changes::{Action, Caller, commit_as};
use crate::column::review_policy;
use crate::id::{ColumnId, ContentId};
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, Who};

impl Library {
    /// Makes another column of the same site the home of a content; its further columns stay. What is live moves at once, and
    /// a revision that is being worked on moves along. Answers the number of the newest revision.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not publish it or may not publish in the column, a revision that is no longer the
    /// newest, a column of another site or one that does not take its kind, a content that is under review, and a live one
    /// where the column demands more levels of review than the one before.
    pub async fn move_content(
        &self,
        caller: &Caller,
        id: ContentId,
        column: ColumnId,
        expected_revision: i64,
    ) -> Result<(i64, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ContentDrafted).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Publish)?;
        require_columns(&work.directory, caller, Right::Publish, &[column])?;
        before.expect(expected_revision)?;
        if work.directory.columns.get(column).is_none_or(|found| found.site != before.site) {
            let (message, english) = ("目标栏目属于其他站点", "the column belongs to another site");
            let refusal = Refusal::new(RefusalCode::Invalid, "column", message, english);
            return Err(refusal.hinting("请复制到该站点，或使用栏目共享", "copy it there, or share a column").into());
        }
        if before.live_revision.is_some() && caller.who != Who::Program {
            require_no_more_levels(&work.directory, &before, column)?;
        }
        let number = classify(&mut work, &before, "调整栏目", |fields| rehome(fields, column)).await?;
        commit_as(work, |position| (number, position)).await
    }
}

/// Refuses to move what is live, unread, to where more levels of review are demanded.
fn require_no_more_levels(directory: &Directory, before: &Working, column: ColumnId) -> Result<()> {
    let levels = |column| review_policy(directory, before.site, column).levels;
    let (passed, demanded) = (levels(before.column), levels(Some(column)));
    if demanded <= passed {
        return Ok(());
    }
    let message = format!("目标栏目要求{demanded}级审核，原栏目为{passed}级");
    let english = format!("the column demands {demanded} levels of review, the one before {passed}");
    let refusal = Refusal::new(RefusalCode::GateRefused, "column", message, english);
    Err(refusal
        .hinting("请用 editContent 修改栏目后重新交审", "change its columns by editContent and submit it again")
        .into())
}

/// Puts the column in the place of the home column.
fn rehome(fields: &mut ContentFields, column: ColumnId) {
    fields.columns.retain(|other| *other != column);
    match fields.columns.first_mut() {
        Some(home) => *home = column,
        None => fields.columns.push(column),
    }
}
