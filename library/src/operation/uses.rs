//! How often operations are asked: counted in memory beside the requests, and written down now and then. What a killed node has
//! not written yet is lost.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Operation;
use crate::Library;
use crate::database::Sql;
use crate::id::OperationId;
use crate::refusal::Result;

/// How often an operation was asked since it was written down; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Counter(Arc<AtomicU64>);

impl Counter {
    /// It was asked.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The counters of a node.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<OperationId, Counter>>);

impl Uses {
    fn all(&self) -> MutexGuard<'_, HashMap<OperationId, Counter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

static USED: Sql = Sql::new(
    "insert into operation_use (operation_id, day, uses, used_at) values ($1, $2, $3, $4)
     on conflict (operation_id, day) do update set uses = operation_use.uses + excluded.uses, used_at = excluded.used_at",
);

impl Library {
    /// What counts the uses of an operation on this node.
    pub fn uses_of(&self, operation: &Operation) -> Counter {
        self.operation_uses().all().entry(operation.id).or_default().clone()
    }

    /// Writes down what was counted; how many operations were asked.
    ///
    /// # Errors
    /// When the database fails; what was counted is counted on.
    pub async fn write_uses(&self) -> Result<u64> {
        let all = self.operation_uses().all().clone();
        let now = self.now();
        let day = self.zone().date(now).to_string();
        let mut written = 0;
        for (id, counter) in all {
            let uses = counter.0.swap(0, Ordering::Relaxed);
            if uses == 0 {
                continue;
            }
            let noted = async {
                let mut transaction = self.database().begin().await?;
                let params =
                    [id.into(), day.as_str().into(), i64::try_from(uses).unwrap_or(i64::MAX).into(), now.into()];
                transaction.run(&USED, &params).await?;
                transaction.commit().await
            };
            if let Err(error) = noted.await {
                counter.0.fetch_add(uses, Ordering::Relaxed);
                return Err(error);
            }
            written += 1;
        }
        Ok(written)
    }
}
