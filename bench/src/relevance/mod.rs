//! How well the search ranks (检索质量): judged queries over real texts, beside BM25 over single characters as a floor.
//!
//! Each corpus is an index of its own. The figures of the repository stand in `bench/relevance.toml`: what falls below them
//! fails. The texts are not part of the repository.

mod corpus;
mod floor;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use search::embedded::{Embedded, Settings};
use search::meili::{self, Meili};
use search::{Engine, Query, Question, Words};
use serde::Deserialize;
use uuid::Uuid;

pub(crate) use corpus::Text;
use corpus::{Corpus, Judged};
use floor::Floor;

/// The figures that must be reached.
static COMMITTED: &str = include_str!("../../relevance.toml");

/// How many hits are looked at.
const LOOKED_AT: usize = 10;

/// The figures of one type of query, each the mean over its queries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
pub struct Figures {
    /// How many queries.
    #[serde(default)]
    queries: usize,
    /// The part of what is relevant that the first hit is.
    recall_at_1: f64,
    /// The part of what is relevant that is among ten hits.
    recall_at_10: f64,
    /// The discounted gain of ten hits, of what it could be.
    ndcg_at_10: f64,
}

impl Figures {
    fn add(&mut self, ranked: &[&str], relevant: &BTreeSet<&str>) {
        let recall = |most: usize| {
            let found: BTreeSet<_> = ranked.iter().take(most).filter(|id| relevant.contains(*id)).collect();
            found.len() as f64 / relevant.len() as f64
        };
        let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
        let hits = ranked.iter().take(LOOKED_AT).enumerate().filter(|(_, id)| relevant.contains(*id));
        let gained: f64 = hits.map(|(place, _)| gain(place)).sum();
        let ideal: f64 = (0..relevant.len().min(LOOKED_AT)).map(gain).sum();
        self.queries += 1;
        self.recall_at_1 += recall(1);
        self.recall_at_10 += recall(LOOKED_AT);
        self.ndcg_at_10 += gained / ideal;
    }

    fn mean(self) -> Self {
        let queries = self.queries.max(1) as f64;
        Self {
            queries: self.queries,
            recall_at_1: self.recall_at_1 / queries,
            recall_at_10: self.recall_at_10 / queries,
            ndcg_at_10: self.ndcg_at_10 / queries,
        }
    }

    fn row(&self) -> String {
        format!("{:.3} {:.3} {:.3}", self.recall_at_1, self.recall_at_10, self.ndcg_at_10)
    }
}

/// Measures, prints a table, and fails when a figure is below the committed one; those of a Meilisearch server (`meili`, its
/// address) are only printed.
///
/// # Errors
/// When the data cannot be read, the index fails, or a figure is too low.
pub async fn measure(data: &Path, misses: bool, meili: Option<&str>) -> anyhow::Result<()> {
    let judged = corpus::judged(data)?;
    let names: BTreeSet<&str> = judged.iter().map(|query| query.corpus.as_str()).collect();
    let (mut ours, mut floor) = (BTreeMap::<&str, Figures>::new(), BTreeMap::<&str, Figures>::new());
    for name in names {
        let corpus = corpus::read(data, name)?;
        let of_corpus: Vec<&Judged> = judged.iter().filter(|query| query.corpus == name).collect();
        let index = Indexed::build(&corpus, meili).await?;
        let plain = Floor::of(&corpus);
        for query in of_corpus {
            let relevant: BTreeSet<&str> = query.relevant.iter().map(String::as_str).collect();
            let ranked = index.ranked(&query.query).await?;
            let ranked: Vec<&str> = ranked.iter().map(|place| corpus.texts[*place].id.as_str()).collect();
            ours.entry(&query.kind).or_default().add(&ranked, &relevant);
            let base: Vec<&str> = plain
                .ranked(&query.query, LOOKED_AT)
                .into_iter()
                .map(|place| corpus.texts[place].id.as_str())
                .collect();
            floor.entry(&query.kind).or_default().add(&base, &relevant);
            if misses && !ranked.iter().any(|id| relevant.contains(id)) {
                println!("missed: {} {} {}", query.kind, query.query, query.relevant.join(","));
            }
        }
    }
    println!("| type | queries | search: recall@1 recall@10 nDCG@10 | BM25 over characters: the same |");
    println!("|---|---|---|---|");
    let committed: BTreeMap<String, Figures> = toml::from_str(COMMITTED).context("bench/relevance.toml")?;
    let mut low = Vec::new();
    for (kind, figures) in &ours {
        let (figures, floor) = (figures.mean(), floor.get(kind).copied().unwrap_or_default().mean());
        println!("| {kind} | {} | {} | {} |", figures.queries, figures.row(), floor.row());
        let least = committed.get(*kind).with_context(|| format!("bench/relevance.toml says nothing of {kind}"))?;
        let enough = figures.recall_at_1 >= least.recall_at_1
            && figures.recall_at_10 >= least.recall_at_10
            && figures.ndcg_at_10 >= least.ndcg_at_10;
        if !enough && meili.is_none() {
            low.push(format!("{kind}: {} instead of {}", figures.row(), least.row()));
        }
    }
    ensure!(low.is_empty(), "below what is committed:\n{}", low.join("\n"));
    Ok(())
}

/// The texts of a corpus.
pub(crate) fn texts(data: &Path, name: &str) -> anyhow::Result<Vec<Text>> {
    Ok(corpus::read(data, name)?.texts)
}

/// A corpus in an index of its own.
struct Indexed {
    index: Box<dyn Engine>,
    words: Arc<Words>,
    _folder: tempfile::TempDir,
}

impl Indexed {
    async fn build(corpus: &Corpus, meili: Option<&str>) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let folder = tempfile::tempdir()?;
        let index: Box<dyn Engine> = match meili {
            None => {
                let settings = Settings { folder: folder.path().to_path_buf(), memory: 128_000_000, threads: 2 };
                Box::new(Embedded::new(settings))
            }
            Some(url) => {
                let index = format!("relevance_{}", corpus.name.replace('.', "_"));
                Box::new(Meili::new(meili::Settings { url: url.to_owned(), key: None, index }))
            }
        };
        let mut building = index.build().await?;
        for texts in corpus.documents().chunks(500) {
            building.add(texts.to_vec()).await?;
        }
        building.finish(1).await?;
        eprintln!("{}: {} texts indexed in {:.1} s", corpus.name, corpus.texts.len(), begun.elapsed().as_secs_f64());
        Ok(Self { index, words: Arc::new(Words::default()), _folder: folder })
    }

    /// The best texts for a query, by their places in the corpus.
    async fn ranked(&self, query: &str) -> anyhow::Result<Vec<usize>> {
        let query = Query::read(query, &self.words);
        let found = self.index.find(Question { query, first: LOOKED_AT, ..Question::default() }).await?;
        Ok(found.hits.iter().map(|hit| place(hit.id)).collect())
    }
}

fn place(id: Uuid) -> usize {
    id.as_u128() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_books() {
        let mut figures = Figures::default();
        figures.add(&["a", "x", "b"], &BTreeSet::from(["a", "b", "c"]));
        assert!((figures.recall_at_1 - 1.0 / 3.0).abs() < 1e-9);
        assert!((figures.recall_at_10 - 2.0 / 3.0).abs() < 1e-9);
        let ideal = 1.0 + 1.0 / 3f64.log2() + 0.5;
        assert!((figures.ndcg_at_10 - 1.5 / ideal).abs() < 1e-9);
    }
}
