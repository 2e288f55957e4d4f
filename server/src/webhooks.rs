//! Sends to webhooks (推送): what is to be told is written down, and what is due is sent, each receiver for itself and one
//! request to it at a time. No deed waits for this, and no receiver for another.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use delivery::webhook::{Letter as Sending, Postman, Reply};
use library::id::WebhookId;
use library::webhook::{Attempt, DeliveryCause, DeliveryState, DueDelivery, Problem, Sent};
use tokio::sync::watch;
use tokio::task::{self, JoinSet};
use tokio::time::Instant;

use crate::followers::Health;
use crate::http::{App, Letter};

/// How many requests are on their way at once.
const AT_ONCE: usize = 64;
/// How many ticks a receiver is left alone at most that has just failed: twice as many with each failure in a row.
const LONGEST_REST: u32 = 256;
/// How often what ended long ago is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// Which receivers are left alone, and why.
#[derive(Default)]
struct Receivers {
    /// A request to them is on its way, by the task that sends it.
    busy: HashMap<task::Id, WebhookId>,
    /// They failed so often in a row, and rest until then.
    failed: HashMap<WebhookId, (u32, Instant)>,
}

impl Receivers {
    fn left_alone(&self, now: Instant) -> HashSet<WebhookId> {
        let resting = self.failed.iter().filter(|(_, (_, until))| now < *until).map(|(id, _)| *id);
        self.busy.values().copied().chain(resting).collect()
    }

    fn answered(&mut self, by: task::Id, taken: bool, tick: Duration) {
        let Some(id) = self.busy.remove(&by) else { return };
        if taken {
            self.failed.remove(&id);
            return;
        }
        let times = self.failed.get(&id).map_or(1, |(times, _)| times + 1);
        let rest = tick * (1 << times.min(8)).min(LONGEST_REST);
        self.failed.insert(id, (times, Instant::now() + rest));
    }
}

/// Sends until it is stopped; what is on its way then is given the time that the server has for ending.
pub async fn send(app: App, every: Duration, mut stopped: watch::Receiver<bool>) {
    let Some(postman) = app.postman() else {
        tracing::error!("there is no way to send to webhooks");
        return;
    };
    let library = app.library().clone();
    let mut committed = library.commits();
    let (mut receivers, mut on_their_way) = (Receivers::default(), JoinSet::new());
    let (mut health, mut forget_at) = (Health::of("webhooks"), Instant::now());
    loop {
        let found = async {
            if Instant::now() >= forget_at {
                library.forget_deliveries().await?;
                forget_at = Instant::now() + FORGET_EVERY;
            }
            library.dispatch_webhooks().await?;
            let free = AT_ONCE - receivers.busy.len().min(AT_ONCE);
            library.take_deliveries(&receivers.left_alone(Instant::now()), free).await
        };
        for due in health.told(found.await).into_iter().flatten() {
            let (app, postman, id) = (app.clone(), postman.clone(), due.webhook.id);
            let sending = on_their_way.spawn(async move { sent(&app, &postman, &due).await });
            receivers.busy.insert(sending.id(), id);
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            Some(ended) = on_their_way.join_next_with_id() => match ended {
                Ok((by, taken)) => receivers.answered(by, taken, every),
                Err(error) => {
                    tracing::error!(%error, "a request to a webhook broke off");
                    receivers.answered(error.id(), false, every);
                }
            },
            changed = committed.changed() => if changed.is_err() { break },
            () = tokio::time::sleep(every) => {}
        }
    }
    while on_their_way.join_next().await.is_some() {}
}

/// Sends one delivery and writes down what came of it; whether the receiver is well.
async fn sent(app: &App, postman: &Postman, due: &DueDelivery) -> bool {
    let library = app.library();
    let (at, begun) = (library.now(), Instant::now());
    let reply = match app.letter(due).await {
        Letter::Nothing => {
            return noted(app, due, library.delivered(due, Sent::NothingToTell).await, true);
        }
        Letter::Unanswered(why) => Reply { answer: why, ..Reply::failed(Problem::NoPayload) },
        Letter::Says(body) => {
            let (url, id, secrets) = (due.webhook.fields.url.as_str(), due.id, due.secrets.as_slice());
            postman.send(Sending { url, id, at, secrets, body }).await
        }
    };
    let Reply { status, problem, answer } = reply;
    let attempt = Attempt { at, took: begun.elapsed(), status, problem, answer };
    noted(app, due, library.delivered(due, Sent::Attempted(attempt)).await, problem.is_none())
}

/// Counts what came of it. What was not written down is sent again when its lease has run out.
fn noted(app: &App, due: &DueDelivery, written: library::Result<DeliveryState>, taken: bool) -> bool {
    let state = match written {
        Ok(state) => state,
        Err(error) => {
            tracing::error!(%error, "what was sent to a webhook could not be written down");
            return false;
        }
    };
    let metrics = app.metrics();
    match state {
        DeliveryState::Delivered => metrics.delivery("delivered"),
        DeliveryState::Skipped => metrics.delivery("skipped"),
        DeliveryState::Waiting | DeliveryState::Failed => metrics.delivery("failed"),
    }
    if state == DeliveryState::Failed && due.cause == DeliveryCause::Change {
        metrics.delivery("paused");
    }
    taken
}
