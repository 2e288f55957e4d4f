//! Suggestions: titles that begin like what was typed, or have a word that does; in characters, by sound or by initials.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, InvertedIndexRangeQuery, Occur, Query};

use super::ask;
use super::fields::mark;
use super::harvest::{self, Harvest};
use super::live::Live;
use crate::engine::{Answer, Started};
use crate::question::{Filter, Order, Question};
use crate::text::fold::fold;
use crate::text::sound::is_spelling;

/// How much of what was typed is looked at, in characters.
const MOST_TYPED: usize = 10;
/// How many different beginnings are looked through for one that was typed.
const MOST_STARTS: u64 = 2_000;
/// What the beginning of a title counts beside that of a word in it.
const WHOLE_TITLE: f32 = 4.0;

impl Live {
    pub(super) fn suggest(&self, prefix: &str, filter: &Filter, first: usize) -> Answer<Vec<Started>> {
        let typed: String = fold(prefix).chars().filter(|c| c.is_alphanumeric()).take(MOST_TYPED).collect();
        if typed.is_empty() || first == 0 {
            return Ok(Vec::new());
        }
        let mut marks = vec![mark::CHARS];
        if is_spelling(&typed) {
            marks.extend([mark::SOUND, mark::INITIALS]);
        }
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        for [title, word] in marks {
            for (mark, weight) in [(title, WHOLE_TITLE), (word, 1.0)] {
                let begins = ConstScoreQuery::new(self.begins(mark, &typed), 1.0);
                ways.push(Box::new(BoostQuery::new(Box::new(begins), weight)));
            }
        }
        let mut clauses = ask::filters(&self.fields, filter);
        clauses.push((Occur::Must, Box::new(BooleanQuery::union(ways))));
        let wanted = Question { first, order: Order::Relevance, now: i64::MAX / 2, ..Question::default() };
        let view = self.view();
        let found = view.searcher.search(&BooleanQuery::new(clauses), &Harvest::of(&wanted))?;
        let best = found.best.get(..first.min(found.best.len())).unwrap_or_default();
        Ok(harvest::hits(&view.searcher, best)?.into_iter().map(|hit| Started { id: hit.id }).collect())
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
