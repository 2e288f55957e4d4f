//! Whether what is kept is what would be answered now (影子比对): some answers from the cache are executed again and compared.
//!
//! What was changed meanwhile may differ; anything else that differs is a fault, which a metric and the log tell of.

use std::sync::Arc;

use library::Audience;
use operation::Limit;
use schema::{Asking, Cookie, ExecutableDocument, Plain};

use super::App;
use crate::cache::{Answer, Compared, Key};

/// Compares a kept answer with a new execution, beside the requests; one at a time.
pub fn begin(app: &App, document: ExecutableDocument, asking: Asking, key: Key, answer: Arc<Answer>) {
    let Ok(turn) = app.comparing.clone().try_acquire_owned() else { return };
    let app = app.clone();
    tokio::spawn(async move {
        let outcome = compare(&app, document, asking, &key, &answer).await;
        if outcome == Compared::Different {
            tracing::error!(operation = answer.name, "a kept answer is not what is answered now: a fault of the cache");
            app.cache.take_away(&key, &answer);
        }
        app.cache.counts().compared(outcome);
        drop(turn);
    });
}

async fn compare(app: &App, document: ExecutableDocument, asking: Asking, key: &Key, answer: &Arc<Answer>) -> Compared {
    let limits = app.rules.limits();
    let plain = Plain::within(limits.most(Limit::AnswerBytes), limits.most(Limit::Values));
    let scope = Arc::new(app.library.scope(Audience::Public));
    let request = schema::request(document).data(plain.clone()).data(asking).data(Cookie::default());
    let executed = schema::execute_in(&app.schema, scope, request).await;
    let Ok(Some(body)) = plain.body(&executed) else { return Compared::Undecided };
    // Everything that the execution can have seen is passed, and then the answer is still kept: nothing altered it.
    let passed = match app.library.newest_position().await {
        Ok(newest) => app.cache.catch_up(&app.library, newest).await,
        Err(error) => Err(error),
    };
    if passed.is_err() || !executed.errors.is_empty() || !app.cache.has(key, answer) {
        Compared::Undecided
    } else if answer.body == body {
        Compared::Same
    } else {
        Compared::Different
    }
}
