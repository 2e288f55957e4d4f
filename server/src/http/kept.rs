//! Public questions: answered from what is kept, by joining who executes the same, or by executing and keeping.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::response::Response;
use bytes::Bytes;
use library::operation::Counter;
use library::{Audience, Position, Scope};
use operation::{Admitted, Question};
use schema::{Asking, Uploaded};
use tokio::sync::SemaphorePermit;

use super::accept::MediaType;
use super::executed::run;
use super::graphql::Asker;
use super::manner::Manner;
use super::presented::{Presented, State};
use super::{App, Outcome, Told, compared, gate};
use crate::cache::{Answer, Key, Lead, Turn, Waited};

/// How long the answer to a deed waits for the cache.
const PATIENCE: Duration = Duration::from_millis(200);

/// Which of the questions that come are compared with a new execution.
#[derive(Debug, Default)]
pub struct Samples {
    every: u64,
    seen: AtomicU64,
}

impl Samples {
    /// So many of 10,000.
    pub fn of(many: u64) -> Self {
        Self { every: 10_000_u64.checked_div(many).unwrap_or_default(), seen: AtomicU64::new(0) }
    }

    /// Whether the next one is.
    pub fn next(&self) -> bool {
        self.every > 0 && self.seen.fetch_add(1, Ordering::Relaxed) % self.every == self.every - 1
    }
}

/// Whether the answer to an operation is the same for everybody, as far as its text says.
pub fn is_public(admitted: &Admitted) -> bool {
    admitted.kind == operation::Kind::Query && !schema::is_private(&admitted.document)
}

/// The answer to the bytes of a request, if it is kept. If it is to be compared, the question must be read.
pub async fn at_once(app: &App, asker: &Asker, manner: &mut Manner) -> Option<Response> {
    let request = manner.request.as_ref()?;
    if !is_fresh(app, manner.least).await {
        return None;
    }
    let begun = Instant::now();
    let answer = app.cache.find(request)?;
    manner.is_sample |= app.samples.next();
    if manner.is_sample {
        return None;
    }
    let presented = Presented { app, headers: &asker.headers, by_get: manner.by_get, key: request };
    let response = presented.of(&answer, State::Hit).await;
    answer.asked();
    counted(app, &asker.arrived.told, &answer, begun);
    Some(response)
}

/// Whose question is executed, and how the answer goes out.
#[derive(Clone, Copy)]
struct Whose<'a> {
    app: &'a App,
    asker: &'a Asker,
    manner: &'a Manner,
    presented: Presented<'a>,
    question: &'a Question,
    counter: Option<&'a Counter>,
}

/// Whether what is kept is not older than `least`.
async fn is_fresh(app: &App, least: Position) -> bool {
    if let Err(error) = app.cache.catch_up(&app.library, least).await {
        tracing::error!(%error, "the change log cannot be read: nothing is answered from the cache");
        return false;
    }
    app.cache.position() >= least
}

/// Answers a question whose answer may be anybody's.
pub async fn answer(
    app: &App,
    asker: &Asker,
    manner: &Manner,
    (question, counter): (&Question, Option<Counter>),
    (admitted, asking): (Admitted, Asking),
    place: SemaphorePermit<'_>,
) -> Response {
    let begun = Instant::now();
    let key = key(asker.media_type(), &asking, question, &admitted);
    let presented = Presented { app, headers: &asker.headers, by_get: manner.by_get, key: &key };
    let whose = Whose { app, asker, manner, presented, question, counter: counter.as_ref() };
    let mut place = Some(place);
    if !app.cache.is_on() {
        return execute(&whose, None, admitted, asking).await;
    }
    loop {
        if is_fresh(app, manner.least).await
            && let Some(answer) = app.cache.find(&key)
        {
            if let Some(request) = manner.request {
                app.cache.lead(request, &key, &answer);
            }
            if manner.is_sample || app.samples.next() {
                compared::begin(app, admitted.document, asking, key, answer.clone());
            }
            counted(app, &asker.arrived.told, &answer, begun);
            return presented.of(&answer, State::Hit).await;
        }
        let waiting = match app.cache.enter(key, manner.least, app.library.known_position()) {
            Turn::Lead(lead) => return execute(&whose, Some(lead), admitted, asking).await,
            Turn::Wait(waiting) => waiting,
        };
        // Who only waits does no work: the place is somebody else's.
        drop(place.take());
        let waited = waiting.wait().await;
        if let Waited::Answer(answer) = waited {
            counted(app, &asker.arrived.told, &answer, begun);
            return presented.of(&answer, State::Joined).await;
        }
        place = app.questions_gate.place().await;
        if place.is_none() {
            return gate::turned_away(app, &asker.headers);
        }
        if let Waited::Alone = waited {
            return execute(&whose, None, admitted, asking).await;
        }
    }
}

