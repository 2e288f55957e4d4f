//! Archiving a column (archiveColumn, 归档): it is closed when nothing needs it any more.

use super::{Column, ColumnStatus};
use crate::changes::{Caller, Work};
use crate::database::Sql;
use crate::id::ColumnId;
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sharing::{SubscriptionSource, SubscriptionState};
use crate::{Library, Position};

static AT_HOME: Sql = Sql::new(
    "select w.title from placement p join content c on c.id = p.content_id join working w on w.content_id = c.id
     where p.column_id = $1 and p.shown and c.home_column_id = $1
     order by p.published_at desc, p.content_id desc limit $2",
);
/// How many contents a refusal names.
const NAMED: usize = 3;

impl Library {
    /// Archives a column (归档): it is closed and left out of lists and navigation; its address stays.
    ///
    /// # Errors
    /// As [`Library::change_column`], and refuses one that is archived already.
    pub async fn archive_column(&self, caller: &Caller, id: ColumnId) -> Result<Position> {
        let closed = self.directory().columns.get(id).is_some_and(|column| column.status == ColumnStatus::Closed);
        if closed {
            let directory = self.directory();
            may_at(&directory, caller, Right::Manage, Target::column(&directory, id).as_ref(), "id")?;
            let (message, english) = ("该栏目已归档", "it is archived already");
            return Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into());
        }
        self.change_column(caller, id, |status, _| *status = ColumnStatus::Closed).await
    }
}

/// Refuses to close a column that something still needs.
pub(super) async fn require_left(work: &mut Work, column: &Column) -> Result<()> {
    let refuse = |message: String, english: String| Refusal::new(RefusalCode::WrongState, "id", message, english);
    let directory = work.directory.clone();
    if let Some(below) = directory.columns.children(column.id).find(|below| below.status != ColumnStatus::Closed) {
        let message = format!("下级栏目“{}”尚未归档", below.fields.name);
        return Err(refuse(message, format!("the column {} below it is open", below.path)).into());
    }
    let source = SubscriptionSource::Column(column.id);
    let shares = directory.subscriptions.all().iter().find(|subscription| {
        (subscription.target == column.id || subscription.source == source)
            && !matches!(subscription.state, SubscriptionState::Refused)
    });
    if let Some(shared) = shares {
        let (message, english) = ("该栏目仍在共享中", format!("the shared column {} has an end here", shared.id));
        let hint = ("请先取消共享", "end it first by unsubscribeColumn");
        return Err(refuse(message.to_owned(), english).hinting(hint.0, hint.1).into());
    }
    let rows = work.rows(&AT_HOME, &[column.id.into(), (NAMED as i64 + 1).into()]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let titles: Vec<String> = rows.iter().filter_map(|row| row.text(0)).map(|title| format!("《{title}》")).collect();
    let named = titles.iter().take(NAMED).cloned().collect::<Vec<_>>().join("、");
    let more = if titles.len() > NAMED { "等" } else { "" };
    let message = format!("以下信息以此为主栏目：{named}{more}");
    let refusal = refuse(message, "contents are at home in it; the Chinese message names some".to_owned());
    Err(refusal.hinting("请先将其移至其他栏目或撤稿", "move them to another column or withdraw them first").into())
}
