//! Reading a withdrawal with its receipts, for who sees the content on the desk. Receipts change without the log, so what
//! shows them is kept by nobody.

use super::{Receipt, Withdrawal};
use crate::content::Working;
use crate::database::Sql;
use crate::refusal::Result;
use crate::{Paging, Scope};

static WITHDRAWAL: Sql = Sql::new(
    "select at, reason, notice, cast((select count(*) from withdrawal_receipt r
       where r.content_id = w.content_id and r.removed_at = w.at) as bigint) from withdrawal w where content_id = $1",
);
static RECEIPTS: Sql = Sql::new(
    "select site_id, column_id, placements, removed_at, cache_evicted_at, delivered_at, search_passed_at from withdrawal_receipt
     where content_id = $1 and removed_at = $2
     order by case when cache_evicted_at is null or search_passed_at is null or delivered_at is null then 0 else 1 end, site_id, column_id
     limit $3 offset $4",
);

impl Scope {
    /// The withdrawal of a content that is off every site; only for who was shown the content on the desk.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdrawal(&self, working: &Working) -> Result<Option<Withdrawal>> {
        let _ = self.caller();
        let rows = self.rows(&WITHDRAWAL, vec![working.id.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (at, reason, notice, columns) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(Some(Withdrawal { content: working.id, at, reason, notice, columns }))
    }

    /// The receipts of a withdrawal, those first that somebody is waited for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receipts(&self, withdrawal: &Withdrawal, paging: &Paging<()>) -> Result<Vec<Receipt>> {
        let (size, offset) = (paging.size as i64, paging.offset as i64);
        let params = vec![withdrawal.content.into(), withdrawal.at.into(), size.into(), offset.into()];
        let mut receipts = Vec::new();
        for row in self.rows(&RECEIPTS, params).await? {
            receipts.push(Receipt {
                site: row.get(0)?,
                column: row.get(1)?,
                placements: row.get(2)?,
                removed_at: row.get(3)?,
                cache_evicted_at: row.get(4)?,
                delivered_at: row.get(5)?,
                search_passed_at: row.get(6)?,
            });
        }
        Ok(receipts)
    }
}
