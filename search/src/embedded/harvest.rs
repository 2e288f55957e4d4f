//! Collecting: the best hits, how many there are, and by what they are counted, in one pass over what matches.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};
use uuid::Uuid;

use super::fields::mark;
use crate::found::{Facet, FacetField, Group, Hit};
use crate::question::{Order, Question};

/// How many values of a facet are told.
const MOST_VALUES: usize = 50;
/// How much higher the newest rank than the oldest, as a part of their score.
const NEWER: f32 = 0.25;
/// After which time half of that is gone, in microseconds: two years.
const HALF: f32 = 2.0 * 365.25 * 24.0 * 3600.0 * 1e6;
/// What is left of the score of what does not hold any more.
const OUTDATED: f32 = 0.6;

/// What is collected of matching documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Harvest {
    keep: usize,
    facets: bool,
    of_each_kind: usize,
    order: Order,
    now: i64,
}

/// What was collected.
#[derive(Debug, Default)]
pub(super) struct Harvested {
    /// The best, in their order.
    pub best: Vec<Ranked>,
    /// How many matched.
    pub total: usize,
    /// How many by facet terms.
    counts: HashMap<String, usize>,
    /// How many there are of each kind, and the best of them.
    pub kinds: HashMap<String, (usize, Vec<Ranked>)>,
}

/// A document with what it is ordered by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ranked {
    pub key: f64,
    pub score: f32,
    pub at: DocAddress,
}

/// Which of two comes first: the higher key, the higher score; of equals the one that was written first.
pub(super) fn before(a: &Ranked, b: &Ranked) -> std::cmp::Ordering {
    b.key.total_cmp(&a.key).then_with(|| b.score.total_cmp(&a.score)).then_with(|| a.at.cmp(&b.at))
}

/// The best of many: sorted and cut whenever twice as many came; what is below the last then is not looked at any more.
#[derive(Debug, Default)]
struct Best {
    list: Vec<Ranked>,
    least: Option<f64>,
}

impl Best {
    fn keep(&mut self, one: Ranked, most: usize) {
        if most == 0 || self.least.is_some_and(|least| one.key < least) {
            return;
        }
        self.list.push(one);
        if self.list.len() >= 2 * most + 64 {
            settle(&mut self.list, most);
            self.least = self.list.last().map(|last| last.key);
        }
    }
}

pub(super) fn settle(list: &mut Vec<Ranked>, most: usize) {
    list.sort_unstable_by(before);
    list.truncate(most);
}

impl Harvest {
    pub(super) fn of(question: &Question) -> Self {
        Self {
            keep: (question.offset + question.first).max(super::rank::AGAIN),
            facets: question.facets,
            of_each_kind: question.of_each_kind,
            order: question.order,
            now: question.now,
        }
    }
}

impl Harvested {
    /// How many there are by what they can be narrowed by.
    pub(super) fn facets(&self) -> Vec<Facet> {
        let mark = |field: FacetField| match field {
            FacetField::Kind => mark::KIND,
            FacetField::Site => mark::SITE,
            FacetField::Tag => mark::TAG,
            FacetField::Publisher => mark::PUBLISHER,
            FacetField::Theme => mark::THEME,
            FacetField::Year => mark::YEAR,
            FacetField::Validity => mark::VALIDITY,
        };
        let mut facets = Vec::new();
        for field in FacetField::ALL {
            let of_field =
                self.counts.iter().filter_map(|(term, count)| Some((term.strip_prefix(mark(field))?, count)));
            let mut values: Vec<_> = of_field.map(|(value, count)| (value.to_owned(), *count)).collect();
            values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            values.truncate(MOST_VALUES);
            if !values.is_empty() {
                facets.push(Facet { field, values });
            }
        }
        facets
    }

    /// The best of each kind, the kind of the best hit first.
    pub(super) fn groups(&self, searcher: &Searcher) -> tantivy::Result<Vec<Group>> {
        let mut groups: Vec<_> = self.kinds.iter().filter(|(_, (_, best))| !best.is_empty()).collect();
        groups.sort_unstable_by(|(_, (_, a)), (_, (_, b))| before(&a[0], &b[0]));
        groups
            .into_iter()
            .map(|(kind, (total, best))| Ok(Group { kind: kind.clone(), total: *total, hits: hits(searcher, best)? }))
            .collect()
    }
}

/// The contents of documents.
pub(super) fn hits(searcher: &Searcher, ranked: &[Ranked]) -> tantivy::Result<Vec<Hit>> {
    let segments = searcher.segment_readers();
    let columns = segments.iter().map(Columns::of).collect::<tantivy::Result<Vec<_>>>()?;
    let hit = |one: &Ranked| Hit { id: columns[one.at.segment_ord as usize].id(one.at.doc_id), score: one.score };
    Ok(ranked.iter().map(hit).collect())
}

