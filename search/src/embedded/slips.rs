//! The words of the titles for slips, and what was probably meant by a query.

use std::sync::Arc;

use super::live::Live;
use crate::engine::Answer;
use crate::query::Query;
use crate::question::Filter;
use crate::slips::{Vocabulary, slippery};
use crate::words::Words;

impl Live {
    /// The words of the titles, at most a minute old.
    fn words_of_titles(&self) -> Answer<Arc<Vocabulary>> {
        let kept = self.vocabulary.load_full();
        if !kept.is_old() {
            return Ok(kept);
        }
        let mut fresh = Vocabulary::taken_now();
        for segment in self.view().searcher.segment_readers() {
            let titles = segment.inverted_index(self.fields.title.words)?;
            let mut terms = titles.terms().stream()?;
            while terms.advance() {
                let added = std::str::from_utf8(terms.key()).map(|word| fresh.add(word, terms.value().doc_freq));
                if added == Ok(false) {
                    break;
                }
            }
        }
        let fresh = Arc::new(fresh);
        self.vocabulary.store(fresh.clone());
        Ok(fresh)
    }

    pub(super) fn did_you_mean(&self, written: &str, known: &Words, filter: &Filter) -> Answer<Option<String>> {
        let Some(folded) = slippery(written) else { return Ok(None) };
        let count = |query: &str| self.count_strictly(&Self::counting(Query::read(query, known), filter));
        let there = count(&folded)?;
        for proposal in self.words_of_titles()?.proposals(&folded, there > 0) {
            if count(&proposal)? > there {
                return Ok(Some(proposal));
            }
        }
        Ok(None)
    }
}
