//! Retiring a registered operation (retireOperation): keys of its application do not run it any more.

use super::register::may_register;
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, OperationId};
use crate::may::require_somebody;
use crate::refusal::{Error, Refusal, Result};
use crate::{Library, Position};

static RETIRE: Sql = Sql::new("update operation set retired_at = $2 where id = $1 and retired_at is null");

impl Library {
    /// Retires an operation, which is registered again if it is asked for again.
    ///
    /// # Errors
    /// Refuses an unknown operation, which is every one that the caller may not register; one that is retired stays so.
    pub async fn retire_operation(&self, caller: &Caller, id: OperationId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::OperationsChanged).await?;
        let directory = work.directory.clone();
        let not_found = || Refusal::not_found("operation");
        let operation = directory.operations.get(id).ok_or_else(not_found)?;
        may_register(&directory, caller, &operation.app).map_err(|error| match error {
            Error::Refused(_) => not_found().into(),
            other => other,
        })?;
        if !operation.is_retired() {
            work.run(&RETIRE, &[id.into(), work.at.into()]).await?;
            work.record(AnyId::OperationId(id), Effect::Left);
            work.key(KeyKind::Operation, &operation.digest);
            work.list(List::operations());
        }
        commit(work).await
    }
}
