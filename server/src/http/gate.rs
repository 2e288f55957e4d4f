//! Bounded work: so many questions and files at once, so many that wait, and a clear refusal for the rest.
//!
//! Health, readiness and metrics never pass here. A request whose client has gone leaves its place at once, because
//! its future is dropped.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::accept::MediaType;
use super::bodies::shaped;
use super::{App, Refused, Settings};

/// The places of those who are worked for and of those who wait.
#[derive(Debug)]
pub struct Gate {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    patience: Duration,
}

impl Gate {
    /// A gate with the places of `settings`.
    pub fn new(settings: &Settings) -> Self {
        Self {
            working: Arc::new(Semaphore::new(settings.requests_at_once)),
            waiting: Arc::new(Semaphore::new(settings.requests_waiting)),
            patience: settings.turn_timeout,
        }
    }

    /// A gate for uploads: who finds no place comes again, because a body is not waited for.
    pub fn of_uploads(settings: &Settings) -> Self {
        Self {
            working: Arc::new(Semaphore::new(settings.uploads_at_once)),
            waiting: Arc::new(Semaphore::new(0)),
            patience: settings.turn_timeout,
        }
    }

    /// A place to work; none if all are taken and so are those to wait, or if none gets free in time.
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.working.try_acquire() {
            return Some(place);
        }
        let _waiting = self.waiting.try_acquire().ok()?;
        tokio::time::timeout(self.patience, self.working.acquire()).await.ok()?.ok()
    }
}

/// The answer to who found no place.
pub fn turned_away(app: &App, asked: &HeaderMap) -> Response {
    app.metrics.shed();
    let mut response = shaped(&overloaded(), MediaType::asked(asked));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// Too much is asked at this moment.
pub fn overloaded() -> Refused {
    let message = "The server has too much to do at this moment; ask again in a second.";
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(at_once: usize, waiting: usize) -> Gate {
        let patience = Duration::from_millis(50);
        Gate::new(&Settings {
            requests_at_once: at_once,
            requests_waiting: waiting,
            turn_timeout: patience,
            ..Settings::default()
        })
    }

    #[tokio::test]
    async fn who_finds_no_place_waits_briefly_and_nobody_waits_beyond_the_queue() {
        let gate = gate(1, 1);
        let working = gate.place().await.expect("the first place");
        let begun = std::time::Instant::now();
        assert!(gate.place().await.is_none(), "it waited in vain");
        assert!(begun.elapsed() >= Duration::from_millis(50));

        let (second, third) = tokio::join!(gate.place(), async {
            let begun = std::time::Instant::now();
            let third = gate.place().await;
            assert!(begun.elapsed() < Duration::from_millis(40), "the queue is full: no waiting");
            drop(working);
            third
        });
        assert!(second.is_some() && third.is_none());
    }

    #[tokio::test]
    async fn who_gives_up_leaves_its_place() {
        let gate = gate(1, 1);
        let working = gate.place().await.expect("the first place");
        {
            let waits = gate.place();
            assert!(tokio::time::timeout(Duration::from_millis(5), waits).await.is_err());
        }
        assert_eq!(gate.waiting.available_permits(), 1, "the queue is free again");
        drop(working);
        assert!(gate.place().await.is_some());
    }
}
