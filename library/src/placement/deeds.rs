//! Placing, removing and overriding a placement (placeContent, removePlacement, overridePlacement), and unpinning.

use super::settle::{members, settle, tell_moved};
use crate::changes::{Action, Caller, Work, commit};
use crate::content::{CONTENT, LiveContent, lock};
use crate::database::Sql;
use crate::due::{Due, forget, schedule};
use crate::id::{ColumnId, ContentId, PlacementId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// What the keeper of a column says of a placement in it; never of the content.
#[derive(Debug, Clone, Default)]
pub struct OverridePlacement {
    /// A title of the column's own; the content's if not given.
    pub title: Option<String>,
    /// 0, or more to pin it before the newest.
    pub rank: i64,
    /// When the pin ends.
    pub pinned_until: Option<Instant>,
    /// Whether it is hidden here, and from whoever mirrors this column.
    pub hidden: bool,
}

static CONTENT_OF: Sql = Sql::new("select content_id, column_id from placement where id = $1");
static OVERRIDE: Sql =
    Sql::new("update placement set title = $2, rank = $3, pinned_until = $4, hidden = $5, shown = $6 where id = $1");

/// A live content, locked for this deed.
pub(crate) async fn live_content(work: &mut Work, id: ContentId) -> Result<LiveContent> {
    lock(work, id).await?;
    let text = format!("select {} from content c where c.id = $1", CONTENT.replace("{c}", "c"));
    let row = work.row(&Sql::built(text), &[id.into()]).await?;
    LiveContent::read(work.library().cards(), &row.ok_or_else(|| Refusal::not_found("content"))?, 0)
}

/// The content, locked for this deed, and the column of a placement.
async fn placement(work: &mut Work, id: PlacementId) -> Result<(ContentId, ColumnId)> {
    let row = work.row(&CONTENT_OF, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
    lock(work, row.get(0)?).await?;
    // The deed that was waited for may have taken the placement away.
    let row = work.row(&CONTENT_OF, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
    Ok((row.get(0)?, row.get(1)?))
}

impl Library {
    /// Places a live content in a further column.
    ///
    /// # Errors
    /// Refuses a content that is not live, an unknown column, and one that does not accept its kind.
    pub async fn place_content(&self, caller: &Caller, content: ContentId, column: ColumnId) -> Result<Position> {
        let mut work = self.begin(caller, Action::PlacementAdded).await?;
        let content = live_content(&mut work, content).await?;
        let target = work.directory.columns.get(column).cloned().ok_or_else(|| Refusal::not_found("column"))?;
        if !target.fields.accepts.is_empty() && !target.fields.accepts.contains(&content.kind) {
            return Err(Refusal::new(
                RefusalCode::Invalid,
                "column",
                "栏目不接收该类信息",
                "the column does not accept this kind",
            )
            .into());
        }
        work.site = Some(target.site);
        settle(&mut work, &content, &[], &[column]).await?;
        commit(work).await
    }

    /// Takes away a placement that editors made; what only it fed goes with it.
    ///
    /// # Errors
    /// Refuses an unknown placement and one that only a subscription brings.
    pub async fn remove_placement(&self, caller: &Caller, id: PlacementId) -> Result<Position> {
        let mut work = self.begin(caller, Action::PlacementRemoved).await?;
        let (content, column) = placement(&mut work, id).await?;
        let standing = members(&mut work, content).await?;
        if !standing.iter().any(|standing| standing.id == id && standing.own) {
            return Err(Refusal::new(
                RefusalCode::WrongState,
                "id",
                "共享信息请隐藏而不是移除",
                "it is mirrored: hide it instead",
            )
            .into());
        }
        let content = live_content(&mut work, content).await?;
        work.site = work.directory.columns.get(column).map(|column| column.site);
        settle(&mut work, &content, &[column], &[]).await?;
        commit(work).await
    }

    /// Gives a placement a title, a pin or a curtain of its own.
    ///
    /// # Errors
    /// Refuses an unknown placement, a negative rank, and a pin that ended already.
    pub async fn override_placement(
        &self,
        caller: &Caller,
        id: PlacementId,
        input: OverridePlacement,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::PlacementEdited).await?;
        let (content, column) = placement(&mut work, id).await?;
        if input.rank < 0 || input.rank > 1_000_000 {
            return Err(Refusal::new(RefusalCode::Invalid, "rank", "排序值应在0到1000000之间", "0 to 1,000,000").into());
        }
        if input.pinned_until.is_some_and(|until| until <= work.at) {
            return Err(Refusal::new(
                RefusalCode::Invalid,
                "pinned_until",
                "置顶截止时间已过",
                "the pin ended already",
            )
            .into());
        }
        let title = input.title.map(|title| text::accept("title", &title, 300)).transpose()?;
        let before = members(&mut work, content).await?;
        let params = [
            id.into(),
            title.filter(|title| !title.is_empty()).into(),
            input.rank.into(),
            input.pinned_until.into(),
            input.hidden.into(),
            (!input.hidden).into(),
        ];
        work.run(&OVERRIDE, &params).await?;
        forget(&mut work, id.0).await?;
        if let Some(until) = input.pinned_until {
            schedule(&mut work, until, Due::Unpin, id.0).await?;
        }
        work.site = work.directory.columns.get(column).map(|column| column.site);
        tell_moved(&mut work, &before, content).await?;
        let was_hidden = before.iter().any(|standing| standing.id == id && standing.hidden);
        if was_hidden != input.hidden {
            let content = live_content(&mut work, content).await?;
            settle(&mut work, &content, &[], &[]).await?;
        }
        commit(work).await
    }
}

/// A pin ends.
pub(crate) async fn unpin(work: &mut Work, id: PlacementId) -> Result<()> {
    static UNPIN: Sql = Sql::new("update placement set rank = 0, pinned_until = null where id = $1");
    let Ok((content, column)) = placement(work, id).await else { return Ok(()) };
    let before = members(work, content).await?;
    work.run(&UNPIN, &[id.into()]).await?;
    work.site = work.directory.columns.get(column).map(|column| column.site);
    tell_moved(work, &before, content).await
}
