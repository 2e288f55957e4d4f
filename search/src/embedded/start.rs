//! Suggestions: titles that begin like what was typed, or have a word that does; in characters, by sound or by initials.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, InvertedIndexRangeQuery, Occur, Query};

use super::ask;
use super::columns::hits;
use super::fields::mark;
use super::live::Live;
use super::matched::Matching;
use super::rank::{Ways, rank};
use crate::engine::{Answer, Started};
use crate::question::{Filter, Order, Question};
use crate::text::sound::is_spelling;
use crate::text::typed::typed;

/// How much of what was typed is looked at, in characters.
const MOST_TYPED: usize = 10;
/// How many different beginnings are looked through for one that was typed.
const MOST_STARTS: u64 = 2_000;
/// What the beginning of a title counts beside that of a word in it.
const WHOLE_TITLE: f32 = 4.0;

impl Live {
    pub(super) fn suggest(&self, prefix: &str, filter: &Filter, first: usize) -> Answer<Vec<Started>> {
        let typed: String = typed(prefix).chars().take(MOST_TYPED).collect();
        if typed.is_empty() || first == 0 {
            return Ok(Vec::new());
        }
        let mut marks = vec![mark::CHARS];
        if is_spelling(&typed) {
            marks.extend([mark::SOUND, mark::INITIALS]);
        }
        let begin = |which: usize, weight: f32| -> Vec<Box<dyn Query>> {
            let begins = |mark: &[char; 2]| ConstScoreQuery::new(self.begins(mark[which], &typed), weight);
            marks.iter().map(|mark| Box::new(begins(mark)) as Box<dyn Query>).collect()
        };
        let all = || -> Vec<_> { begin(0, WHOLE_TITLE).into_iter().chain(begin(1, 1.0)).collect() };
        let mut clauses = ask::filters(&self.fields, filter);
        clauses.push((Occur::Must, Box::new(BooleanQuery::union(all()))));
        let wanted = Question { first, order: Order::Relevance, now: i64::MAX / 2, ..Question::default() };
        let view = self.view();
        let matched = view.searcher.search(&BooleanQuery::new(clauses), &Matching::of(&wanted))?;
        let ways = Ways { titles: begin(0, WHOLE_TITLE), quick: all(), whole: None };
        let ranking = rank(&view.searcher, &matched, &wanted, &ways)?;
        let best = ranking.best.get(..first.min(ranking.best.len())).unwrap_or_default();
        Ok(hits(&view.searcher, best)?.into_iter().map(|hit| Started { id: hit.id }).collect())
    }

    /// What has a beginning that begins like this.
    fn begins(&self, mark: char, typed: &str) -> Box<dyn Query> {
        let from = format!("{mark}{typed}");
        let behind = format!("{from}\u{10ffff}");
        let term = |text: &str| Term::from_field_text(self.fields.starts, text);
        let mut range = InvertedIndexRangeQuery::new(Bound::Included(term(&from)), Bound::Excluded(term(&behind)));
        range.limit(MOST_STARTS);
        Box::new(range)
    }
}
