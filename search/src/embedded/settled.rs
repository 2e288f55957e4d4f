//! A query that is always at a document. tantivy 0.27 excludes documents by asking scorers for documents that they have
//! passed, which the scorers of phrases and intersections do not bear (`Exclude::contains`); this one answers that.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, Term};

/// What an exclusion excludes.
#[derive(Debug)]
pub(super) struct Settled(pub Box<dyn Query>);

struct SettledWeight(Box<dyn Weight>);
struct SettledScorer(Box<dyn Scorer>);

impl Clone for Settled {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Settled {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(SettledWeight(self.0.weight(scoring)?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.query_terms(visitor);
    }
}

impl Weight for SettledWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(SettledScorer(self.0.scorer(reader, boost)?)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(reader, doc)
    }
}

impl DocSet for SettledScorer {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }
}

impl Scorer for SettledScorer {
    fn score(&mut self) -> Score {
        self.0.score()
    }
}
