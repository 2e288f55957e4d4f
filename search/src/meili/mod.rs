//! The index on a Meilisearch server (Meilisearch 引擎), for many nodes: all of them ask one index, and whichever is first writes.
//!
//! The server ranks and counts by terms that are cut here, so that what a query means does not hang on the engine. A batch, with
//! the position of the change log that it reflects, is one task of the server, done whole or not at all. Every request asks for
//! the position beside what it looks for, within one transaction of the server: an answer says exactly what it is as of.

mod ask;
mod build;
mod door;
mod row;
mod told;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::FutureExt as _;
use futures::future::{BoxFuture, try_join_all};
use reqwest::Method;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::document::{Document, FORMAT};
use crate::engine::{Answer, Batch, Building, Engine, Failure, Standing, Started};
use crate::found::{FacetField, Found, Group};
use crate::query::Query;
use crate::question::{Filter, Order, Question};
use crate::slips::{Vocabulary, slippery};
use crate::words::Words;
use ask::Asking;
use door::{Door, Refused, Said};
use row::{EVERY, IS_GONE, IS_LIVE, TITLE_WORDS, bodies, facet, gone, passed, row};
use told::Told;

/// The longest time for one request; tasks are waited for as long as they take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often an answer of several requests is tried when the index changes between them.
const TRIES: usize = 5;
/// How long is waited between them.
const REST: Duration = Duration::from_millis(20);
/// How many stamps are read at once.
const STAMPS: usize = 10_000;

/// Which server, and which index of it.
#[derive(Clone)]
pub struct Settings {
    /// The address of the server, such as `http://127.0.0.1:7700`.
    pub url: String,
    /// The key that requests carry; none where the server asks for none.
    pub key: Option<String>,
    /// What the names of the index, and of one that is built beside it, begin with.
    pub index: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key is nobody's to read, nor a password in the address.
        f.debug_struct("Settings").field("index", &self.index).finish_non_exhaustive()
    }
}

/// An index on a Meilisearch server; cheap to clone.
#[derive(Clone)]
pub struct Meili {
    inner: Arc<Inner>,
}

struct Inner {
    door: Door,
    index: String,
    vocabulary: ArcSwap<Vocabulary>,
}

impl Meili {
    /// The index; nothing is asked of the server yet.
    pub fn new(settings: Settings) -> Self {
        let door = Door::to(&settings.url, settings.key, PATIENCE);
        // Two versions of the program that make documents differently keep an index each.
        let index = format!("{}_v{FORMAT}", settings.index);
        Self { inner: Arc::new(Inner { door, index, vocabulary: ArcSwap::default() }) }
    }
}

impl Inner {
    fn path(&self, rest: &str) -> String {
        format!("/indexes/{}{rest}", self.index)
    }

    async fn asked(&self, asking: &Asking<'_>, rows: usize, counted: &[&str]) -> Said<Told> {
        // One row more: that of the state.
        let request = asking.request(rows + 1, counted);
        Told::of(&self.index, self.door.ask(Method::POST, "/multi-search", Some(&request)).await?)
    }

