//! Places of a text where words of several lists stand, each place once, for the rules that look for words.

use std::cmp::Reverse;
use std::ops::Range;

use super::field_text::FieldText;
use super::word_list::{Word, WordList};
use crate::text::Ruler;

/// A word where it stands.
pub(super) struct WordHit<'t> {
    /// The entry of the list.
    pub(super) word: &'t Word,
    /// As it is written in the text.
    pub(super) stands: &'t str,
    /// Where, in characters.
    pub(super) place: Range<usize>,
}

/// Where words of `lists` stand in a text, from left to right; where lists overlap, the longer word, then the list that
/// comes first.
pub(super) fn hits<'t>(text: &'t FieldText, lists: &[&'t WordList]) -> Vec<WordHit<'t>> {
    let mut hits: Vec<_> = lists.iter().flat_map(|list| list.find(&text.text)).collect();
    if hits.is_empty() {
        return Vec::new();
    }
    hits.sort_by_key(|hit| (hit.place.start, Reverse(hit.place.end)));
    let ruler = Ruler::new(&text.text);
    let mut end = 0;
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        if hit.place.start < end {
            continue;
        }
        end = hit.place.end;
        let place = ruler.characters(hit.place.start)..ruler.characters(hit.place.end);
        found.push(WordHit { word: hit.word, stands: &text.text[hit.place], place });
    }
    found
}
