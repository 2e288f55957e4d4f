//! The columns of a segment that answers are made of: identifiers, moments, and what contents are counted by.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader};
use uuid::Uuid;

use crate::found::Hit;

/// How much higher the newest rank than the oldest, as a part of their score.
const NEWER: f32 = 0.25;
/// After which time half of that is gone, in microseconds: two years.
const HALF: f32 = 2.0 * 365.25 * 24.0 * 3600.0 * 1e6;
/// What is left of the score of what does not hold any more.
const OUTDATED: f32 = 0.6;

/// The columns of a segment that are read.
pub(super) struct Columns {
    id_high: Column<u64>,
    id_low: Column<u64>,
    /// What contents are filtered and counted by, each with a letter before it.
    pub facets: Option<StrColumn>,
    published: Column<i64>,
    outdated: Column<u64>,
}

impl Columns {
    pub(super) fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        Ok(Self {
            id_high: fast.u64("id_high")?,
            id_low: fast.u64("id_low")?,
            facets: fast.str("facets")?,
            published: fast.i64("published")?,
            outdated: fast.u64("outdated")?,
        })
    }

    /// The score of a document as it ranks: newer ones a little higher, what does not hold any more lower.
    pub(super) fn ranked_score(&self, doc: DocId, score: Score, now: i64) -> f32 {
        let age = now.saturating_sub(self.published_at(doc)).max(0);
        let newer = 1.0 + NEWER * (-(age as f32) / HALF).exp2();
        let holds = if self.outdated.first(doc) == Some(1) { OUTDATED } else { 1.0 };
        score * newer * holds
    }

    /// The most that a document of this score may rank by.
    pub(super) fn at_most(score: Score) -> f32 {
        score * (1.0 + NEWER)
    }

    /// When a document was published, in microseconds.
    pub(super) fn published_at(&self, doc: DocId) -> i64 {
        self.published.first(doc).unwrap_or_default()
    }

    fn id(&self, doc: DocId) -> Uuid {
        let part = |column: &Column<u64>| column.first(doc).unwrap_or_default();
        Uuid::from_u64_pair(part(&self.id_high), part(&self.id_low))
    }
}

/// A document with what it is ordered by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ranked {
    pub key: f64,
    pub score: f32,
    pub at: DocAddress,
}

/// The contents of documents.
pub(super) fn hits(searcher: &Searcher, ranked: &[Ranked]) -> tantivy::Result<Vec<Hit>> {
    let segments = searcher.segment_readers();
    let columns = segments.iter().map(Columns::of).collect::<tantivy::Result<Vec<_>>>()?;
    let hit = |one: &Ranked| Hit { id: columns[one.at.segment_ord as usize].id(one.at.doc_id), score: one.score };
    Ok(ranked.iter().map(hit).collect())
}

/// The identifiers of all documents of a segment that are there, with their stamps.
pub(super) fn stamps(segment: &SegmentReader) -> tantivy::Result<Vec<(Uuid, u64)>> {
    let columns = Columns::of(segment)?;
    let stamps = segment.fast_fields().u64("stamp")?;
    Ok(segment.doc_ids_alive().map(|doc| (columns.id(doc), stamps.first(doc).unwrap_or_default())).collect())
}
