//! Building an index beside the one that answers, and swapping them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::Method;
use serde_json::json;

use super::Inner;
use super::door::Said;
use super::row::{row, settings, state};
use crate::document::Document;
use crate::engine::{Answer, Building, Failure};

/// How many batches the server has before it at once: more only fill its queue.
const AHEAD: usize = 4;
/// After which time without a write a building is given up by whoever began it.
const GIVEN_UP: Duration = Duration::from_secs(300);

/// An index that is being built.
pub(super) struct Build {
    inner: Arc<Inner>,
    given: VecDeque<u64>,
    is_finished: bool,
}

impl Build {
    /// Begins one, unless somebody else is building.
    pub async fn begin(inner: Arc<Inner>) -> Answer<Self> {
        let (door, next) = (&inner.door, inner.next());
        match door.ask(Method::GET, &format!("/indexes/{next}"), None).await {
            Ok(other) if age(other["updatedAt"].as_str()).is_none_or(|age| age < GIVEN_UP) => {
                let why =
                    format!("another process is building {next}; one that stopped is given up after five minutes");
                return Err(Failure::Unavailable(why));
            }
            Ok(_) => door.make(Method::DELETE, &format!("/indexes/{next}"), None).await?,
            Err(refused) if refused.is_missing() => {}
            Err(refused) => return Err(refused.into()),
        }
        // Of two who come here at once, one is refused: there is such an index.
        door.make(Method::POST, "/indexes", Some(&json!({"uid": next, "primaryKey": "id"}))).await?;
        let build = Self { inner, given: VecDeque::new(), is_finished: false };
        build.inner.door.make(Method::PATCH, &format!("/indexes/{next}/settings"), Some(&settings())).await?;
        Ok(build)
    }

    async fn put(&mut self, documents: Vec<Document>) -> Said<()> {
        let rows = tokio::task::spawn_blocking(move || documents.iter().map(row).collect::<Vec<_>>()).await;
        let (door, next) = (&self.inner.door, self.inner.next());
        let path = format!("/indexes/{next}/documents");
        self.given.push_back(door.give(Method::POST, &path, Some(&rows.unwrap_or_default().into())).await?);
        while self.given.len() > AHEAD {
            door.done(self.given.pop_front().unwrap_or_default()).await?;
        }
        Ok(())
    }

    async fn take_over(&mut self, position: i64) -> Said<()> {
        let Inner { door, index, .. } = &*self.inner;
        let next = self.inner.next();
        while let Some(task) = self.given.pop_front() {
            door.done(task).await?;
        }
        let before = self.inner.state().await?.map_or(0, |(_, generation)| generation);
        // Buildings go on counting where the index was thrown away.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let written = [state(position, now.max(before + 1))];
        door.make(Method::POST, &format!("/indexes/{next}/documents"), Some(&json!(written))).await?;
        if let Err(refused) = door.ask(Method::GET, &format!("/indexes/{index}"), None).await {
            if !refused.is_missing() {
                return Err(refused);
            }
            door.make(Method::POST, "/indexes", Some(&json!({"uid": index, "primaryKey": "id"}))).await?;
        }
        door.make(Method::POST, "/swap-indexes", Some(&json!([{"indexes": [index, next]}]))).await?;
        self.is_finished = true;
        door.make(Method::DELETE, &format!("/indexes/{next}"), None).await
    }
}

impl Building for Build {
    fn add(&mut self, documents: Vec<Document>) -> BoxFuture<'_, Answer<()>> {
        async move { Ok(self.put(documents).await?) }.boxed()
    }

    fn finish(mut self: Box<Self>, position: i64) -> BoxFuture<'static, Answer<()>> {
        async move { Ok(self.take_over(position).await?) }.boxed()
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        // What was begun in vain makes room for the next try.
        if let (false, Ok(runtime)) = (self.is_finished, tokio::runtime::Handle::try_current()) {
            let inner = self.inner.clone();
            runtime.spawn(async move {
                let path = format!("/indexes/{}", inner.next());
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
