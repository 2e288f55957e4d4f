//! Reading registered operations, and who still reads a field of the schema.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Operation, sees_all};
use crate::Scope;
use crate::changes::List;
use crate::database::Sql;
use crate::id::{AnyId, OperationId};
use crate::instant::Instant;
use crate::means;
use crate::refusal::Result;

/// How often an operation was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// How often in all.
    pub total: i64,
    /// How often in the last 30 days, this one included.
    pub lately: i64,
    /// When it was last written down as asked.
    pub last_at: Option<Instant>,
}

/// An operation that selects a field.
#[derive(Debug, Clone)]
pub struct SchemaUse {
    /// The operation.
    pub operation: Arc<Operation>,
    /// How often it was asked.
    pub used: Used,
}

static USED: Sql = Sql::new(
    "select operation_id, cast(sum(uses) as bigint), cast(sum(case when day > $2 then uses else 0 end) as bigint), max(used_at)
     from operation_use where operation_id in ids($1) group by operation_id",
);

/// How many days are lately.
const LATELY: i64 = 30;
/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

impl Scope {
    /// A registered operation, if the asker may see it.
    pub fn operation(&self, id: OperationId) -> Option<Arc<Operation>> {
        self.note_record(AnyId::OperationId(id));
        self.directory().operations.get(id).filter(|operation| self.sees(operation)).cloned()
    }

    /// The registered operations that the asker may see, by application and name: of one application, if it is given, and
    /// those that are retired too, if they are wanted.
    pub fn operations(&self, app: Option<&str>, with_retired: bool) -> Vec<Arc<Operation>> {
        self.note_list(List::operations());
        let wanted = |operation: &&Arc<Operation>| {
            app.is_none_or(|app| operation.app == app)
                && (with_retired || !operation.is_retired())
                && self.sees(operation)
        };
        self.directory().operations.all().iter().filter(wanted).cloned().collect()
    }

    /// Which operations that are not retired select a field, or without its name any of a type; those that are asked most lately
    /// first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema_use(&self, type_name: &str, field: Option<&str>) -> Result<Vec<SchemaUse>> {
        let mut found = self.operations(None, false);
        found.retain(|operation| operation.selects(type_name, field));
        let ids: Vec<OperationId> = found.iter().map(|operation| operation.id).collect();
        let used = self.operations_used(&ids).await?;
        let with_use = |operation: Arc<Operation>| {
            let used = used.get(&operation.id).copied().unwrap_or_default();
            SchemaUse { operation, used }
        };
        let mut uses: Vec<SchemaUse> = found.into_iter().map(with_use).collect();
        uses.sort_by_key(|one| std::cmp::Reverse(one.used.lately));
        Ok(uses)
    }

    /// How often operations were asked, as far as it is written down. It stands in no log, so what shows it is kept by nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operations_used(&self, ids: &[OperationId]) -> Result<HashMap<OperationId, Used>> {
        let _ = self.caller();
        let now = self.library().now();
        let since = self.library().zone().date(now.plus_milliseconds(-LATELY * DAY)).to_string();
        let rows = self.rows(&USED, vec![ids.into(), since.as_str().into()]).await?;
        let read = |row: &crate::database::Row| {
            Ok((row.get(0)?, Used { total: row.get(1)?, lately: row.get(2)?, last_at: row.get(3)? }))
        };
        rows.iter().map(read).collect()
    }

    /// Whether the asker keeps or audits the platform, or brings a key of the application.
    fn sees(&self, operation: &Operation) -> bool {
        let (directory, Some(caller)) = (self.directory(), self.caller()) else { return false };
        let key = means::key_of(&directory, caller).ok().flatten();
        key.is_some_and(|key| key.fields.app.as_deref() == Some(&operation.app)) || sees_all(&directory, caller)
    }
}
