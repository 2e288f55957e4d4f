//! Moving or renaming a column in the tree (moveColumn): no address of it breaks.

use std::collections::BTreeSet;

use super::{Column, not_reserved};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit, key_of};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId};
use crate::may::{Right, Target, may_at};
use crate::placement::recount_family;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sharing::SubscriptionSource;
use crate::sweep::Rest;
use crate::{Directory, Library, Position, text};

static UPDATE: Sql = Sql::new("update site_column set parent_id = $2, path = $3 where id = $1");
static LED: Sql = Sql::new(
    "select path, column_id from address where site_id = $1 and prefix and column_id in ids($2) order by path",
);
static LEAD: Sql = Sql::new(
    "insert into address (site_id, path, prefix, column_id) values ($1, $2, $3, $4)
     on conflict (site_id, path) do nothing",
);
static FORGET: Sql = Sql::new("delete from address where site_id = $1 and path = $2 and column_id = $3");
static TAKEN: Sql =
    Sql::new("select path from address where site_id = $1 and path = $2 and (column_id is null or column_id <> $3)");

impl Library {
    /// Gives a column the path `to` on its site, with everything below it. The old path leads to the new one for
    /// good: a redirect row for each path that the column had, whatever hangs below.
    ///
    /// # Errors
    /// Refuses who does not keep it and what it comes under, an unknown column, a path that is taken or led elsewhere once, for it or for what hangs below it, a
    /// missing parent, and a place below itself.
    pub async fn move_column(&self, caller: &Caller, id: ColumnId, to: &str) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        may_at(&directory, caller, Right::Manage, Target::column(&directory, id).as_ref(), "id")?;
        let column = directory.columns.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        let to = text::path("path", to)?;
        let key = |path: &str| key_of(&column.site.to_string(), path);
        if directory.columns.by_key(KeyKind::Path, &key(&to)).is_some() {
            return Err(Refusal::duplicate("path").into());
        }
        not_reserved(&to)?;
        if to.starts_with(&format!("{}/", column.path)) {
            return Err(Refusal::new(RefusalCode::Loop, "path", "不能移到自己下面", "lies below itself").into());
        }
        let parent = match to.rsplit_once('/') {
            Some(("", _)) | None => None,
            Some((above, _)) => {
                Some(directory.columns.by_key(KeyKind::Path, &key(above)).ok_or_else(|| Refusal::not_found("path"))?.id)
            }
        };
        if let Some(parent) = parent {
            may_at(&directory, caller, Right::Manage, Target::column(&directory, parent).as_ref(), "path")?;
        }
        for moved in directory.columns.family(id) {
            let Some(below) = directory.columns.get(moved) else { continue };
            let path = format!("{to}{}", &below.path[column.path.len()..]);
            let parent = if moved == id { parent } else { below.parent };
            // A path that led to something else once is not taken from it; its own comes back to it.
            if work.row(&TAKEN, &[column.site.into(), (&path).into(), moved.into()]).await?.is_some() {
                return Err(Refusal::duplicate("path").into());
            }
            work.run(&FORGET, &[column.site.into(), (&path).into(), moved.into()]).await?;
            work.run(&UPDATE, &[moved.into(), parent.into(), (&path).into()]).await?;
            work.record(AnyId::ColumnId(moved), Effect::Changed);
            work.key(KeyKind::Path, key(&below.path));
            work.key(KeyKind::Path, key(&path));
        }
        recount(&mut work, id, parent).await?;
        for old in former_paths(&mut work, column).await? {
            work.run(&LEAD, &[column.site.into(), (&old).into(), true.into(), id.into()]).await?;
            work.key(KeyKind::Path, key(&old));
        }
        work.site = Some(column.site);
        work.list(List::columns(column.site));
        if !is_taken_with_what_is_above(&directory, id, parent) {
            return commit(work).await;
        }
        self.commit_and_sweep(work, caller, Rest::Column { id, with_descendants: true }).await
    }
}

/// Whether a shared column takes what stands below something that the column hung under, or hangs under from now on.
fn is_taken_with_what_is_above(before: &Directory, id: ColumnId, parent: Option<ColumnId>) -> bool {
    let mut above: Vec<ColumnId> = before.columns.ancestors(id).iter().map(|column| column.id).collect();
    above.extend(parent.iter().flat_map(|parent| before.columns.ancestors(*parent)).map(|column| column.id));
    above.extend(parent);
    before.subscriptions.all().iter().any(|subscription| {
        let from = |column: &ColumnId| subscription.source == SubscriptionSource::Column(*column);
        subscription.fields.with_descendants && above.iter().any(from)
    })
}

/// Counts anew what the columns show that `moved` hangs under no more, or from now on.
async fn recount(work: &mut Work, moved: ColumnId, parent: Option<ColumnId>) -> Result<()> {
    let directory = work.directory.clone();
    let own = directory.columns.family(moved);
    let left: BTreeSet<ColumnId> = directory.columns.ancestors(moved).iter().map(|above| above.id).collect();
    let mut entered: BTreeSet<ColumnId> = parent.into_iter().collect();
    entered.extend(parent.iter().flat_map(|parent| directory.columns.ancestors(*parent)).map(|above| above.id));
    for column in left.symmetric_difference(&entered) {
        let mut family = directory.columns.family(*column);
        family.retain(|member| !own.contains(member));
        if entered.contains(column) {
            family.extend(&own);
        }
        recount_family(work, *column, &family).await?;
    }
    Ok(())
}

/// The path that a column leaves, and those that it had because what it hangs under moved: what led there by way of
/// the columns above has to lead to this one from now on.
async fn former_paths(work: &mut Work, column: &Column) -> Result<Vec<String>> {
    let directory = work.directory.clone();
    let above = directory.columns.ancestors(column.id);
    let ids: Vec<ColumnId> = above.iter().map(|above| above.id).collect();
    let mut paths = vec![column.path.clone()];
    for row in work.rows(&LED, &[column.site.into(), ids.as_slice().into()]).await? {
        let (old, of): (String, ColumnId) = (row.get(0)?, row.get(1)?);
        let Some(above) = above.iter().find(|above| above.id == of) else { continue };
        paths.push(format!("{old}{}", &column.path[above.path.len()..]));
    }
    Ok(paths)
}
