//! Words that must not be published (敏感词): found as wrong words are, but an error.

use super::field_text::FieldText;
use super::raised::{Found, Raised};
use super::rule::Rule;
use super::word_hits::hits;
use super::word_list::WordList;

/// Looks for the words of `lists` in a text.
pub(super) fn look(text: &FieldText, lists: &[&WordList], found: &mut Found<'_>) {
    if !found.looks_for(Rule::SensitiveWord) {
        return;
    }
    for hit in hits(text, lists) {
        found.add_with(Rule::SensitiveWord, || {
            let message = format!("含有敏感词“{}”", hit.stands);
            let raised = Raised::new(Rule::SensitiveWord, &text.path, message).at(hit.place, hit.stands);
            match &hit.word.right {
                Some(right) => raised.suggest(right),
                None => raised,
            }
        });
    }
}
