//! What an operation came to: counted once, when it is over, however it ends.
//!
//! A request that takes too long or whose client leaves is dropped in the middle; what it had cost by then is counted all
//! the same. This room knows nothing of what was asked.

use std::sync::Arc;
use std::time::Instant;

use library::Scope;

use super::{Metrics, Outcome, Told};

/// An operation that is being executed; when it is dropped, it is over.
pub struct Reckoning {
    metrics: Arc<Metrics>,
    told: Told,
    name: String,
    begun: Instant,
    scope: Arc<Scope>,
    outcome: Option<Outcome>,
}

impl Reckoning {
    /// An operation of this name, which began at `begun` and reads in `scope`.
    pub fn begin(metrics: Arc<Metrics>, told: Told, name: String, begun: Instant, scope: Arc<Scope>) -> Self {
        Self { metrics, told, name, begun, scope, outcome: None }
    }

    /// It came to its end.
    pub fn ended(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }

    /// How an operation ended that did not come to its end.
    fn broken_off(&self) -> Outcome {
        if std::thread::panicking() {
            Outcome::Failed
        } else if self.told.is_late() {
            Outcome::TimedOut
        } else {
            Outcome::Gone
        }
    }
}

impl Drop for Reckoning {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(|| self.broken_off());
        let (statements, sql) = (self.scope.statements(), self.scope.sql_time());
        self.told.sql(statements, sql);
        self.metrics.operation(&self.name, outcome, self.begun.elapsed(), statements, sql);
    }
}
