//! Placing, removing and overriding a placement (placeContent, removePlacement, overridePlacement), and unpinning.

use super::settle::{members, settle, tell_moved};
use crate::changes::{Action, Caller, Work, commit, commit_as};
use crate::column::ShareType;
use crate::content::{CONTENT, LiveContent, lock};
use crate::database::Sql;
use crate::due::{Due, forget, schedule};
use crate::id::{ColumnId, ContentId, PlacementId};
use crate::instant::Instant;
use crate::may::{Right, Target, may, may_at};
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

/// What of a placement is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditPlacement {
    /// A title of the column's own; `Some(None)` for the content's.
    pub title: Option<Option<String>>,
    /// 0, or more to pin it before the newest.
    pub rank: Option<i64>,
    /// When the pin ends; `Some(None)` for never.
    pub pinned_until: Option<Option<Instant>>,
    /// Whether it is hidden here, and from whoever mirrors this column.
    pub hidden: Option<bool>,
}

static CONTENT_OF: Sql = Sql::new("select content_id, column_id from placement where id = $1");
static PLACED: Sql = Sql::new("select id from placement where content_id = $1 and column_id = $2");
static SAID: Sql = Sql::new("select title, rank, pinned_until, hidden from placement where id = $1");
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

/// Refuses who may not arrange the column of a placement.
async fn may_arrange(work: &mut Work, caller: &Caller, id: PlacementId) -> Result<()> {
    let row = work.row(&CONTENT_OF, &[id.into()]).await?;
    let column = row.map(|row| row.get(1)).transpose()?;
    let target = column.and_then(|column| Target::column(&work.directory, column));
    may_at(&work.directory, caller, Right::Arrange, target.as_ref(), "id")
}

impl Library {
    /// Places a live content in a further column.
    ///
    /// # Errors
    /// Refuses who may not arrange the column, a content that is not live, an unknown column, one that does not accept its
    /// kind, and a content of another site that is not shared freely.
    pub async fn place_content(
        &self,
        caller: &Caller,
        content: ContentId,
        column: ColumnId,
    ) -> Result<(PlacementId, Position)> {
        let mut work = self.begin(caller, Action::PlacementAdded).await?;
        let directory = work.directory.clone();
        // Whether the content is there comes first only for who may place anything.
        may_at(&directory, caller, Right::Arrange, Target::column(&directory, column).as_ref(), "column")?;
        let content = live_content(&mut work, content).await?;
        let target = directory.columns.get(column).cloned().ok_or_else(|| Refusal::not_found("column"))?;
        if !target.fields.accepts.is_empty() && !target.fields.accepts.contains(&content.kind) {
            return Err(Refusal::new(
                RefusalCode::Invalid,
                "column",
                "栏目不接收该类信息",
                "the column does not accept this kind",
            )
            .into());
        }
        if content.home_site != target.site && content.card.share_type != ShareType::Open {
            let home = Target::site(&directory, content.home_site);
            if home.is_none_or(|home| may(&directory, caller, Right::Arrange, &home).is_err()) {
                let (message, english) = ("该信息不予无条件共享", "the content is not shared freely");
                return Err(Refusal::new(RefusalCode::NotAllowed, "content", message, english).into());
            }
        }
        work.site = Some(target.site);
        settle(&mut work, &content, &[], &[column]).await?;
        let row = work.row(&PLACED, &[content.id.into(), column.into()]).await?;
        let id = row.ok_or_else(|| Refusal::not_found("column"))?.get(0)?;
        commit_as(work, |position| (id, position)).await
    }

    /// Takes away a placement that editors made; what only it fed goes with it.
    ///
    /// # Errors
    /// Refuses who may not arrange the column, an unknown placement and one that only a subscription brings.
    pub async fn remove_placement(&self, caller: &Caller, id: PlacementId) -> Result<Position> {
        let mut work = self.begin(caller, Action::PlacementRemoved).await?;
        may_arrange(&mut work, caller, id).await?;
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

    /// Gives a placement a title, a pin or a curtain of its own: all of them as they are given.
    ///
    /// # Errors
    /// As [`Library::edit_placement`].
    pub async fn override_placement(
        &self,
        caller: &Caller,
        id: PlacementId,
        input: OverridePlacement,
    ) -> Result<Position> {
        let OverridePlacement { title, rank, pinned_until, hidden } = input;
        let edit = EditPlacement {
            title: Some(title),
            rank: Some(rank),
            pinned_until: Some(pinned_until),
            hidden: Some(hidden),
        };
        self.edit_placement(caller, id, edit).await
    }

    /// Changes the title, the pin or the curtain of a placement.
    ///
    /// # Errors
    /// Refuses who may not arrange the column, an unknown placement, one that waits for the desk, a negative rank, and a
    /// pin that ended already.
    pub async fn edit_placement(&self, caller: &Caller, id: PlacementId, edit: EditPlacement) -> Result<Position> {
        let mut work = self.begin(caller, Action::PlacementEdited).await?;
        may_arrange(&mut work, caller, id).await?;
        let (content, column) = placement(&mut work, id).await?;
        let before = members(&mut work, content).await?;
        let own = before.iter().find(|standing| standing.id == id).ok_or_else(|| Refusal::not_found("id"))?;
        if !own.accepted {
            let (message, english) = ("该信息尚待审核", "it waits for a decision");
            return Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into());
        }
        let now = said(&mut work, id).await?;
        let until = edit.pinned_until.flatten();
        let input = OverridePlacement {
            title: edit.title.unwrap_or(now.title),
            rank: edit.rank.unwrap_or(now.rank),
            pinned_until: edit.pinned_until.unwrap_or(now.pinned_until),
            hidden: edit.hidden.unwrap_or(now.hidden),
        };
        check(input.rank, until, work.at)?;
        let title = input.title.map(|title| text::accept("title", &title, 300)).transpose()?;
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
        if own.hidden != input.hidden {
            let content = live_content(&mut work, content).await?;
            settle(&mut work, &content, &[], &[]).await?;
        }
        commit(work).await
    }
}

/// What the keeper of a column says of a placement now.
async fn said(work: &mut Work, id: PlacementId) -> Result<OverridePlacement> {
    let row = work.row(&SAID, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
    Ok(OverridePlacement { title: row.get(0)?, rank: row.get(1)?, pinned_until: row.get(2)?, hidden: row.get(3)? })
}

fn check(rank: i64, until: Option<Instant>, now: Instant) -> Result<()> {
    let invalid = |path: &str, message: &str, english: &str| {
        Err(Refusal::new(RefusalCode::Invalid, path, message, english).into())
    };
    if !(0..=1_000_000).contains(&rank) {
        return invalid("rank", "排序值应在0到1000000之间", "0 to 1,000,000");
    }
    if until.is_some_and(|until| until <= now) {
        return invalid("pinned_until", "置顶截止时间已过", "the pin ended already");
    }
    Ok(())
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