/// What finds the answer to a question: everything that it depends on at the door.
pub(super) fn key(media_type: MediaType, asking: &Asking, question: &Question, admitted: &Admitted) -> Key {
    let variables = serde_json::Value::Object(admitted.variables.clone()).to_string();
    let language: &[u8] = if asking.english { b"en" } else { b"zh" };
    let name = admitted.name.as_deref().unwrap_or_default();
    let (media_type, text) = (media_type.header().as_bytes(), question.query.as_bytes());
    Key::of(&[b"question", media_type, language, name.as_bytes(), text, variables.as_bytes()])
}

/// Executes, keeps the answer if it may be kept, and tells those who wait.
async fn execute(whose: &Whose<'_>, lead: Option<Lead<'_>>, admitted: Admitted, asking: Asking) -> Response {
    let Whose { app, asker, manner, presented, question, counter } = *whose;
    let key = presented.key;
    let begun = Instant::now();
    let name = admitted.name.clone().unwrap_or_default();
    let scope = app.library.scope(Audience::Public);
    let mut ran = run(app, asker, admitted, scope, asking, Uploaded::default(), begun).await;
    let may_be_shared = ran.is_whole && !ran.scope.is_private();
    let body = match &mut ran.body {
        Ok(body) if may_be_shared => Bytes::from(std::mem::take(body).into_boxed_slice()),
        // Poisoned by who asks, or not whole: it is nobody else's.
        _ => {
            if let Some(lead) = lead {
                lead.tell(None);
            }
            return ran.alone(app, asker);
        }
    };
    // What is registered later counts its answers, too.
    ran.scope.note_operation(&question.query);
    let state = if app.cache.is_on() { State::Miss } else { State::Bypass };
    let answer = Arc::new(made(app, body, name, begun, &ran.scope).counting(counter.cloned()));
    if app.cache.is_on() {
        app.cache.planted().dwell().await;
        if app.cache.keep(*key, &answer, ran.scope.read_at())
            && let Some(request) = manner.request
        {
            app.cache.lead(request, key, &answer);
        }
    }
    if let Some(lead) = lead {
        lead.tell(Some(answer.clone()));
    }
    presented.of(&answer, state).await
}

fn made(app: &App, body: Bytes, name: String, begun: Instant, scope: &Scope) -> Answer {
    Answer::new(body, name, begun.elapsed(), app.cache.marks(&scope.notes()))
}

/// An answer that was not executed counts as an operation all the same.
pub(super) fn counted(app: &App, told: &Told, answer: &Answer, begun: Instant) {
    told.operation(&answer.name);
    app.metrics.operation(&answer.name, Outcome::Answered, begun.elapsed(), 0, Duration::ZERO);
}

/// After a deed: this node's cache passes what was done before the answer goes out.
pub async fn pass(app: &App) {
    let done = app.cache.catch_up(&app.library, app.library.known_position());
    match tokio::time::timeout(PATIENCE, done).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, "the cache has not passed a deed");
            app.cache.counts().late();
        }
        Err(_) => app.cache.counts().late(),
    }
}
