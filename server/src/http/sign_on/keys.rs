//! The keys that an issuer publishes: fetched with bounds, kept, and never asked for more than once in a while.
//!
//! A request waits a moment for a fetch, and only so many requests do: an issuer that does not answer delays its own tokens
//! alone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use library::linked_identity::ForeignKeys;
use reqwest::redirect::Policy;
use tokio::sync::Semaphore;

use super::KeyPace;

/// The most bytes of a set of keys.
const LONGEST: usize = 256 * 1024;
/// The most requests that wait for a fetch at once.
const WAITING: usize = 8;
/// The longest time for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// What is known of an issuer's keys.
pub struct PublishedKeys {
    url: String,
    pace: KeyPace,
    client: Option<reqwest::Client>,
    kept: ArcSwap<ForeignKeys>,
    times: Mutex<Times>,
    fetching: Arc<tokio::sync::Mutex<()>>,
    waiting: Semaphore,
}

#[derive(Debug, Clone, Copy, Default)]
struct Times {
    /// When the keys were fetched.
    fetched: Option<Instant>,
    /// When a fetch was begun.
    tried: Option<Instant>,
}

/// Why keys could not be fetched.
#[derive(Debug, thiserror::Error)]
enum NotFetched {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("the status is {0}")]
    Status(u16),
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    #[error("it is no set of keys")]
    NoKeys,
    #[error("there is no client for it")]
    NoClient,
}

impl PublishedKeys {
    /// The keys at an address; nothing is asked yet.
    pub fn at(url: &str, pace: KeyPace) -> Self {
        // No redirect leads to an address that nobody configured, and no variable sends this elsewhere.
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(pace.fetch)
            .build();
        if let Err(error) = &client {
            tracing::error!(%error, "there is no way to fetch keys of sign-on providers");
        }
        Self {
            url: url.to_owned(),
            pace,
            client: client.ok(),
            kept: ArcSwap::default(),
            times: Mutex::default(),
            fetching: Arc::default(),
            waiting: Semaphore::new(WAITING),
        }
    }

    /// The keys as far as they are known, fetched first where the one of this name is not among them.
    pub async fn known(self: &Arc<Self>, name: Option<&str>) -> Arc<ForeignKeys> {
        let times = self.times();
        let age = times.fetched.map(|fetched| fetched.elapsed());
        let usable = age.is_some_and(|age| age < self.pace.usable);
        if usable && self.kept.load().know(name) {
            if age.is_none_or(|age| age >= self.pace.fresh) {
                self.fetch_aside();
            }
            return self.kept.load_full();
        }
        self.fetch_aside();
        if let Ok(_place) = self.waiting.try_acquire() {
            let _ = tokio::time::timeout(self.pace.wait, self.fetching.lock()).await;
        }
        let usable = self.times().fetched.is_some_and(|fetched| fetched.elapsed() < self.pace.usable);
        if usable { self.kept.load_full() } else { Arc::default() }
    }

    /// Begins a fetch beside the requests, unless one is running or was begun a moment ago.
    pub fn fetch_aside(self: &Arc<Self>) {
        if self.times().tried.is_some_and(|tried| tried.elapsed() < self.pace.retry) {
            return;
        }
        let Ok(running) = self.fetching.clone().try_lock_owned() else { return };
        self.times.lock().unwrap_or_else(PoisonError::into_inner).tried = Some(Instant::now());
        let this = self.clone();
        tokio::spawn(async move {
            let _running = running;
            match this.fetch().await {
                Ok(keys) => {
                    this.kept.store(Arc::new(keys));
                    this.times.lock().unwrap_or_else(PoisonError::into_inner).fetched = Some(Instant::now());
                }
                Err(error) => tracing::warn!(url = this.url, %error, "keys of a sign-on provider were not fetched"),
            }
        });
    }

    async fn fetch(&self) -> Result<ForeignKeys, NotFetched> {
        let client = self.client.as_ref().ok_or(NotFetched::NoClient)?;
        let mut response = client.get(&self.url).header("accept", "application/json").send().await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(NotFetched::Status(response.status().as_u16()));
        }
        let mut set = Vec::new();
        while let Some(piece) = response.chunk().await? {
            if set.len() + piece.len() > LONGEST {
                return Err(NotFetched::TooLong);
            }
            set.extend_from_slice(&piece);
        }
        ForeignKeys::read(&set).ok_or(NotFetched::NoKeys)
    }

    fn times(&self) -> Times {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
