//! Registered operations (登记操作) at the door: what documents are, who may run them, and that they are counted.

use std::sync::Arc;

use axum::http::StatusCode;
use library::Caller;
use library::operation::{Counter, MayRun, OperationKind, OperationRules, ReadOperation, SelectedField};
use operation::{Kind, Rules, Selected};

use super::{App, Refused, bearer};

/// What documents are held against when they are registered.
pub struct Documents(pub Arc<Rules>);

impl OperationRules for Documents {
    fn read(&self, query: &str) -> Result<ReadOperation, String> {
        let Selected { kind, name, fields } = self.0.selected(query).map_err(|refusals| {
            let said = refusals.into_iter().take(3).map(|refusal| match refusal.places.first() {
                Some(place) => format!("{} (line {}, column {})", refusal.message, place.line, place.column),
                None => refusal.message,
            });
            said.collect::<Vec<_>>().join(" ")
        })?;
        let kind = match kind {
            Kind::Query => OperationKind::Query,
            Kind::Mutation => OperationKind::Mutation,
            Kind::Subscription => OperationKind::Subscription,
        };
        let fields = fields.into_iter().map(|(type_name, field)| SelectedField { type_name, field }).collect();
        Ok(ReadOperation { kind, name, fields })
    }
}

/// Counts a text that is asked, if it is registered; answers what counts it from now on.
///
/// # Errors
/// Refuses it to who runs registered operations alone.
pub fn asked(app: &App, caller: Option<&Caller>, query: &str) -> Result<Option<Counter>, Refused> {
    match app.library.may_run(caller, query) {
        Ok(MayRun::Registered(operation)) => {
            let counter = app.library.uses_of(&operation);
            counter.count();
            Ok(Some(counter))
        }
        Ok(MayRun::Unregistered) => Ok(None),
        Ok(MayRun::Barred(of)) => {
            let message =
                format!("The application {of} has not registered this operation: `jiyue operations push` does.");
            Err(Refused::new(StatusCode::FORBIDDEN, "OPERATION_NOT_REGISTERED", message))
        }
        Err(_) => Err(bearer::unauthenticated()),
    }
}
