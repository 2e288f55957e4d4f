//! The way to the server: requests, what is refused, and tasks that are waited for.

use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode};
use serde_json::Value as Json;

use crate::engine::Failure;

/// The longest time for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// How long is slept between two looks at a task, at first and at most.
const LOOK: Duration = Duration::from_millis(4);
const MOST_LOOK: Duration = Duration::from_millis(250);
/// How long a task is waited for.
const LONGEST: Duration = Duration::from_secs(3600);
/// How many looks may fail, one behind the other.
const FAILED_LOOKS: u32 = 5;

const NO_STATE: &str = "no_state";

/// Why the server did not do what was asked.
#[derive(Debug)]
pub(super) struct Refused {
    /// Its own code, such as `index_not_found`; nothing where it did not answer.
    pub code: String,
    why: String,
}

impl Refused {
    /// That there is no such index, or one without the settings that it is built with, or nothing in it.
    pub fn is_missing(&self) -> bool {
        matches!(self.code.as_str(), "index_not_found" | "invalid_search_filter" | NO_STATE)
    }

    /// That the index does not say where it stands.
    pub(super) fn no_state() -> Self {
        Self { code: NO_STATE.to_owned(), why: "the index does not say where it stands".to_owned() }
    }

    pub(super) fn unclear(what: &str) -> Self {
        Self { code: String::new(), why: format!("the answer of the search server has no {what}") }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Unavailable(refused.why)
    }
}

impl From<reqwest::Error> for Refused {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold a name and a password.
        let why = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        Self { code: String::new(), why: format!("{}{why}", error.without_url()) }
    }
}

/// What the server said.
pub(super) type Said<T> = Result<T, Refused>;

/// The way to a server.
pub(super) struct Door {
    client: Option<reqwest::Client>,
    base: String,
    key: Option<String>,
}

impl Door {
    /// To the server at an address; nothing is asked yet.
    pub fn to(base: &str, key: Option<String>, patience: Duration) -> Self {
        // No redirect leads to an address that nobody configured, and no variable sends this elsewhere.
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(patience)
            .build();
        if let Err(error) = &client {
            tracing::error!(%error, "there is no way to ask a search server");
        }
        Self { client: client.ok(), base: base.trim_end_matches('/').to_owned(), key }
    }

    /// Asks; what is refused comes with the server's own code.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Json>) -> Said<Json> {
        let client =
            self.client.as_ref().ok_or_else(|| Refused { code: String::new(), why: "there is no client".into() })?;
        let mut request = client.request(method, format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status();
        let said: Json = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        if status.is_success() { Ok(said) } else { Err(refused(status, &said)) }
    }

    /// Gives the server something to do; the number of the task.
    pub async fn give(&self, method: Method, path: &str, body: Option<&Json>) -> Said<u64> {
        let said = self.ask(method, path, body).await?;
        said["taskUid"].as_u64().ok_or_else(|| Refused::unclear("number of a task"))
    }

    /// Waits until a task has succeeded: only then is what it wrote searchable, and kept when the server's machine stops.
    pub async fn done(&self, task: u64) -> Said<()> {
        let (mut look, mut failed, begun) = (LOOK, 0, Instant::now());
        loop {
            match self.ask(Method::GET, &format!("/tasks/{task}"), None).await {
                Ok(said) => match said["status"].as_str() {
                    Some("succeeded") => return Ok(()),
                    Some("enqueued" | "processing") if begun.elapsed() < LONGEST => failed = 0,
                    _ => return Err(refused(StatusCode::OK, &said["error"])),
                },
                Err(refused) if failed == FAILED_LOOKS => return Err(refused),
                Err(_) => failed += 1,
            }
            tokio::time::sleep(look).await;
            look = (look * 3 / 2).min(MOST_LOOK);
        }
    }

    /// Gives the server something to do, and waits until it has succeeded.
    pub async fn make(&self, method: Method, path: &str, body: Option<&Json>) -> Said<()> {
        let task = self.give(method, path, body).await?;
        self.done(task).await
    }
}

fn refused(status: StatusCode, said: &Json) -> Refused {
    let code = said["code"].as_str().unwrap_or_default().to_owned();
    let why = match said["message"].as_str() {
        Some(message) => format!("the search server refuses: {message} ({code})"),
        None => format!("the search server does not do it, and answers with {status}"),
    };
    Refused { code, why }
}
