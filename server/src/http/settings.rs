//! What the operator decides about the door: bounds, times, who is trusted, what is open.
//!
//! The configuration fills this in; tests change single fields. This room reads no file and no variable.

use std::time::Duration;

use delivery::webhook::Reach;
use library::linked_identity::TrustedIssuer;
use operation::Limits;

use super::cors::Origins;
use super::hops::TrustedProxies;
use super::operator::{Mode, OperatorKey};
use super::sign_on::KeyPace;
use crate::purge::Purge;

/// The bounds, times and keys of the door.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether introspection, the playground and the metrics are open to everybody (`mode`).
    pub mode: Mode,
    /// The operator's key; without one nobody is the operator of a production server (`operator_key`).
    pub operator_key: Option<OperatorKey>,
    /// Whose word about the client's address and the request's id is taken (`trusted_proxies`).
    pub trusted_proxies: TrustedProxies,
    /// Which pages of other origins may read answers (`cors_origins`).
    pub cors_origins: Origins,
    /// Sign-on providers whose tokens are taken (`identity_issuers`).
    pub issuers: Vec<TrustedIssuer>,
    /// How their keys are kept.
    pub issuer_keys: KeyPace,
    /// The most connections at once; more wait to be accepted (`http_connections`).
    pub connections: usize,
    /// The most questions worked on at once, and as many files (`requests_at_once`).
    pub requests_at_once: usize,
    /// The most requests that wait for their turn (`requests_waiting`).
    pub requests_waiting: usize,
    /// The longest time that a request waits for its turn.
    pub turn_timeout: Duration,
    /// The longest time for the head of a request (`header_timeout_seconds`).
    pub header_timeout: Duration,
    /// The longest time between two pieces of a body (`body_timeout_seconds`).
    pub body_timeout: Duration,
    /// The longest time that an upload may take (`upload_timeout_seconds`).
    pub upload_timeout: Duration,
    /// The most uploads at once (`uploads_at_once`).
    pub uploads_at_once: usize,
    /// How long a connection is kept without a request (`idle_timeout_seconds`).
    pub idle_timeout: Duration,
    /// Where webhooks may be sent to beyond the open network (`webhook_networks`, `webhook_ports`).
    pub webhook_reach: Reach,
    /// What the answers may take that are kept; 0 keeps none (`cache_megabytes`).
    pub cache_bytes: usize,
    /// Of 10,000 questions, how many that are answered from the cache are executed again and compared (`cache_compared`).
    pub cache_compared: u64,
    /// How many seconds caches that can be purged may keep a public answer by GET (`shared_cache_seconds`).
    pub shared_seconds: u64,
    /// Who is told what caches in front are to forget (`purge_url`, `purge_secret`).
    pub purge: Option<Purge>,
    /// How large a question may be (`limit_...`).
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Development,
            operator_key: None,
            trusted_proxies: TrustedProxies::default(),
            cors_origins: Origins::default(),
            issuers: Vec::new(),
            issuer_keys: KeyPace::default(),
            connections: 512,
            cache_bytes: 256 << 20,
            cache_compared: 0,
            shared_seconds: 0,
            purge: None,
            requests_at_once: 64,
            requests_waiting: 256,
            turn_timeout: Duration::from_secs(1),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(5),
            upload_timeout: Duration::from_secs(600),
            uploads_at_once: 16,
            idle_timeout: Duration::from_secs(75),
            webhook_reach: Reach::default(),
            limits: Limits::default(),
        }
    }
}
