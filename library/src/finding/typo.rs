//! Wrong words (错别字): words of the lists that should be written otherwise.
//!
//! A list knows no meaning, only what is hardly ever right; so what it finds is a warning.

use super::field_text::FieldText;
use super::raised::{Found, Raised};
use super::rule::Rule;
use super::word_hits::hits;
use super::word_list::WordList;

/// Looks for the words of `lists` in a text.
pub(super) fn look(text: &FieldText, lists: &[&WordList], found: &mut Found<'_>) {
    if !found.looks_for(Rule::Typo) {
        return;
    }
    for hit in hits(text, lists) {
        found.add_with(Rule::Typo, || {
            let stands = hit.stands;
            let raised = |message| Raised::new(Rule::Typo, &text.path, message).at(hit.place.clone(), stands);
            match &hit.word.right {
                Some(right) => raised(format!("“{stands}”疑为“{right}”之误")).suggest(right),
                None => raised(format!("“{stands}”疑为错别字")),
            }
        });
    }
}
