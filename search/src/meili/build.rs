//! Building an index beside the one that answers, and swapping them.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::row::{bodies, settings, state};
use super::{Inner, in_rows};
use crate::document::Document;
use crate::engine::{Answer, Building, Failure};

/// How many batches the server has before it at once: more only fill its queue.
const AHEAD: usize = 4;
/// After which time without a write a building is given up by whoever began it.
const GIVEN_UP: Duration = Duration::from_secs(300);

/// An index that is being built, under a name of its own.
pub(super) struct Build {
    inner: Arc<Inner>,
    name: String,
    given: VecDeque<u64>,
    /// What was given.
    documents: HashSet<Uuid>,
    /// Whether there is no index of this name any more.
    is_over: bool,
}

impl Build {
    /// Begins one, unless somebody else is building.
    pub async fn begin(inner: Arc<Inner>) -> Answer<Self> {
        let door = &inner.door;
        let all = door.ask(Method::GET, "/indexes?limit=1000", None).await?;
        let begins = format!("{}_next_", inner.index);
        for other in all["results"].as_array().into_iter().flatten() {
            let Some(name) = other["uid"].as_str().filter(|name| name.starts_with(&begins)) else { continue };
            if age(other["updatedAt"].as_str()).is_none_or(|age| age < GIVEN_UP) {
                let why =
                    format!("another process is building {name}; one that stopped is given up after five minutes");
                return Err(Failure::Unavailable(why));
            }
            door.make(Method::DELETE, &format!("/indexes/{name}"), None).await?;
        }
        let name = format!("{begins}{}", chrono::Utc::now().timestamp_micros());
        door.make(Method::POST, "/indexes", Some(&json!({"uid": name, "primaryKey": "id"}))).await?;
        let build = Self { inner, name, given: VecDeque::new(), documents: HashSet::new(), is_over: false };
        build.inner.door.make(Method::PATCH, &build.path("/settings"), Some(&settings())).await?;
        Ok(build)
    }

    fn path(&self, rest: &str) -> String {
        format!("/indexes/{}{rest}", self.name)
    }

    async fn put(&mut self, documents: Vec<Document>) -> Answer<()> {
        self.documents.extend(documents.iter().map(|document| document.id));
        for body in bodies(in_rows(documents, |_| ()).await?) {
            self.given.push_back(self.inner.door.give(Method::POST, &self.path("/documents"), Some(&body)).await?);
            while self.given.len() > AHEAD {
                self.inner.door.done(self.given.pop_front().unwrap_or_default()).await?;
            }
        }
        Ok(())
    }

    async fn take_over(&mut self, position: i64) -> Answer<()> {
        let Inner { door, index, .. } = &*self.inner;
        while let Some(task) = self.given.pop_front() {
            door.done(task).await?;
        }
        // Whoever took this for given up has removed it: what came since would lie in an index without the rest.
        let there = door.ask(Method::GET, &self.path("/stats"), None).await?["numberOfDocuments"].as_u64();
        if there != Some(self.documents.len() as u64) {
            return Err(Failure::Unavailable(format!("the index {} lost what it was given", self.name)));
        }
        let before = self.inner.state().await?.map_or(0, |told| told.generation);
        // Buildings go on counting where the index was thrown away.
        let now = u64::try_from(chrono::Utc::now().timestamp()).unwrap_or_default();
        let written = json!([state(position, now.max(before + 1))]);
        door.make(Method::POST, &self.path("/documents"), Some(&written)).await?;
        if let Err(refused) = door.ask(Method::GET, &format!("/indexes/{index}"), None).await {
            if !refused.is_missing() {
                return Err(refused.into());
            }
            door.make(Method::POST, "/indexes", Some(&json!({"uid": index, "primaryKey": "id"}))).await?;
        }
        door.make(Method::POST, "/swap-indexes", Some(&json!([{"indexes": [index, self.name]}]))).await?;
        // What answered before has this name now. Waited for: it would stand in the way of the next building.
        door.make(Method::DELETE, &self.path(""), None).await?;
        self.is_over = true;
        Ok(())
    }
}

impl Building for Build {
    fn add(&mut self, documents: Vec<Document>) -> BoxFuture<'_, Answer<()>> {
        self.put(documents).boxed()
    }

    fn finish(mut self: Box<Self>, position: i64) -> BoxFuture<'static, Answer<()>> {
        async move { self.take_over(position).await }.boxed()
    }
}

impl Drop for Build {
    /// Removes what was begun in vain.
    fn drop(&mut self) {
        if let (false, Ok(runtime)) = (self.is_over, tokio::runtime::Handle::try_current()) {
            let (inner, path) = (self.inner.clone(), self.path(""));
            runtime.spawn(async move {
                if let Err(refused) = inner.door.give(Method::DELETE, &path, None).await {
                    tracing::warn!(?refused, "a search index that was begun in vain could not be removed");
                }
            });
        }
    }
}

/// How long ago a moment of the server was; nothing if it cannot be read.
fn age(moment: Option<&str>) -> Option<Duration> {
    let then = chrono::DateTime::parse_from_rfc3339(moment?).ok()?;
    (chrono::Utc::now() - then.to_utc()).to_std().ok()
}
