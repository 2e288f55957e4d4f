//! Suggesting tags for a text (标签推荐): those whose name or synonym stands in it, rarer ones before those that stand
//! everywhere. Nothing is guessed: a tag of which no word is there is not suggested.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Tag, TagState};
use crate::Scope;
use crate::changes::List;
use crate::content::body;
use crate::id::TagId;
use crate::refusal::{Error, Result};

/// What a word in the title counts for, beside one in the body.
const TITLE: f64 = 3.0;

/// A tag that fits a text, and why.
#[derive(Debug, Clone)]
pub struct TagSuggestion {
    /// The tag.
    pub tag: Arc<Tag>,
    /// How well it fits, beside the others: what its words count for, times how rare it is in the library.
    pub score: f64,
    /// The words of it that stand in the title.
    pub in_title: Vec<String>,
    /// The words of it that stand in the body, and how often.
    pub in_body: Vec<(String, usize)>,
}

/// How often each word of each tag stands in a text; of words that overlap the longest.
fn hits<'w>(
    words: &'w [(TagId, String)],
    finder: &AhoCorasick,
    text: &str,
) -> BTreeMap<TagId, BTreeMap<&'w str, usize>> {
    let mut found: BTreeMap<TagId, BTreeMap<&str, usize>> = BTreeMap::new();
    for place in finder.find_iter(text) {
        let (tag, word) = &words[place.pattern().as_usize()];
        *found.entry(*tag).or_default().entry(word).or_default() += 1;
    }
    found
}

impl Scope {
    /// The tags that fit a text best, at most `first`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn suggest_tags(&self, title: &str, body_html: &str, first: usize) -> Result<Vec<TagSuggestion>> {
        self.note_list(List::tags());
        let directory = self.directory();
        let active = directory.tags.all().iter().filter(|tag| tag.state == TagState::Active);
        let names = active
            .flat_map(|tag| tag.fields.synonyms.iter().chain([&tag.fields.name]).map(|name| (tag.id, name.clone())));
        // A single character stands in too many words to say anything.
        let words: Vec<(TagId, String)> = names.filter(|(_, name)| name.chars().count() > 1).collect();
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(words.iter().map(|(_, word)| word))
            .map_err(|error| Error::Database(format!("the words of tags cannot be looked for: {error}")))?;
        let text = body::text(body_html);
        let (in_title, in_body) = (hits(&words, &finder, title), hits(&words, &finder, &text));
        let mut found: Vec<TagId> = in_title.keys().chain(in_body.keys()).copied().collect();
        found.sort_unstable();
        found.dedup();
        let counts = self.tag_counts(&found).await?;
        let all = self.shelf_counts("library", vec![uuid::Uuid::nil()]).await?.into_values().sum::<i64>();
        self.note_list(List::Library);
        let mut suggestions = Vec::with_capacity(found.len());
        for id in found {
            let Some(tag) = directory.tags.get(id).cloned() else { continue };
            let (title, body) = (in_title.get(&id), in_body.get(&id));
            let times: usize = body.iter().flat_map(|words| words.values()).sum();
            let counted = if title.is_some() { TITLE } else { 0.0 } + (1.0 + times as f64).ln();
            let rarity =
                1.0 + ((1.0 + all as f64) / (1.0 + counts.get(&id).copied().unwrap_or(0) as f64)).ln().max(0.0);
            suggestions.push(TagSuggestion {
                tag,
                score: (counted * rarity * 1000.0).round() / 1000.0,
                in_title: title.into_iter().flat_map(|words| words.keys().map(|word| (*word).to_owned())).collect(),
                in_body: body.into_iter().flatten().map(|(word, times)| ((*word).to_owned(), *times)).collect(),
            });
        }
        // Scores are whole thousandths.
        suggestions.sort_by_key(|one| (Reverse((one.score * 1000.0) as i64), one.tag.code.clone()));
        suggestions.truncate(first);
        Ok(suggestions)
    }
}
