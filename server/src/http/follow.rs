//! Answers that go on: a subscription as Server-Sent Events (WHATWG HTML 9.2; GraphQL over SSE, distinct connections), one
//! event a change.
//!
//! What is sent is read only when the client takes it: a slow one delays itself and nobody else, and one that takes
//! nothing is cut by its connection. An event's id is its position, and a browser that comes back brings the last one.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use library::Audience;
use operation::{Admitted, Limit};
use schema::{ExecutableDocument, Following, Plain, Response as Answer};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

use super::compression::AsItIs;
use super::graphql::Asker;
use super::{App, Refused, gate};

/// How often a client is told that the connection still works, whatever else it is told.
const STILL: Duration = Duration::from_secs(15);
/// A comment long enough for a connection to count as one that works.
const STILL_HERE: &str = concat!(
    ":                                                                                                                               ",
    "                                                                                                                                ",
    "                                                                                                                                ",
    "                                                                                                                                \n\n"
);
/// The header by which a browser says what it got last.
const LAST_EVENT: &str = "last-event-id";

/// Whether the server is about to end; answers that go on end with it.
#[derive(Clone)]
pub struct Ending(pub watch::Receiver<bool>);

/// Whether a request takes events and nothing else: who also takes JSON is answered by that.
pub fn wants_events(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<String> = texts
        .flat_map(|text| text.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect();
    let takes = |kind: &str| ranges.iter().any(|range| range == kind);
    takes("text/event-stream") && !takes("application/json") && !takes("application/graphql-response+json")
}

/// A subscription that goes on.
pub struct Follower {
    app: App,
    admitted: Admitted,
    asker: Asker,
    following: Arc<Following>,
    committed: watch::Receiver<i64>,
    ending: Option<watch::Receiver<bool>>,
    ended: bool,
    /// When it is told again that the connection still works: small events alone do not show that to who watches it.
    still_at: Instant,
    still_every: Duration,
}

/// What a subscription comes to next.
pub enum Step {
    /// An answer, as JSON.
    Event(Vec<u8>),
    /// Nothing for a while.
    Quiet,
    /// It cannot go on; this is why, as JSON.
    Failed(Vec<u8>),
    /// The server ends.
    Ended,
}

/// What one execution came to.
enum Came {
    /// An answer, as JSON.
    Event(Vec<u8>),
    /// Nothing: it waits for the next change.
    Nothing,
    /// It cannot go on; this is why, as JSON.
    Failed(Vec<u8>),
}

/// Answers a subscription that was admitted.
///
/// # Errors
/// Refuses one too many, and a last event that is no position.
pub fn stream(app: &App, asker: Asker, admitted: Admitted, ending: Option<Ending>) -> Result<Response, Refused> {
    let place = app.followers.clone().try_acquire_owned().map_err(|_| gate::overloaded())?;
    let following = match asker.headers.get(LAST_EVENT).map(|value| value.to_str().map(str::parse::<i64>)) {
        None => Following::default(),
        Some(Ok(Ok(position))) => Following::behind(position),
        Some(_) => return Err(Refused::bad_request("Last-Event-ID must be the id of an event that was sent.")),
    };
    let mut follower = Follower::new(app, asker, admitted, ending);
    follower.following = Arc::new(following);
    let events = stream::unfold((follower, place), |(mut follower, place)| async move {
        let event = follower.event().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(event)), (follower, place)))
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    response.extensions_mut().insert(AsItIs);
    Ok(response)
}

impl Follower {
    /// A subscription that was admitted and begins where it asks.
    pub fn new(app: &App, asker: Asker, admitted: Admitted, ending: Option<Ending>) -> Self {
        // Well before it would count as one that stands still.
        let still_every = STILL.min(app.settings.idle_timeout / 3);
        Self {
            app: app.clone(),
            admitted,
            asker,
            following: Arc::default(),
            committed: app.library.commits(),
            ending: ending.map(|Ending(ending)| ending),
            ended: false,
            still_at: Instant::now() + still_every,
            still_every,
        }
    }

    /// The next piece of an answer in events; nothing at its end.
    async fn event(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        let piece = match self.step().await {
            Step::Event(body) => self.named("next", &body),
            // How far it was looked is told as well: who is cut off here does not begin again.
            Step::Quiet => self.id() + STILL_HERE,
            Step::Failed(body) => {
                self.ended = true;
                self.named("next", &body) + &self.named("complete", b"")
            }
            Step::Ended => {
                self.ended = true;
                self.named("complete", b"")
            }
        };
        // What is small is no progress to who watches the connection.
        Some(if piece.len() < STILL_HERE.len() { piece + STILL_HERE } else { piece })
    }

