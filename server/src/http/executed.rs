//! Executing a question that was admitted: in a scope, counted, within the bounds of an answer.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{ErrorExtensionValues, Response as Answer};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use library::{Caller, Scope};
use operation::{Admitted, Limit};
use schema::{Asking, Cookie, Plain, Uploaded};
use serde_json::json;

use super::graphql::{Asker, refusal, reply};
use super::presented::State;
use super::reckoning::Reckoning;
use super::view::View;
use super::{App, Arrived, Outcome, Refused, cookie, explained, kept};

/// The header that asks for what an answer cost and depended on.
pub(super) const EXPLAIN: &str = "jiyue-explain";

/// What came of an execution.
pub struct Ran {
    /// The body, unless it was too long or could not be written.
    pub body: Result<Vec<u8>, Box<Response>>,
    /// Whether it has no errors.
    pub is_whole: bool,
    /// What was read.
    pub scope: Arc<Scope>,
    cookie: Cookie,
}

/// Executes a question that was admitted, with the file that came with it; what came is nobody else's.
pub(super) async fn execute(
    app: &App,
    asker: &Asker,
    admitted: Admitted,
    (caller, asking, view): (Option<Caller>, Asking, View),
    uploaded: Uploaded,
    begun: Instant,
) -> Response {
    let kind = admitted.kind;
    let ran = match view.scope(&app.library).await {
        Ok(scope) => {
            let scope = match caller {
                Some(caller) => scope.asked_by(caller),
                None => scope,
            };
            run(app, asker, admitted, scope, asking, uploaded, begun).await
        }
        Err(refused) => return refusal(app, asker, &refused),
    };
    if kind == operation::Kind::Mutation {
        kept::pass(app).await;
    }
    ran.alone(app, asker)
}

/// Executes a question that was admitted in a scope.
pub(super) async fn run(
    app: &App,
    asker: &Asker,
    admitted: Admitted,
    scope: Scope,
    asking: Asking,
    uploaded: Uploaded,
    begun: Instant,
) -> Ran {
    let name = admitted.name.unwrap_or_default();
    asker.arrived.told.operation(&name);
    let scope = Arc::new(scope);
    let told = asker.arrived.told.clone();
    let reckoning = Reckoning::begin(app.metrics.clone(), told, name, begun, scope.clone());
    let limits = app.rules.limits();
    let plain = Plain::within(limits.most(Limit::AnswerBytes), limits.most(Limit::Values));
    let cookie = cookie::brought(app, &asker.headers);
    let request = schema::request(admitted.document);
    let request = request.data(plain.clone()).data(asking).data(cookie.clone()).data(uploaded);
    let request = request.data(explained::keeper(app, &asker.arrived));
    let request = match admitted.kind {
        operation::Kind::Mutation => request.data(app.receivers.clone()).data(app.documents.clone()),
        _ => request,
    };
    let request = match app.search() {
        Some(search) => request.data(search.clone()),
        None => request,
    };
    let mut answer = schema::execute_in(&app.schema, scope.clone(), request).await;
    let outcome = complete(&mut answer, app, asker);
    if wants_explanation(&asker.arrived, &asker.headers) {
        explain(&mut answer, &scope, admitted.cost, limits.most(Limit::Cost));
    }
    let (body, outcome) = match plain.body(&answer) {
        Ok(Some(body)) => (Ok(body), outcome),
        Ok(None) => (Err(Box::new(too_long(app, asker))), Outcome::Limited),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            (Err(Box::new(refusal(app, asker, &Refused::internal()))), Outcome::Failed)
        }
    };
    reckoning.ended(outcome);
    Ran { body, is_whole: outcome == Outcome::Answered, scope, cookie }
}

impl Ran {
    /// The response to the one who asked and to nobody else.
    pub fn alone(self, app: &App, asker: &Asker) -> Response {
        let body = match self.body {
            Ok(body) => body,
            Err(response) => return *response,
        };
        let mut response = reply(StatusCode::OK, asker.media_type(), body);
        let headers = response.headers_mut();
        State::Bypass.tell(app, headers);
        cookie::tell(&self.cookie, headers);
        response
    }
}

/// Whether the answer tells what it cost: on request, to who may know.
pub(super) fn wants_explanation(arrived: &Arrived, headers: &HeaderMap) -> bool {
    arrived.operator.0 && headers.get(EXPLAIN).is_some_and(|value| value == "1")
}

/// Answers in the place of an answer that has too many bytes: the question was executed, and all its data is left out.
fn too_long(app: &App, asker: &Asker) -> Response {
    let name = Limit::AnswerBytes.name();
    let refused = Refused::too_long(name, app.rules.limits().most(Limit::AnswerBytes));
    app.metrics.limit(name);
    asker.arrived.told.outcome(refused.code);
    let body = json!({ "data": null, "errors": [refused.error()] });
    reply(refused.status, asker.media_type(), body.to_string().into_bytes())
}

/// Gives each error a code, and their number an end; how the operation ended.
pub(super) fn complete(answer: &mut Answer, app: &App, asker: &Asker) -> Outcome {
    if answer.errors.is_empty() {
        return Outcome::Answered;
    }
    let most = app.rules.limits().most(Limit::Errors);
    let left_out = (answer.errors.len() as u64).saturating_sub(most);
    answer.errors.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let mut outcome = Outcome::Partly;
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        let code = match extensions.get("code") {
            Some(async_graphql::Value::String(code)) => code.clone(),
            // Our resolvers give theirs; what is left are values that a scalar does not take.
            _ => "BAD_USER_INPUT".to_owned(),
        };
        match code.as_str() {
            "INTERNAL" => {
                outcome = Outcome::Failed;
                asker.arrived.told.outcome("INTERNAL");
                extensions.set("requestId", asker.arrived.id.as_str());
            }
            "LIMIT_EXCEEDED" if outcome == Outcome::Partly => {
                outcome = Outcome::Limited;
                // The one limit that is met while an operation runs.
                app.metrics.limit(Limit::Values.name());
                asker.arrived.told.outcome("LIMIT_EXCEEDED");
            }
            "TIMEOUT" if outcome != Outcome::Failed => {
                outcome = Outcome::TimedOut;
                asker.arrived.told.outcome("TIMEOUT");
            }
            _ => {}
        }
        extensions.set("code", code);
    }
    if left_out > 0
        && let Some(last) = answer.errors.last_mut()
    {
        last.message = format!("{} ({left_out} more errors are left out)", last.message);
    }
    outcome
}

/// Adds what the answer cost and depended on.
fn explain(answer: &mut Answer, scope: &Scope, cost: u64, most: u64) {
    let told = [
        ("cost", json!({ "requested": cost, "limit": most })),
        ("sql", json!({ "statements": scope.statements(), "milliseconds": scope.sql_time().as_secs_f64() * 1000.0 })),
        ("cache", json!({ "state": "BYPASS", "subjects": scope.subjects() })),
    ];
    for (name, value) in told {
        if let Ok(value) = async_graphql::Value::from_json(value) {
            answer.extensions.insert(name.to_owned(), value);
        }
    }
}