    /// Where the index stands; nothing where it was not built.
    async fn state(&self) -> Said<Option<Told>> {
        let everything = Asking::of(&self.index, &Filter::default(), Order::Relevance).all();
        match self.asked(&everything, 0, &[]).await {
            Ok(told) => Ok(Some(told)),
            Err(refused) if refused.is_missing() => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    async fn standing(&self) -> Said<Standing> {
        Ok(match self.state().await? {
            Some(Told { position, generation, total, .. }) => {
                Standing { position: Some(position), generation, documents: total as u64 }
            }
            None => Standing { position: None, generation: 0, documents: 0 },
        })
    }

    async fn write(&self, batch: Batch) -> Answer<()> {
        let Batch { put, remove, from, position } = batch;
        let any_removed = !remove.is_empty();
        let rows = in_rows(put, move |rows| rows.extend(remove.iter().map(|id| gone(*id)))).await?;
        let Some(before) = self.state().await? else {
            return Err(Failure::Unavailable(format!("the index {} has not been built", self.index)));
        };
        if before.position != from && before.position != position {
            return Err(Failure::Overtaken);
        }
        let mut bodies = bodies(rows);
        if let Some(Json::Array(last)) = bodies.last_mut() {
            last.push(passed(position));
        }
        for body in bodies {
            self.door.make(Method::PUT, &self.path("/documents"), Some(&body)).await?;
        }
        if any_removed {
            self.door.make(Method::POST, &self.path("/documents/delete"), Some(&json!({"filter": IS_GONE}))).await?;
        }
        match self.state().await? {
            Some(after) if after.generation != before.generation => {
                // Another index came into its place before this was written: it stands where it was built, and no further.
                let back = json!([passed(after.built_at)]);
                self.door.make(Method::PUT, &self.path("/documents"), Some(&back)).await?;
                Err(Failure::Overtaken)
            }
            _ => Ok(()),
        }
    }

    async fn find(&self, question: &Question) -> Answer<Found> {
        for _ in 0..TRIES {
            if let Some(found) = self.find_at_once(question).await? {
                return Ok(found);
            }
            tokio::time::sleep(REST).await;
        }
        Err(Failure::Unavailable("the index changes faster than it answers".to_owned()))
    }

    /// What is found; nothing if the index changed between two requests.
    async fn find_at_once(&self, question: &Question) -> Answer<Option<Found>> {
        let counted: Vec<&str> = match (question.facets, question.of_each_kind > 0) {
            (true, _) => FacetField::ALL.map(facet).to_vec(),
            (false, true) => vec![facet(FacetField::Kind)],
            (false, false) => Vec::new(),
        };
        let rows = question.offset + question.first;
        let asking = || Asking::of(&self.index, &question.filter, question.order);
        let is_empty = question.query.is_empty();
        let mut telling = None;
        let strictly = if is_empty { asking() } else { asking().strictly(&question.query) };
        let mut told = self.asked(&strictly, rows, &counted).await?;
        if !is_empty && told.total < ask::enough(question) {
            let telling = telling.insert(self.telling(question).await?);
            let loosely = asking().strictly(&question.query).loosely(&question.query, telling);
            told = self.asked(&loosely, rows, &counted).await?;
        }
        let mut groups = Vec::new();
        if question.of_each_kind > 0 && told.total > 0 {
            let telling = telling.as_deref();
            let of_kind = |(kind, total): (String, usize)| async move {
                let mut asking = asking().only(&kind).strictly(&question.query);
                if let Some(telling) = telling {
                    asking = asking.loosely(&question.query, telling);
                }
                let told = self.asked(&asking, question.of_each_kind, &[]).await?;
                let state = (told.position, told.generation);
                Ok::<_, Refused>((state, Group { kind, total, hits: told.hits }))
            };
            for (state, group) in try_join_all(told.values(FacetField::Kind).into_iter().map(of_kind)).await? {
                if state != (told.position, told.generation) {
                    return Ok(None);
                }
                groups.push(group);
            }
            let best = |group: &Group| group.hits.first().map_or(0.0, |hit| hit.score);
            groups.sort_by(|a, b| best(b).total_cmp(&best(a)).then_with(|| a.kind.cmp(&b.kind)));
        }
        Ok(Some(Found {
            facets: if question.facets { told.facets() } else { Vec::new() },
            groups,
            total: told.total,
            position: told.position,
            generation: told.generation,
            hits: told.hits.into_iter().skip(question.offset).collect(),
        }))
    }

    /// The words of a question, each with how much it tells of what is found.
    async fn telling(&self, question: &Question) -> Said<Vec<(String, f64)>> {
        let mut words = ask::words_of(&question.query.words);
        words.push(EVERY.to_owned());
        let request = ask::counting(&self.index, &question.filter, &words);
        let said = self.door.ask(Method::POST, "/multi-search", Some(&request)).await?;
        let results = said["results"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut counts: Vec<f64> =
            results.iter().map(|one| one["estimatedTotalHits"].as_f64().unwrap_or_default()).collect();
        words.pop();
        let all = counts.pop().unwrap_or_default();
        Ok(ask::telling(words, &counts, all))
    }

    async fn suggest(&self, prefix: &str, filter: &Filter, first: usize) -> Answer<Vec<Started>> {
        let Some(asking) = Asking::of(&self.index, filter, Order::Relevance).beginning(prefix) else {
            return Ok(Vec::new());
        };
        let told = self.asked(&asking, first, &[]).await?;
        Ok(told.hits.into_iter().map(|hit| Started { id: hit.id }).collect())
    }

    /// The words of the titles, at most a minute old.
    async fn words_of_titles(&self) -> Said<Arc<Vocabulary>> {
        let kept = self.vocabulary.load_full();
        if !kept.is_old() {
            return Ok(kept);
        }
        let request = json!({"q": "", "filter": IS_LIVE, "limit": 0, "facets": [TITLE_WORDS]});
        let said = self.door.ask(Method::POST, &self.path("/search"), Some(&request)).await?;
        let mut fresh = Vocabulary::taken_now();
        for (word, count) in said["facetDistribution"][TITLE_WORDS].as_object().into_iter().flatten() {
            if !fresh.add(word, count.as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX)) {
                break;
            }
        }
        let fresh = Arc::new(fresh);
        self.vocabulary.store(fresh.clone());
        Ok(fresh)
    }

    async fn did_you_mean(&self, written: &str, known: &Words, filter: &Filter) -> Answer<Option<String>> {
        let Some(folded) = slippery(written) else { return Ok(None) };
        let count = async |query: &str| -> Said<usize> {
            let asking = Asking::of(&self.index, filter, Order::Relevance).strictly(&Query::read(query, known));
            Ok(self.asked(&asking, 0, &[]).await?.total)
        };
        let there = count(&folded).await?;
        for proposal in self.words_of_titles().await?.proposals(&folded, there > 0) {
            if count(&proposal).await? > there {
                return Ok(Some(proposal));
            }
        }
        Ok(None)
    }

    async fn stamps(&self) -> Answer<Vec<(Uuid, u64)>> {
        let mut stamps = Vec::new();
        let before = self.state().await?.map(|told| (told.position, told.generation));
        loop {
            let request =
                json!({"filter": IS_LIVE, "fields": ["id", "stamp"], "limit": STAMPS, "offset": stamps.len()});
            let said = self.door.ask(Method::POST, &self.path("/documents/fetch"), Some(&request)).await?;
            let rows = said["results"].as_array().ok_or_else(|| Refused::unclear("documents"))?;
            for row in rows {
                let id = row["id"].as_str().and_then(|id| id.parse().ok());
                let stamp = row["stamp"].as_str().and_then(|stamp| u64::from_str_radix(stamp, 16).ok());
                stamps.push(id.zip(stamp).ok_or_else(|| Refused::unclear("stamp of a document"))?);
            }
            if rows.len() < STAMPS {
                break;
            }
        }
        // Pages of an index that changes miss some and repeat some.
        let after = self.state().await?.map(|told| (told.position, told.generation));
        if before == after { Ok(stamps) } else { Err(Failure::Overtaken) }
    }
}

/// Documents as rows, made beside the requests; `more` adds to them.
async fn in_rows(documents: Vec<Document>, more: impl FnOnce(&mut Vec<Json>) + Send + 'static) -> Answer<Vec<Json>> {
    let made = tokio::task::spawn_blocking(move || {
        let mut rows: Vec<Json> = documents.iter().map(row).collect();
        more(&mut rows);
        rows
    });
    made.await.map_err(|error| Failure::Unavailable(error.to_string()))
}

impl Engine for Meili {
    fn standing(&self) -> BoxFuture<'_, Answer<Standing>> {
        async move { Ok(self.inner.standing().await?) }.boxed()
    }

    fn write(&self, batch: Batch) -> BoxFuture<'_, Answer<()>> {
        self.inner.write(batch).boxed()
    }

    fn find(&self, question: Question) -> BoxFuture<'_, Answer<Found>> {
        async move { self.inner.find(&question).await }.boxed()
    }

    fn suggest(&self, prefix: String, filter: Filter, first: usize) -> BoxFuture<'_, Answer<Vec<Started>>> {
        async move { self.inner.suggest(&prefix, &filter, first).await }.boxed()
    }

    fn did_you_mean(
        &self,
        written: String,
        words: Arc<Words>,
        filter: Filter,
    ) -> BoxFuture<'_, Answer<Option<String>>> {
        async move { self.inner.did_you_mean(&written, &words, &filter).await }.boxed()
    }

    fn stamps(&self) -> BoxFuture<'_, Answer<Vec<(Uuid, u64)>>> {
        self.inner.stamps().boxed()
    }

    fn build(&self) -> BoxFuture<'_, Answer<Box<dyn Building>>> {
        async move { Ok(Box::new(build::Build::begin(self.inner.clone()).await?) as Box<dyn Building>) }.boxed()
    }
}
