//! What is done with the answer to an operation, for the operator; and how many answers a deed took away.

use std::sync::Arc;
use std::time::Duration;

use library::{Audience, Position};
use operation::{Limit, Openness, Question};
use schema::{Answering, Asking, CacheExplanation, CacheState, Cookie, Keeper, Kept, Plain};
use serde_json::{Map, Value};

use super::accept::MediaType;
use super::{App, Arrived, kept};
use crate::cache::{Answer, Marks};

/// How long a payload waits for the cache before it says that it does not know.
const PATIENCE: Duration = Duration::from_millis(200);

/// What tells of this node's cache to who asks.
pub fn keeper(app: &App, arrived: &Arrived) -> Keeper {
    Arc::new(Teller { app: app.clone(), is_operator: arrived.operator.0 })
}

struct Teller {
    app: App,
    is_operator: bool,
}

impl Kept for Teller {
    fn evicted(&self, position: Position) -> Answering<'_, Option<u64>> {
        Box::pin(async move {
            let passed = self.app.cache.catch_up(&self.app.library, position);
            tokio::time::timeout(PATIENCE, passed).await.ok()?.ok()?;
            self.app.cache.evicted(position)
        })
    }

    fn explain(&self, operation: String, variables: Value) -> Answering<'_, Option<CacheExplanation>> {
        Box::pin(async move {
            if !self.is_operator {
                return None;
            }
            let variables = match variables {
                Value::Object(variables) => variables,
                Value::Null => Map::new(),
                _ => return Some(invalid("`variables` must be an object.".to_owned())),
            };
            let question = Question { query: operation, variables, operation_name: None, reads_only: true };
            Some(self.explanation(&question).await.unwrap_or_else(invalid))
        })
    }
}

/// What is told of an operation that has no answer.
fn invalid(problem: String) -> CacheExplanation {
    CacheExplanation {
        state: CacheState::Invalid,
        position: 0.to_string(),
        subjects: Vec::new(),
        keys: Vec::new(),
        bytes: None,
        problem: Some(problem),
    }
}

impl Teller {
    async fn explanation(&self, question: &Question) -> Result<CacheExplanation, String> {
        let app = &self.app;
        let admitted = app.rules.admit(question, Openness { introspection: true, suggestions: false });
        let admitted = admitted.map_err(|refusals| {
            refusals.into_iter().next().map_or_else(|| "The operation is wrong.".to_owned(), |first| first.message)
        })?;
        let asking = Asking::default();
        let key = kept::key(MediaType::Json, &asking, question, &admitted);
        let is_public = kept::is_public(&admitted);
        let position = app.cache.position();
        let is_kept = app.cache.find(&key).is_some();
        let limits = app.rules.limits();
        let plain = Plain::within(limits.most(Limit::AnswerBytes), limits.most(Limit::Values));
        let scope = Arc::new(app.library.scope(Audience::Public));
        let request = schema::request(admitted.document);
        let request = request.data(plain.clone()).data(asking).data(Cookie::default());
        let answer = schema::execute_in(&app.schema, scope.clone(), request).await;
        let bytes = match plain.body(&answer) {
            Ok(Some(body)) if answer.errors.is_empty() => i32::try_from(body.len()).ok(),
            _ => None,
        };
        scope.note_operation(&question.query);
        let answer = Answer::new(Default::default(), String::new(), Duration::ZERO, Marks::of(&scope.notes()));
        let keys = answer.keys().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let state = match () {
            () if !is_public || scope.is_private() => CacheState::Private,
            () if is_kept => CacheState::Kept,
            () => CacheState::NotKept,
        };
        let (position, subjects) = (position.to_string(), scope.subjects());
        Ok(CacheExplanation { state, position, subjects, keys, bytes, problem: None })
    }
}
