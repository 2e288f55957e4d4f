//! Creating a column (createColumn).

use super::{ColumnFields, ColumnStatus, accept, not_reserved};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit, key_of};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::{Library, text};

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
    /// Refuses an unknown site, a path that is taken or led elsewhere once, a path without its parent, and
    /// malformed fields.
    pub async fn create_column(&self, caller: &Caller, input: CreateColumn) -> Result<ColumnId> {
        let mut work = self.begin(caller, Action::ColumnChanged).await?;
        let directory = work.directory.clone();
        let site = directory.sites.get(input.site).ok_or_else(|| Refusal::not_found("site"))?;
        let path = text::path("path", &input.path)?;
        let key = |path: &str| key_of(&site.id.to_string(), path);
        let found = |path: &str| directory.columns.by_key(KeyKind::Path, &key(path));
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
        commit(work).await?;
        Ok(id)
    }
}
