//! Sending to webhooks: which addresses may be asked ([`address`]), how a request is signed ([`sign`]), and the request itself.
//!
//! This room is told what to send, and tells what came of it; what is due, and what is said, is decided elsewhere.

mod address;
mod sign;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use library::Instant;
use library::id::DeliveryId;
use library::webhook::{MOST_ANSWER, Problem, WebhookSecret};
use reqwest::redirect::Policy;
use url::Url;

pub use address::Reach;
use address::{NotReached, Resolver};

/// The longest time for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest time for a request and the beginning of its answer.
const WHOLE: Duration = Duration::from_secs(15);

/// What sends to webhooks; cheap to clone.
#[derive(Debug, Clone)]
pub struct Postman {
    client: reqwest::Client,
    reach: Arc<Reach>,
}

/// What is sent.
#[derive(Debug)]
pub struct Letter<'l> {
    /// Where to.
    pub url: &'l str,
    /// By what the receiver knows it again (`webhook-id`).
    pub id: DeliveryId,
    /// When it is sent.
    pub at: Instant,
    /// By what it is signed.
    pub secrets: &'l [WebhookSecret],
    /// What it says, as JSON.
    pub body: Vec<u8>,
}

/// What came of a request.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it came to nothing.
    pub problem: Option<Problem>,
    /// The beginning of the answer.
    pub answer: String,
}

impl Postman {
    /// One that asks the addresses within `reach`.
    ///
    /// # Errors
    /// When there is no way to speak TLS.
    pub fn within(reach: Reach) -> Result<Self, reqwest::Error> {
        let reach = Arc::new(reach);
        let client = reqwest::Client::builder()
            .user_agent(concat!("jiyue/", env!("CARGO_PKG_VERSION")))
            // A redirect would lead to an address that nobody looked at, and a proxy would look up names by itself.
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Resolver(reach.clone()))
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .pool_max_idle_per_host(1)
            .build()?;
        Ok(Self { client, reach })
    }

    /// Why nothing is sent to an address; nothing for one that is asked. Names are not looked up.
    pub fn refuses(&self, url: &str) -> Option<&'static str> {
        let Ok(url) = Url::parse(url) else { return Some("it is no web address") };
        self.reach.refuses(&url)
    }

    /// Sends a letter and reads the beginning of the answer.
    pub async fn send(&self, letter: Letter<'_>) -> Reply {
        if self.refuses(letter.url).is_some() {
            return Reply::failed(Problem::AddressRefused);
        }
        let at = letter.at.0 / 1_000_000;
        let id = letter.id.to_string();
        let signatures = sign::signatures(letter.secrets, &id, at, &letter.body);
        let request = self
            .client
            .post(letter.url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signatures)
            .body(letter.body);
        match request.send().await {
            Ok(response) => answered(response).await,
            Err(error) => Reply::failed(problem(&error)),
        }
    }
}

impl Reply {
    /// What came to nothing before there was an answer.
    pub fn failed(problem: Problem) -> Self {
        Self { status: None, problem: Some(problem), answer: String::new() }
    }
}

/// Reads so much of an answer as is kept; whatever follows is not waited for.
async fn answered(mut response: reqwest::Response) -> Reply {
    let status = response.status();
    let mut read = Vec::new();
    while read.len() < MOST_ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            // The status has told what counts.
            Ok(None) | Err(_) => break,
        }
    }
    read.truncate(MOST_ANSWER);
    let answer = String::from_utf8_lossy(&read).chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let problem = (!status.is_success()).then_some(Problem::NotTaken);
    Reply { status: Some(status.as_u16()), problem, answer }
}

fn problem(error: &reqwest::Error) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref::<NotReached>() {
            Some(NotReached::Refused) => return Problem::AddressRefused,
            Some(NotReached::NoName) => return Problem::NameNotFound,
            None => cause = error.source(),
        }
    }
    if error.is_timeout() { Problem::TimedOut } else { Problem::NotConnected }
}
