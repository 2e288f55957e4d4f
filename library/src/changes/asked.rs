//! What deeds ask of the database: how many statements, and, for whoever looks at their plans, which.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::database::{Sql, Value};

/// The statements of the deeds of one process, but for the few that each has in common at its beginning and its end.
#[derive(Debug, Default)]
pub struct Asked {
    count: AtomicU64,
    is_kept: AtomicBool,
    kept: Mutex<Vec<(Sql, Vec<Value>)>>,
}

impl Asked {
    /// How many statements there were.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// From now on statements are kept until they are taken.
    pub fn keep(&self) {
        self.is_kept.store(true, Ordering::Relaxed);
    }

    /// The statements that were kept since they were taken last, with their parameters.
    pub fn take(&self) -> Vec<(Sql, Vec<Value>)> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn note(&self, sql: &Sql, params: &[Value]) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if self.is_kept.load(Ordering::Relaxed) {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push((sql.copy(), params.to_vec()));
        }
    }
}
