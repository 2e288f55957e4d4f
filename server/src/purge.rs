//! Purging caches in front (CDN): after every change, an address of the operator's is told the keys of what it made stale.
//!
//! The answers carry the same keys (`Surrogate-Key`). It is told when every node has passed the change, so that what is fetched
//! anew is not old. An address that does not answer is asked again until it does: nothing is passed over, and the metric
//! `follower_position{follower="purge"}` shows how far it is.

use std::collections::BTreeSet;
use std::time::Duration;

use delivery::webhook::{Letter, Postman, Reach};
use library::changes::Change;
use library::id::DeliveryId;
use library::webhook::WebhookSecret;
use library::{Library, Position};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use url::Url;
use uuid::Uuid;

use crate::cache::surrogate;
use crate::followers::Health;
use crate::http::App;

/// The name of its cursor.
const NAME: &str = "purge";
/// How many changes are told of at once, and what they may have touched together.
const CHANGES: i64 = 200;
const SUBJECTS: i64 = 50_000;
/// The most keys of one request.
const KEYS: usize = 2_000;
/// The longest pause after a request that came to nothing, in ticks.
const LONGEST_REST: u32 = 128;

/// Who is told, and by what it knows who tells it.
#[derive(Debug, Clone)]
pub struct Purge {
    /// Where to.
    pub url: String,
    /// By what requests are signed (Standard Webhooks 1.0): `whsec_` and Base64.
    pub secret: WebhookSecret,
}

/// What was not taken; why, for the log.
struct NotTaken(String);

/// Tells of every change until it is stopped.
pub async fn run(app: App, purge: Purge, every: Duration, mut stopped: watch::Receiver<bool>) {
    let library = app.library().clone();
    let Some(postman) = postman(&purge.url) else {
        tracing::error!("there is no way to send to purge_url");
        return;
    };
    let mut committed = library.commits();
    let (mut health, mut failed, mut untaken) = (Health::of("purge"), 0_u32, None);
    loop {
        let told = tell(&app, &postman, &purge, &mut untaken).await;
        failed = if told.is_ok() { 0 } else { failed.saturating_add(1) };
        health.told(told.map_err(|NotTaken(why)| why));
        let rest = every * (1 << failed.min(8)).min(LONGEST_REST);
        let next = async {
            match failed {
                0 => drop(tokio::time::timeout(rest, committed.changed()).await),
                _ => tokio::time::sleep(rest).await,
            }
        };
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = next => {}
        }
    }
}

/// What asks this one address, wherever it is: the operator named it.
fn postman(url: &str) -> Option<Postman> {
    let port = Url::parse(url).ok()?.port_or_known_default()?;
    let networks = ["0.0.0.0/0", "::/0"].into_iter().filter_map(|all| all.parse().ok()).collect();
    Postman::within(Reach { networks, ports: vec![port] }).ok()
}

/// Tells of everything that every node has passed. What was not taken is told again as it was, up to `untaken`.
async fn tell(app: &App, postman: &Postman, purge: &Purge, untaken: &mut Option<Position>) -> Result<(), NotTaken> {
    let library = app.library();
    let broken = |error: library::Error| NotTaken(error.to_string());
    let mut position = library.follower_position(NAME).await.map_err(broken)?;
    if position == 0 {
        // What was published before anybody was told is in no cache that waits for this.
        position = library.newest_position().await.map_err(broken)?;
        library.follower_passed(NAME, position).await.map_err(broken)?;
    }
    let passed = passed(app).await.map_err(broken)?;
    loop {
        let mut batch = library.changes_within(position, CHANGES, SUBJECTS).await.map_err(broken)?;
        batch.retain(|change| change.position <= untaken.unwrap_or(passed));
        let Some(last) = batch.last().map(|change| change.position) else { return Ok(()) };
        *untaken = Some(last);
        let keys: Vec<String> = keys(&batch).into_iter().collect();
        for (number, keys) in keys.chunks(KEYS).enumerate() {
            send(library, postman, purge, (last, number), keys).await?;
        }
        library.follower_passed(NAME, last).await.map_err(broken)?;
        (position, *untaken) = (last, None);
    }
}

/// The position that every node has passed, this one among them.
async fn passed(app: &App) -> library::Result<Position> {
    let library = app.library();
    let own = if app.cache().is_on() { app.cache().position() } else { library.known_position() };
    Ok(library.slowest_node().await?.map_or(own, |slowest| slowest.min(own)))
}

fn keys(batch: &[Change]) -> BTreeSet<String> {
    batch.iter().flat_map(surrogate::of_change).collect()
}

async fn send(
    library: &Library,
    postman: &Postman,
    purge: &Purge,
    (position, number): (Position, usize),
    keys: &[String],
) -> Result<(), NotTaken> {
    let at = library.now();
    let data = json!({ "position": position.to_string(), "keys": keys });
    let body = json!({ "type": "purge", "timestamp": at.utc(), "data": data }).to_string().into_bytes();
    let secrets = std::slice::from_ref(&purge.secret);
    let reply = postman.send(Letter { url: &purge.url, id: id(position, number), at, secrets, body }).await;
    match (reply.problem, reply.status) {
        (None, _) => Ok(()),
        (Some(_), Some(status)) => Err(NotTaken(format!("purge_url answers {status}"))),
        (Some(problem), None) => Err(NotTaken(format!("purge_url does not answer: {problem:?}"))),
    }
}

/// The same for the same keys, however often they are sent.
fn id(position: Position, number: usize) -> DeliveryId {
    let digest: [u8; 32] = Sha256::digest(format!("{NAME} {position} {number}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    DeliveryId(Uuid::from_bytes(bytes))
}