    /// Goes on until there is something to say.
    pub async fn step(&mut self) -> Step {
        loop {
            if Instant::now() >= self.still_at {
                self.still_at = Instant::now() + self.still_every;
                return Step::Quiet;
            }
            if self.ending.as_ref().is_some_and(|ending| *ending.borrow()) {
                return Step::Ended;
            }
            // What is committed from here on is not missed.
            self.committed.borrow_and_update();
            match self.execute().await {
                Came::Event(body) => return Step::Event(body),
                Came::Failed(body) => return Step::Failed(body),
                Came::Nothing if self.following.has_more() => {}
                Came::Nothing => match self.wait().await {
                    Waited::Changed | Waited::Quiet => {}
                    Waited::Ended => return Step::Ended,
                },
            }
        }
    }

    fn named(&self, name: &str, data: &[u8]) -> String {
        // An answer is one line: JSON has no bare line ends.
        format!("{}event: {name}\ndata: {}\n\n", self.id(), String::from_utf8_lossy(data))
    }

    fn id(&self) -> String {
        self.following.position().map(|position| format!("id: {position}\n")).unwrap_or_default()
    }

    async fn wait(&mut self) -> Waited {
        let mut ending = self.ending.clone();
        let ended = async {
            match &mut ending {
                Some(ending) => drop(ending.wait_for(|ending| *ending).await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = ended => Waited::Ended,
            changed = self.committed.changed() => if changed.is_ok() { Waited::Changed } else { Waited::Ended },
            () = tokio::time::sleep_until(self.still_at) => Waited::Quiet,
        }
    }

    /// Looks for the next change and answers it, in its turn among all who follow and no longer than a question may take. What
    /// comes to nothing leaves it where it was: no change is passed over.
    async fn execute(&self) -> Came {
        let begun = self.following.position();
        let Ok(_turn) = self.app.follower_turns.acquire().await else { return Came::Nothing };
        let answered = tokio::time::timeout(self.app.request_timeout(), self.answer()).await;
        let failed = match answered {
            Ok(Ok(None)) => return Came::Nothing,
            // What does not get further would come again for ever.
            Ok(Ok(Some((body, true)))) if self.following.position() != begun => return Came::Event(body),
            Ok(Ok(Some((body, _)))) => body,
            Ok(Err(refused)) => refused.body(),
            Err(_) => {
                tracing::debug!(position = begun, "a follower was not answered in time");
                Refused::timed_out().body()
            }
        };
        self.following.back_to(begun);
        Came::Failed(failed)
    }

    /// The next change as JSON, and whether it is whole.
    async fn answer(&self) -> Result<Option<(Vec<u8>, bool)>, Refused> {
        let limits = self.app.rules.limits();
        let longest = limits.most(Limit::AnswerBytes);
        let next = self.app.next_change(self.admitted.document.clone(), &self.following, longest).await;
        let Some((plain, mut answer)) = next else { return Ok(None) };
        super::executed::complete(&mut answer, &self.app, &self.asker);
        match plain.body(&answer) {
            Ok(Some(body)) => Ok(Some((body, answer.errors.is_empty()))),
            Ok(None) => {
                let refused = Refused::too_long(Limit::AnswerBytes.name(), longest);
                let body = json!({ "data": null, "errors": [refused.error()] }).to_string();
                Ok(Some((body.into_bytes(), false)))
            }
            Err(error) => {
                tracing::error!(%error, "an event could not be written");
                Err(Refused::internal())
            }
        }
    }
}

impl App {
    /// Executes a subscription for one step, as the public sees the library now; nothing if there is nothing to tell.
    pub(super) async fn next_change(
        &self,
        document: ExecutableDocument,
        following: &Arc<Following>,
        longest: u64,
    ) -> Option<(Plain, Answer)> {
        let plain = Plain::within(longest, self.rules.limits().most(Limit::Values));
        let scope = Arc::new(self.library.scope(Audience::Public));
        let request = schema::request(document).data(plain.clone()).data(following.clone());
        let answer = schema::follow(&self.schema, scope, request).next().await?;
        Some((plain, answer))
    }
}

/// What ended a wait.
enum Waited {
    /// Something was committed.
    Changed,
    /// Nothing, for a while.
    Quiet,
    /// The server.
    Ended,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_for_who_takes_nothing_else() {
        let wants = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            wants_events(&headers)
        };
        assert!(wants("text/event-stream") && wants("Text/Event-Stream; q=0.9, */*;q=0.1"));
        assert!(!wants("application/graphql-response+json, application/json, text/event-stream, multipart/mixed"));
        assert!(!wants("*/*") && !wants_events(&HeaderMap::new()));
        assert!(STILL_HERE.len() >= 512);
    }
}
