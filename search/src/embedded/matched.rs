//! What matches: which documents, how many, and by what they are counted. Nothing is ranked here, so that a word which stands
//! in half of all texts costs little.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::columns::Columns;
use super::fields::mark;
use crate::found::{Facet, FacetField};
use crate::question::Question;

/// How many values of a facet are told.
const MOST_VALUES: usize = 50;
/// How many kinds there may be.
const MOST_KINDS: u64 = 64;

/// What is wanted of matching documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matching {
    /// Whether they are counted by everything.
    facets: bool,
    /// Whether they are counted by their kinds.
    kinds: bool,
}

/// What matched.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// How many.
    pub total: usize,
    /// Which, by segments, in their order.
    pub documents: Vec<(SegmentOrdinal, Vec<DocId>)>,
    /// How many there are of each kind; empty unless wanted.
    pub kinds: HashMap<String, usize>,
    /// How many by facet terms; empty unless wanted.
    counts: HashMap<String, usize>,
}

impl Matching {
    pub(super) fn of(question: &Question) -> Self {
        Self { facets: question.facets, kinds: question.of_each_kind > 0 }
    }
}

impl Matched {
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
}

/// The terms of a segment that are kinds, each with its place in the dictionary.
pub(super) fn kinds(columns: &Columns) -> tantivy::Result<Vec<(u64, String)>> {
    let mut kinds = Vec::new();
    if let Some(facets) = &columns.facets {
        let range = facets.dictionary().range().ge([mark::KIND as u8]).lt([mark::KIND as u8 + 1]);
        let mut stream = range.limit(MOST_KINDS).into_stream()?;
        while stream.advance() {
            kinds.push((stream.term_ord(), String::from_utf8_lossy(&stream.key()[1..]).into_owned()));
        }
    }
    Ok(kinds)
}

pub(super) struct OfSegment {
    columns: Columns,
    wanted: Matching,
    /// How often each term of the facets was counted.
    counts: Vec<u32>,
    documents: Vec<DocId>,
    segment: SegmentOrdinal,
}

impl Collector for Matching {
    type Fruit = Matched;
    type Child = OfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<OfSegment> {
        let columns = Columns::of(reader)?;
        let terms =
            columns.facets.as_ref().filter(|_| self.facets || self.kinds).map_or(0, |facets| facets.num_terms());
        Ok(OfSegment { columns, wanted: *self, counts: vec![0; terms], documents: Vec::new(), segment })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Matched>>) -> tantivy::Result<Matched> {
        let mut all = Matched::default();
        for fruit in fruits {
            let fruit = fruit?;
            all.total += fruit.total;
            all.documents.extend(fruit.documents);
            for (sum, counts) in [(&mut all.counts, fruit.counts), (&mut all.kinds, fruit.kinds)] {
                for (term, count) in counts {
                    *sum.entry(term).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = tantivy::Result<Matched>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.collect_block(&[doc]);
    }

    fn collect_block(&mut self, documents: &[DocId]) {
        self.documents.extend_from_slice(documents);
        let Some(facets) = self.columns.facets.as_ref().filter(|_| !self.counts.is_empty()) else { return };
        for doc in documents {
            for term in facets.term_ords(*doc) {
                if let Some(count) = self.counts.get_mut(term as usize) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> tantivy::Result<Matched> {
        let mut matched = Matched { total: self.documents.len(), ..Matched::default() };
        matched.documents.push((self.segment, self.documents));
        let Some(facets) = self.columns.facets.as_ref().filter(|_| !self.counts.is_empty()) else { return Ok(matched) };
        for (term, kind) in kinds(&self.columns)?.into_iter().filter(|_| self.wanted.kinds) {
            matched.kinds.insert(kind, self.counts.get(term as usize).copied().unwrap_or_default() as usize);
        }
        matched.kinds.retain(|_, count| *count > 0);
        let mut term = String::new();
        for (ordinal, count) in self.counts.iter().enumerate().filter(|(_, count)| self.wanted.facets && **count > 0) {
            if facets.ord_to_str(ordinal as u64, &mut term)? {
                matched.counts.insert(term.clone(), *count as usize);
            }
        }
        Ok(matched)
    }
}
