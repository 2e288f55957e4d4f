//! Single sign-on (统一身份认证): tokens of the OpenID Connect issuers that the operator trusts, as bearers.
//!
//! A token says who vouches for whom; which account that is, the library knows. This room keeps no session.

mod keys;

use std::sync::Arc;
use std::time::Duration;

use library::linked_identity::{TrustedIssuer, Unverified};
use library::{Caller, Library};

use keys::PublishedKeys;

/// How the keys of issuers are kept.
#[derive(Debug, Clone, Copy)]
pub struct KeyPace {
    /// After so long they are fetched again beside the requests.
    pub fresh: Duration,
    /// After so long without a fetch that went well they are good for nothing.
    pub usable: Duration,
    /// So long after a fetch there is no other, whatever is asked for.
    pub retry: Duration,
    /// The longest time of a fetch.
    pub fetch: Duration,
    /// The longest time that a request waits for one.
    pub wait: Duration,
}

impl Default for KeyPace {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(10 * 60),
            usable: Duration::from_secs(24 * 3600),
            retry: Duration::from_secs(30),
            fetch: Duration::from_secs(5),
            wait: Duration::from_secs(2),
        }
    }
}

/// The issuers that are trusted.
#[derive(Default)]
pub struct SignOn(Vec<Issuer>);

struct Issuer {
    trusted: TrustedIssuer,
    keys: Arc<PublishedKeys>,
}

impl SignOn {
    /// These issuers.
    pub fn new(issuers: &[TrustedIssuer], pace: KeyPace) -> Self {
        let issuer = |trusted: &TrustedIssuer| Issuer {
            trusted: trusted.clone(),
            keys: Arc::new(PublishedKeys::at(&trusted.jwks, pace)),
        };
        Self(issuers.iter().map(issuer).collect())
    }

    /// Begins to fetch all keys, so that the first request does not wait for them.
    pub fn prepare(&self) {
        for issuer in &self.0 {
            issuer.keys.fetch_aside();
        }
    }

    /// Who brings a token that says it is of a trusted issuer; nothing for other tokens.
    pub async fn caller(&self, library: &Library, token: &str) -> Option<library::Result<Caller>> {
        if self.0.is_empty() {
            return None;
        }
        let told = Unverified::of(token)?;
        let issuer = self.0.iter().find(|issuer| issuer.trusted.issuer == told.issuer)?;
        let keys = issuer.keys.known(told.key.as_deref()).await;
        let now = library.now().0.div_euclid(1_000_000);
        Some(match issuer.trusted.verify(token, &keys, now) {
            Ok(subject) if issuer.trusted.readers => library.reader_of_identity(&issuer.trusted.issuer, &subject).await,
            Ok(subject) => library.caller_of_identity(&issuer.trusted.issuer, &subject).await,
            Err(why) => {
                tracing::debug!(issuer = issuer.trusted.issuer, %why, "a token of a sign-on provider was not taken");
                Err(library::session::not_signed_in().into())
            }
        })
    }
}
