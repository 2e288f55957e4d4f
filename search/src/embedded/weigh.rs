//! What documents weigh by several queries together, one query after the other: only what is asked about is looked at, however
//! often a word stands elsewhere.

use tantivy::query::{EnableScoring, Query, Scorer, Weight};
use tantivy::{DocId, Score, Searcher, SegmentReader, TERMINATED};

/// Queries whose scores are added up.
pub(super) struct Weights(Vec<Box<dyn Weight>>);

impl Weights {
    pub(super) fn of(searcher: &Searcher, queries: &[Box<dyn Query>]) -> tantivy::Result<Self> {
        let scoring = EnableScoring::enabled_from_searcher(searcher);
        queries.iter().map(|query| query.weight(scoring)).collect::<tantivy::Result<_>>().map(Self)
    }

    /// What each of these documents of a segment weighs; they are in their order. What no query finds weighs nothing.
    pub(super) fn weigh(&self, segment: &SegmentReader, documents: &[DocId]) -> tantivy::Result<Vec<Score>> {
        let mut sums = vec![0.0; documents.len()];
        for weight in &self.0 {
            add(&mut *weight.scorer(segment, 1.0)?, documents, &mut sums);
        }
        Ok(sums)
    }
}

/// Adds the scores of those documents that a scorer has.
fn add(scorer: &mut dyn Scorer, documents: &[DocId], sums: &mut [Score]) {
    let (mut at, mut found) = (0, scorer.doc());
    while found != TERMINATED {
        at += behind(&documents[at..], found);
        let Some(next) = documents.get(at).copied() else { return };
        if next == found {
            sums[at] += scorer.score();
            found = scorer.advance();
        } else {
            found = scorer.seek(next);
        }
    }
}

/// How many of an ordered list are before `doc`, found by steps that grow.
fn behind(list: &[DocId], doc: DocId) -> usize {
    let mut step = 1;
    while step < list.len() && list[step] < doc {
        step *= 2;
    }
    let (from, to) = (step / 2, (step + 1).min(list.len()));
    from + list[from..to].partition_point(|one| *one < doc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_behind_a_document() {
        let list = [1, 4, 5, 9, 20, 21, 30];
        for doc in 0..32 {
            assert_eq!(behind(&list, doc), list.iter().filter(|one| **one < doc).count(), "{doc}");
        }
        assert_eq!(behind(&[], 3), 0);
    }
}
