//! A query that is met where enough of several are: it counts them through windows of documents, and takes no score.
//!
//! tantivy 0.27 keeps a heap of scorers for this (`Disjunction`), which costs ten times as much where words stand in a third of all
//! texts.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// How many documents are counted at once.
const WINDOW: DocId = 4_096;

/// Documents that at least so many of several queries find.
#[derive(Debug)]
pub(super) struct Least {
    pub queries: Vec<Box<dyn Query>>,
    pub least: usize,
}

impl Clone for Least {
    fn clone(&self) -> Self {
        Self { queries: self.queries.iter().map(|query| query.box_clone()).collect(), least: self.least }
    }
}

impl Query for Least {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let silent = match scoring {
            EnableScoring::Enabled { searcher, .. } => EnableScoring::disabled_from_searcher(searcher),
            disabled @ EnableScoring::Disabled { .. } => disabled,
        };
        let weights = self.queries.iter().map(|query| query.weight(silent)).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(LeastWeight { weights, least: u8::try_from(self.least).unwrap_or(u8::MAX) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.queries.iter().for_each(|query| query.query_terms(visitor));
    }
}

struct LeastWeight {
    weights: Vec<Box<dyn Weight>>,
    least: u8,
}

impl Weight for LeastWeight {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut ways = Vec::with_capacity(self.weights.len());
        for weight in &self.weights {
            ways.push(Way::of(weight.scorer(reader, 1.0)?));
        }
        ways.retain(|way| way.doc() != TERMINATED);
        if ways.len() < usize::from(self.least) {
            return Ok(Box::new(EmptyScorer));
        }
        let counts = vec![0; WINDOW as usize].into_boxed_slice();
        let mut counted = Counted { ways, least: self.least, counts, found: Vec::new(), at: 0 };
        counted.count();
        Ok(Box::new(counted))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("it is counted, not scored".to_owned()))
    }
}

/// One of the queries, read ahead.
struct Way {
    scorer: Box<dyn Scorer>,
    ahead: [DocId; COLLECT_BLOCK_BUFFER_LEN],
    at: usize,
    many: usize,
}

impl Way {
    fn of(scorer: Box<dyn Scorer>) -> Self {
        let mut way = Self { scorer, ahead: [0; COLLECT_BLOCK_BUFFER_LEN], at: 0, many: 0 };
        way.read();
        way
    }

    fn read(&mut self) {
        (self.at, self.many) = (0, self.scorer.fill_buffer(&mut self.ahead));
    }

    fn doc(&self) -> DocId {
        self.ahead[..self.many].get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// Goes to the first document that is not before `target`.
    fn seek(&mut self, target: DocId) {
        if self.ahead[..self.many].last().is_some_and(|last| *last < target) {
            if self.scorer.doc() < target {
                self.scorer.seek(target);
            }
            self.read();
        }
        self.at += self.ahead[self.at..self.many].partition_point(|doc| *doc < target);
    }

    /// Counts the documents of a window that begins with `base`.
    fn count(&mut self, base: DocId, counts: &mut [u8]) {
        while self.at < self.many {
            for doc in &self.ahead[self.at..self.many] {
                match counts.get_mut((doc - base) as usize) {
                    Some(count) => *count = count.saturating_add(1),
                    None => return,
                }
                self.at += 1;
            }
            self.read();
        }
    }
}

/// The documents of one window at a time.
struct Counted {
    ways: Vec<Way>,
    least: u8,
    counts: Box<[u8]>,
    /// Those of the window that enough have found.
    found: Vec<DocId>,
    at: usize,
}

impl Counted {
    /// Counts windows until something is found in one, or nothing is left.
    fn count(&mut self) {
        self.found.clear();
        self.at = 0;
        while self.found.is_empty() {
            self.ways.retain(|way| way.doc() != TERMINATED);
            let Some(base) =
                self.ways.iter().map(Way::doc).min().filter(|_| self.ways.len() >= usize::from(self.least))
            else {
                return;
            };
            for way in &mut self.ways {
                way.count(base, &mut self.counts);
            }
            for (count, doc) in self.counts.iter_mut().zip(base..) {
                if *count >= self.least {
                    self.found.push(doc);
                }
                *count = 0;
            }
        }
    }
}

impl DocSet for Counted {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        if self.at >= self.found.len() {
            self.count();
        }
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.found.last().is_some_and(|last| *last >= target) {
            self.at += self.found[self.at..].partition_point(|doc| *doc < target);
        } else if !self.found.is_empty() {
            self.ways.iter_mut().for_each(|way| way.seek(target));
            self.count();
        }
        self.doc()
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() && self.at < self.found.len() {
            let many = (buffer.len() - filled).min(self.found.len() - self.at);
            buffer[filled..filled + many].copy_from_slice(&self.found[self.at..self.at + many]);
            filled += many;
            self.at += many;
            if self.at >= self.found.len() {
                self.count();
            }
        }
        filled
    }

    fn doc(&self) -> DocId {
        self.found.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.ways.iter().map(|way| way.scorer.size_hint()).max().unwrap_or_default()
    }
}

impl Scorer for Counted {
    fn score(&mut self) -> Score {
        0.0
    }
}
