//! Editing a column (editColumn), and archiving it (archiveColumn); its place in the tree is another deed's.

use super::{Column, ColumnFields, ColumnStatus, accept};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sharing::{SubscriptionSource, SubscriptionState};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update site_column set rank = $2, status = $3, document = $4 where id = $1");
static AT_HOME: Sql = Sql::new(
    "select w.title from placement p join content c on c.id = p.content_id join working w on w.content_id = c.id
     where p.column_id = $1 and p.shown and c.home_column_id = $1
     order by p.published_at desc, p.content_id desc limit $2",
);
static OWN: Sql = Sql::new(
    "select p.content_id from placement p where p.column_id = $1 and exists (select 1 from placement_reason r
       where r.placement_id = p.id and r.origin = 'OWN') order by p.content_id",
);

/// How many contents a refusal names.
const NAMED: i64 = 3;

impl Library {
    /// Replaces a column's fields and status.
    ///
    /// # Errors
    /// As [`Library::change_column`].
    pub async fn edit_column(
        &self,
        caller: &Caller,
        id: ColumnId,
        status: ColumnStatus,
        fields: ColumnFields,
    ) -> Result<Position> {
        self.change_column(caller, id, |own_status, own| {
            *own_status = status;
            *own = fields;
        })
        .await
    }

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

    /// Changes a column's fields and status as `change` says.
    ///
    /// # Errors
    /// Refuses who does not keep it, an unknown column, malformed fields, and closing one that contents are at home in,
    /// that has open columns below it, or that shares or is shared.
    pub async fn change_column(
        &self,
        caller: &Caller,
        id: ColumnId,
        change: impl FnOnce(&mut ColumnStatus, &mut ColumnFields) + Send,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        may_at(&directory, caller, Right::Manage, Target::column(&directory, id).as_ref(), "id")?;
        let before = directory.columns.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let (mut status, mut fields) = (before.status, before.fields.clone());
        change(&mut status, &mut fields);
        let fields = accept(fields, &directory)?;
        if status == ColumnStatus::Closed && before.status != ColumnStatus::Closed {
            require_left(&mut work, &before).await?;
        }
        let name: &str = status.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), name.into(), document.into()]).await?;
        work.site = Some(before.site);
        work.record(AnyId::ColumnId(id), Effect::Changed);
        work.list(List::columns(before.site));
        let by_subject = |source| !matches!(source, SubscriptionSource::Column(_));
        let resettles = fields.share_type != before.fields.share_type
            && directory.subscriptions.all().iter().any(|subscription| by_subject(subscription.source));
        let position = commit(work).await?;
        if !resettles {
            return Ok(position);
        }
        // Tags and organisations take from columns that are shared openly alone.
        let rows = self.database().rows(&OWN, &[id.into()]).await?;
        let own = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<ContentId>>>()?;
        let settled = self.settle_contents(&caller.goes_on(), Action::PlacementEdited, Some(id), &own).await?;
        Ok(settled.unwrap_or(position))
    }
}

/// Refuses to close a column that something still needs.
async fn require_left(work: &mut Work, column: &Column) -> Result<()> {
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
    let rows = work.rows(&AT_HOME, &[column.id.into(), (NAMED + 1).into()]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let titles: Vec<String> = rows.iter().filter_map(|row| row.text(0)).map(|title| format!("《{title}》")).collect();
    let named = titles.iter().take(3).cloned().collect::<Vec<_>>().join("、");
    let more = if titles.len() > 3 { "等" } else { "" };
    let message = format!("以下信息以此为主栏目：{named}{more}");
    let refusal = refuse(message, "contents are at home in it; the Chinese message names some".to_owned());
    Err(refusal.hinting("请先将其移至其他栏目或撤稿", "move them to another column or withdraw them first").into())
}
