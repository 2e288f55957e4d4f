//! Ranking what matches: first by what is cheap to count, then the best of that by everything that counts.
//!
//! A word that stands in half of all texts says little, and to weigh it for each of them takes longer than all else together.
//! Where very much matches, what has a word of the question in its title is looked at first: if that is enough, nothing
//! else comes before it.

use std::collections::{HashMap, HashSet};

use tantivy::query::Query;
use tantivy::{DocAddress, DocId, Searcher};

use super::columns::{Columns, Ranked, hits};
use super::matched::{Matched, kinds};
use super::weigh::Weights;
use crate::found::Group;
use crate::question::{Order, Question};

/// How many are ranked by everything.
const AGAIN: usize = 128;
/// Of how many matches all are ranked; of more those first that have a word in their titles.
const MANY: usize = 5_000;

/// What is ranked of that which matched.
#[derive(Clone, Copy)]
enum Of<'w> {
    /// The newest.
    Newest,
    /// What one of these finds, by what it weighs.
    Found(&'w [Box<dyn Query>]),
    /// All, by what these weigh.
    All(&'w [Box<dyn Query>]),
}

/// By what is ranked.
pub(super) struct Ways {
    /// By words in titles and by document numbers.
    pub titles: Vec<Box<dyn Query>>,
    /// By words in titles and texts.
    pub quick: Vec<Box<dyn Query>>,
    /// By everything; nothing if `quick` is all.
    pub whole: Option<Vec<Box<dyn Query>>>,
}

/// The best of what matched.
#[derive(Debug, Default)]
pub(super) struct Ranking {
    /// The best, in their order.
    pub best: Vec<Ranked>,
    /// The best of each kind; empty unless wanted.
    kinds: HashMap<String, Vec<Ranked>>,
    /// How many there were to choose from.
    found: usize,
}

/// Which of two comes first: the higher key, the higher score; of equals the one that was written first.
fn before(a: &Ranked, b: &Ranked) -> std::cmp::Ordering {
    b.key.total_cmp(&a.key).then_with(|| b.score.total_cmp(&a.score)).then_with(|| a.at.cmp(&b.at))
}

/// The best of many: sorted and cut whenever twice as many came; what is below the last then is not looked at any more.
#[derive(Debug)]
struct Best {
    list: Vec<Ranked>,
    least: f64,
    most: usize,
}

impl Best {
    fn of(most: usize) -> Self {
        Self { list: Vec::new(), least: f64::NEG_INFINITY, most }
    }

    fn takes(&self, key: f64) -> bool {
        key >= self.least
    }

    fn keep(&mut self, one: Ranked) {
        if !self.takes(one.key) {
            return;
        }
        self.list.push(one);
        if self.list.len() >= 2 * self.most + 64 {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.list.sort_unstable_by(before);
        self.list.truncate(self.most);
        if let Some(last) = self.list.last().filter(|_| self.list.len() == self.most) {
            self.least = last.key;
        }
    }

    fn settled(mut self) -> Vec<Ranked> {
        self.settle();
        self.list
    }
}

/// The best of what matched by a question. What stands before what never depends on which page is wanted.
pub(super) fn rank(
    searcher: &Searcher,
    matched: &Matched,
    question: &Question,
    ways: &Ways,
) -> tantivy::Result<Ranking> {
    let keep = (question.offset + question.first).max(AGAIN);
    let ranks = Ranks { searcher, matched, question };
    let mut ranking = match question.order {
        Order::Newest => ranks.best(Of::Newest, keep)?,
        Order::Relevance => ranks.titles_first(ways, keep)?,
    };
    if let Some(whole) = &ways.whole {
        ranks.weigh(whole, &mut ranking)?;
    }
    Ok(ranking)
}

struct Ranks<'r> {
    searcher: &'r Searcher,
    matched: &'r Matched,
    question: &'r Question,
}

impl Ranks<'_> {
    /// The best of all; where very much matches and enough of it says so in its title, those first.
    fn titles_first(&self, ways: &Ways, keep: usize) -> tantivy::Result<Ranking> {
        let all = || self.best(Of::All(&ways.quick), keep);
        if self.matched.total <= MANY {
            return all();
        }
        let mut titles = self.best(Of::Found(&ways.titles), keep)?;
        if titles.found < AGAIN {
            return all();
        }
        let of_kind = |(kind, total): (&String, &usize)| {
            titles.kinds.get(kind).map_or(0, Vec::len) >= self.question.of_each_kind.min(*total)
        };
        if titles.found < keep.min(self.matched.total) || !self.matched.kinds.iter().all(of_kind) {
            let all = all()?;
            titles.kinds = all.kinds;
            let known: HashSet<DocAddress> = titles.best.iter().map(|one| one.at).collect();
            let others = all.best.into_iter().filter(|one| !known.contains(&one.at));
            titles.best.extend(others.take(keep - known.len()));
        }
        Ok(titles)
    }

    /// The best, in their order, and those of each kind.
    fn best(&self, of: Of<'_>, keep: usize) -> tantivy::Result<Ranking> {
        let weights = match of {
            Of::Newest => None,
            Of::Found(queries) | Of::All(queries) => Some(Weights::of(self.searcher, queries)?),
        };
        let (mut best, mut of_kinds, mut found) = (Best::of(keep), HashMap::<String, Best>::new(), 0);
        for (segment, documents) in &self.matched.documents {
            let reader = self.searcher.segment_reader(*segment);
            let columns = Columns::of(reader)?;
            let kinds = if self.question.of_each_kind > 0 { kinds(&columns)? } else { Vec::new() };
            let scores = weights.as_ref().map(|weights| weights.weigh(reader, documents)).transpose()?;
            for (place, doc) in documents.iter().enumerate() {
                let score = scores.as_ref().map(|scores| scores[place]);
                if matches!(of, Of::Found(_)) && score == Some(0.0) {
                    continue;
                }
                found += 1;
                // Of most nothing else needs to be read: they are not among the best, however new they are.
                let takes = |score| best.takes(f64::from(Columns::at_most(score)));
                if kinds.is_empty() && !score.is_none_or(takes) {
                    continue;
                }
                let score = score.map(|score| columns.ranked_score(*doc, score, self.question.now));
                let key = score.map_or_else(|| columns.published_at(*doc) as f64, f64::from);
                let at = DocAddress::new(*segment, *doc);
                let ranked = Ranked { key, score: score.unwrap_or_default(), at };
                best.keep(ranked);
                let Some(facets) = columns.facets.as_ref().filter(|_| !kinds.is_empty()) else { continue };
                for term in facets.term_ords(*doc) {
                    if let Some((_, kind)) = kinds.iter().find(|(ordinal, _)| *ordinal == term) {
                        let most = self.question.of_each_kind;
                        of_kinds.entry(kind.clone()).or_insert_with(|| Best::of(most)).keep(ranked);
                    }
                }
            }
        }
        let kinds = of_kinds.into_iter().map(|(kind, best)| (kind, best.settled())).collect();
        Ok(Ranking { best: best.settled(), kinds, found })
    }

    /// Weighs the best again by other queries, those of each kind too, and orders them by that: what comes behind them stays
    /// there. Where the newest come first, all are weighed and stay where they are.
    fn weigh(&self, queries: &[Box<dyn Query>], ranking: &mut Ranking) -> tantivy::Result<()> {
        let weights = Weights::of(self.searcher, queries)?;
        let by_weight = self.question.order == Order::Relevance;
        let again = if by_weight { ranking.best.len().min(AGAIN) } else { ranking.best.len() };
        for (ordinal, segment) in self.searcher.segment_readers().iter().enumerate() {
            let of_kinds = ranking.kinds.values_mut().flatten();
            let best = ranking.best[..again].iter_mut().chain(of_kinds);
            let mut here: Vec<&mut Ranked> = best.filter(|one| one.at.segment_ord as usize == ordinal).collect();
            let mut documents: Vec<DocId> = here.iter().map(|one| one.at.doc_id).collect();
            documents.sort_unstable();
            documents.dedup();
            let scores = weights.weigh(segment, &documents)?;
            let columns = Columns::of(segment)?;
            for one in &mut here {
                let doc = one.at.doc_id;
                let score = documents.binary_search(&doc).map_or(0.0, |place| scores[place]);
                one.score = columns.ranked_score(doc, score, self.question.now);
                if by_weight {
                    one.key = f64::from(one.score);
                }
            }
        }
        ranking.best[..again].sort_unstable_by(before);
        // What was not weighed again may have counted otherwise: it fits no better than what stands before it.
        if let Some(mut least) = again.checked_sub(1).map(|last| ranking.best[last].score) {
            for one in &mut ranking.best[again..] {
                least = least.min(one.score);
                one.score = least;
            }
        }
        ranking.kinds.values_mut().for_each(|best| best.sort_unstable_by(before));
        Ok(())
    }
}

impl Ranking {
    /// The best of each kind, the kind of the best hit first.
    pub(super) fn groups(&self, searcher: &Searcher, matched: &Matched) -> tantivy::Result<Vec<Group>> {
        let mut groups: Vec<_> = self.kinds.iter().filter(|(_, best)| !best.is_empty()).collect();
        groups.sort_unstable_by(|(_, a), (_, b)| before(&a[0], &b[0]));
        let group = |(kind, best): (&String, &Vec<Ranked>)| {
            let total = matched.kinds.get(kind).copied().unwrap_or_default();
            Ok(Group { kind: kind.clone(), total, hits: hits(searcher, best)? })
        };
        groups.into_iter().map(group).collect()
    }
}
