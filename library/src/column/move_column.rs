//! Moving or renaming a column in the tree (moveColumn): no address of it breaks.

use crate::changes::{Action, Caller, Effect, KeyKind, List, commit, key_of};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update site_column set parent_id = $2, path = $3 where id = $1");
static LEAD: Sql = Sql::new(
    "insert into address (site_id, path, prefix, column_id) values ($1, $2, $3, $4)
     on conflict (site_id, path) do update set prefix = excluded.prefix, column_id = excluded.column_id,
       content_id = null, to_url = null, gone_at = null",
);
static FORGET: Sql = Sql::new("delete from address where site_id = $1 and path = $2 and column_id = $3");
static TAKEN: Sql = Sql::new("select path from address where site_id = $1 and path = $2 and column_id <> $3");

impl Library {
    /// Gives a column the path `to` on its site, with everything below it. The old path leads to the new one for
    /// good: one redirect row for the column, whatever hangs below.
    ///
    /// # Errors
    /// Refuses an unknown column, a path that is taken, a missing parent, and a place below itself.
    pub async fn move_column(&self, caller: &Caller, id: ColumnId, to: &str) -> Result<Position> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let column = directory.columns.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        let to = text::path("path", to)?;
        let key = |path: &str| key_of(&column.site.to_string(), path);
        if directory.columns.by_key(KeyKind::Path, &key(&to)).is_some()
            || work.row(&TAKEN, &[column.site.into(), (&to).into(), id.into()]).await?.is_some()
        {
            return Err(Refusal::duplicate("path").into());
        }
        if to.starts_with(&format!("{}/", column.path)) {
            return Err(Refusal::new(RefusalCode::Loop, "path", "不能移到自己下面", "lies below itself").into());
        }
        let parent = match to.rsplit_once('/') {
            Some(("", _)) | None => None,
            Some((above, _)) => {
                Some(directory.columns.by_key(KeyKind::Path, &key(above)).ok_or_else(|| Refusal::not_found("path"))?.id)
            }
        };
        for moved in directory.columns.family(id) {
            let Some(below) = directory.columns.get(moved) else { continue };
            let path = format!("{to}{}", &below.path[column.path.len()..]);
            let parent = if moved == id { parent } else { below.parent };
            work.run(&UPDATE, &[moved.into(), parent.into(), (&path).into()]).await?;
            work.record(AnyId::ColumnId(moved), Effect::Changed);
            work.key(KeyKind::Path, key(&below.path));
            work.key(KeyKind::Path, key(&path));
        }
        work.run(&FORGET, &[column.site.into(), (&to).into(), id.into()]).await?;
        work.run(&LEAD, &[column.site.into(), (&column.path).into(), true.into(), id.into()]).await?;
        work.site = Some(column.site);
        work.list(List::Columns(column.site));
        commit(work).await
    }
}
