//! Creating a column (createColumn).

use super::{ColumnFields, ColumnStatus, accept, not_reserved};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit_as, key_of};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, SiteId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

/// A column to be created.
#[derive(Debug, Clone)]
pub struct CreateColumn {
    /// Its site.
    pub site: SiteId,
    /// Its whole path on the site; what it hangs under is found by the path.
    pub path: String,
    /// What describes it.
    pub fields: ColumnFields,
}

static TAKEN: Sql = Sql::new("select path from address where site_id = $1 and path = $2");
static INSERT: Sql = Sql::new(
    "insert into site_column (id, site_id, parent_id, path, rank, status, document) values ($1, $2, $3, $4, $5, $6, $7)",
);

impl Library {
    /// Creates a column.
    ///
    /// # Errors
    /// Refuses who does not keep the column above it or the site, an unknown site, a path that is taken or led elsewhere once, a path without its parent, and
    /// malformed fields.
    pub async fn create_column(&self, caller: &Caller, input: CreateColumn) -> Result<(ColumnId, Position)> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let key = |path: &str| key_of(&input.site.to_string(), path);
        let found = |path: &str| directory.columns.by_key(KeyKind::Path, &key(path));
        let above = text::normal_path(&input.path).rsplit_once('/').and_then(|(above, _)| found(above)).cloned();
        let target = match above {
            Some(above) => Target::column(&directory, above.id),
            None => Target::site(&directory, input.site),
        };
        may_at(&directory, caller, Right::Manage, target.as_ref(), "site")?;
        let site = directory.sites.get(input.site).ok_or_else(|| Refusal::not_found("site"))?;
        let path = text::path("path", &input.path)?;
        if found(&path).is_some() || work.row(&TAKEN, &[site.id.into(), (&path).into()]).await?.is_some() {
            return Err(Refusal::duplicate("path").into());
        }
        not_reserved(&path)?;
        let parent = match path.rsplit_once('/') {
            Some(("", _)) | None => None,
            Some((above, _)) => Some(found(above).ok_or_else(|| Refusal::not_found("path"))?.id),
        };
        let fields = accept(input.fields, &directory)?;
        let id = ColumnId(self.new_id());
        let status: &str = ColumnStatus::Open.into();
        let params = [
            id.into(),
            site.id.into(),
            parent.into(),
            (&path).into(),
            fields.rank.into(),
            status.into(),
            serde_json::to_string(&fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.site = Some(site.id);
        work.record(AnyId::ColumnId(id), Effect::Entered);
        work.list(List::columns(site.id));
        work.key(KeyKind::Path, key(&path));
        commit_as(work, |position| (id, position)).await
    }
}