/// The columns of a segment that are read.
pub(super) struct Columns {
    id_high: Column<u64>,
    id_low: Column<u64>,
    facets: Option<StrColumn>,
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
        let age = now.saturating_sub(self.published.first(doc).unwrap_or_default()).max(0);
        let newer = 1.0 + NEWER * (-(age as f32) / HALF).exp2();
        let holds = if self.outdated.first(doc) == Some(1) { OUTDATED } else { 1.0 };
        score * newer * holds
    }

    fn id(&self, doc: DocId) -> Uuid {
        let part = |column: &Column<u64>| column.first(doc).unwrap_or_default();
        Uuid::from_u64_pair(part(&self.id_high), part(&self.id_low))
    }
}

pub(super) struct OfSegment {
    harvest: Harvest,
    columns: Columns,
    /// How often each term of the facets was counted.
    counts: Vec<u32>,
    /// The terms that are kinds: with each the number of its list.
    kinds: HashMap<u64, usize>,
    of_kinds: Vec<(String, usize, Best)>,
    best: Best,
    segment: SegmentOrdinal,
    total: usize,
}

impl Collector for Harvest {
    type Fruit = Harvested;
    type Child = OfSegment;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<OfSegment> {
        let columns = Columns::of(segment)?;
        let (mut kinds, mut of_kinds, mut terms) = (HashMap::new(), Vec::new(), 0);
        if let Some(facets) = &columns.facets {
            terms = facets.num_terms();
            if self.of_each_kind > 0 {
                let mut range = facets.dictionary().range().ge([mark::KIND as u8]).lt([mark::KIND as u8 + 1]);
                range = range.limit(64);
                let mut stream = range.into_stream()?;
                while stream.advance() {
                    let kind = String::from_utf8_lossy(&stream.key()[1..]).into_owned();
                    kinds.insert(stream.term_ord(), of_kinds.len());
                    of_kinds.push((kind, 0, Best::default()));
                }
            }
        }
        let counts = if self.facets { vec![0; terms] } else { Vec::new() };
        let best = Best::default();
        Ok(OfSegment { harvest: *self, columns, counts, kinds, of_kinds, best, segment: ordinal, total: 0 })
    }

    fn requires_scoring(&self) -> bool {
        self.keep > 0 || self.of_each_kind > 0
    }

    fn merge_fruits(&self, fruits: Vec<Harvested>) -> tantivy::Result<Harvested> {
        let mut all = Harvested::default();
        for fruit in fruits {
            all.total += fruit.total;
            all.best.extend(fruit.best);
            for (term, count) in fruit.counts {
                *all.counts.entry(term).or_default() += count;
            }
            for (kind, (total, best)) in fruit.kinds {
                let kind = all.kinds.entry(kind).or_default();
                kind.0 += total;
                kind.1.extend(best);
            }
        }
        settle(&mut all.best, self.keep);
        all.kinds.values_mut().for_each(|(_, best)| settle(best, self.of_each_kind));
        Ok(all)
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = Harvested;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        let score = self.ranked_score(doc, score);
        let key = match self.harvest.order {
            Order::Relevance => f64::from(score),
            Order::Newest => self.columns.published.first(doc).unwrap_or_default() as f64,
        };
        let ranked = Ranked { key, score, at: DocAddress::new(self.segment, doc) };
        self.best.keep(ranked, self.harvest.keep);
        let Some(facets) = &self.columns.facets else { return };
        if self.counts.is_empty() && self.kinds.is_empty() {
            return;
        }
        for term in facets.term_ords(doc) {
            if let Some(count) = self.counts.get_mut(term as usize) {
                *count += 1;
            }
            if let Some(kind) = self.kinds.get(&term) {
                let (_, total, best) = &mut self.of_kinds[*kind];
                *total += 1;
                best.keep(ranked, self.harvest.of_each_kind);
            }
        }
    }

    fn harvest(self) -> Harvested {
        let mut counts = HashMap::new();
        if let Some(facets) = &self.columns.facets {
            let mut term = String::new();
            for (ordinal, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                if facets.ord_to_str(ordinal as u64, &mut term).unwrap_or(false) {
                    counts.insert(term.clone(), *count as usize);
                }
            }
        }
        let kinds = self.of_kinds.into_iter().filter(|(_, total, _)| *total > 0);
        Harvested {
            total: self.total,
            counts,
            kinds: kinds.map(|(kind, total, best)| (kind, (total, best.list))).collect(),
            best: self.best.list,
        }
    }
}

impl OfSegment {
    fn ranked_score(&self, doc: DocId, score: Score) -> f32 {
        self.columns.ranked_score(doc, score, self.harvest.now)
    }
}

/// The identifiers of all documents of a segment that are there, with their stamps.
pub(super) fn stamps(segment: &SegmentReader) -> tantivy::Result<Vec<(Uuid, u64)>> {
    let columns = Columns::of(segment)?;
    let stamps = segment.fast_fields().u64("stamp")?;
    Ok(segment.doc_ids_alive().map(|doc| (columns.id(doc), stamps.first(doc).unwrap_or_default())).collect())
}
