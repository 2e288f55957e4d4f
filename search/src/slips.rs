//! Slips (您是不是要找): a word that is written as it sounds, or with one character wrong, for one that titles and tags have.
//!
//! The words come from the titles of the index and from the platform; whether a proposal finds something is asked of the
//! index itself, so nothing is proposed that only stood in what is not public any more.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::text::cut;
use crate::text::fold::{fold, is_han};
use crate::text::sound::{is_spelling, sounds_as};

/// How many words of titles are kept.
const MOST_WORDS: usize = 200_000;
/// The longest query that slips are looked for in, in characters.
const LONGEST: usize = 24;
/// How many characters a word has in which a slip is found.
const WORD: std::ops::RangeInclusive<usize> = 2..=8;
/// How many proposals are tried.
const MOST_TRIED: usize = 12;
/// How old the words may be: they are only proposals.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// The words of titles, by how they sound and by their characters but one.
#[derive(Default)]
pub(crate) struct Vocabulary {
    taken: Option<Instant>,
    words: HashMap<Arc<str>, u32>,
    by_sound: HashMap<String, Vec<Arc<str>>>,
    by_gap: HashMap<String, Vec<Arc<str>>>,
}

impl Vocabulary {
    /// One that is taken now; its words are still to be added.
    pub fn taken_now() -> Self {
        Self { taken: Some(Instant::now()), ..Self::default() }
    }

    /// Whether it has to be taken anew.
    pub fn is_old(&self) -> bool {
        self.taken.is_none_or(|taken| taken.elapsed() >= KEPT_FOR)
    }

    /// Takes a folded word of so many titles; answers whether there is room for more.
    pub fn add(&mut self, word: &str, count: u32) -> bool {
        if let Some(known) = self.words.get_mut(word) {
            *known += count;
        } else if is_slippery(word) {
            let word: Arc<str> = word.into();
            self.words.insert(word.clone(), count);
            if let Some(sound) = sounds_as(&word) {
                self.by_sound.entry(sound).or_default().push(word.clone());
            }
            for gap in gaps(&word) {
                self.by_gap.entry(gap).or_default().push(word.clone());
            }
        }
        self.words.len() < MOST_WORDS
    }

    /// What may have been meant by a folded query, the likeliest first; whether it finds more is for the index to say. Words
    /// of the language are left alone where the query `finds` something.
    pub fn proposals(&self, folded: &str, finds: bool) -> Vec<String> {
        let mut proposals = Vec::new();
        for (from, to) in pieces(folded) {
            let piece = &folded[from..to];
            if self.words.contains_key(piece) || finds && cut::is_in_dictionary(piece) {
                continue;
            }
            for word in self.meant_by(piece) {
                let same_sound = is_spelling(piece) || sounds_as(&word) == sounds_as(piece);
                let count = self.words.get(&word).copied().unwrap_or_default();
                let proposal = format!("{}{word}{}", &folded[..from], &folded[to..]);
                proposals.push((std::cmp::Reverse((to - from, same_sound, count)), proposal));
            }
        }
        proposals.sort();
        proposals.dedup_by(|a, b| a.1 == b.1);
        proposals.into_iter().take(MOST_TRIED).map(|(_, proposal)| proposal).collect()
    }

    /// The words that a piece of a query may have been meant to be.
    fn meant_by(&self, piece: &str) -> BTreeSet<Arc<str>> {
        let mut meant = BTreeSet::new();
        let sound = if is_spelling(piece) { Some(piece.to_owned()) } else { sounds_as(piece) };
        meant.extend(sound.and_then(|sound| self.by_sound.get(&sound)).into_iter().flatten().cloned());
        if !is_spelling(piece) {
            // One character wrong, missing or too much; of two characters too little is left to tell.
            for gap in gaps(piece) {
                meant.extend(self.by_gap.get(&gap).into_iter().flatten().cloned());
                meant.extend(self.words.get_key_value(gap.as_str()).map(|(word, _)| word.clone()));
            }
            meant.extend(self.by_gap.get(piece).into_iter().flatten().cloned());
        }
        meant.retain(|word| {
            &**word != piece
                && (sounds_as(word) == sounds_as(piece) || is_spelling(piece) || strsim::levenshtein(word, piece) == 1)
        });
        meant
    }
}

/// A word without each of its characters; nothing for words of which too little would be left.
fn gaps(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() < 3 {
        return Vec::new();
    }
    (0..chars.len())
        .map(|gap| chars.iter().enumerate().filter(|(at, _)| *at != gap).map(|(_, c)| *c).collect())
        .collect()
}

/// A query as slips are looked for in it, folded; nothing if none are: it is too long, or means what it says.
pub(crate) fn slippery(written: &str) -> Option<String> {
    let folded = fold(written.trim());
    (folded.chars().count() <= LONGEST && !folded.contains(['"', '“', '”'])).then_some(folded)
}

/// Whether slips of a word are looked for.
pub(crate) fn is_slippery(word: &str) -> bool {
    WORD.contains(&word.chars().count()) && word.chars().all(is_han)
}

/// The pieces of a folded query in which a slip may be: stretches of Chinese characters, and words of Latin letters.
fn pieces(query: &str) -> Vec<(usize, usize)> {
    let chars: Vec<(usize, char)> = query.char_indices().collect();
    let end = |at: usize| chars.get(at).map_or(query.len(), |(byte, _)| *byte);
    let mut pieces = Vec::new();
    for from in 0..chars.len() {
        if is_han(chars[from].1) {
            let long = chars[from..].iter().take_while(|(_, c)| is_han(*c)).count();
            for length in WORD.filter(|length| *length <= long) {
                pieces.push((chars[from].0, end(from + length)));
            }
        } else if chars[from].1.is_ascii_lowercase() && (from == 0 || !chars[from - 1].1.is_alphanumeric()) {
            let long = chars[from..].iter().take_while(|(_, c)| c.is_ascii_lowercase()).count();
            pieces.push((chars[from].0, end(from + long)));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for word in ["公积金", "营业执照", "社会保险", "补贴"] {
            assert!(vocabulary.add(word, 3), "there is room for more");
        }
        vocabulary
    }

    fn meant(piece: &str) -> Vec<String> {
        vocabulary().meant_by(piece).iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn slips_of_sound_and_of_one_character_are_found() {
        assert_eq!(meant("公机金"), ["公积金"]);
        assert_eq!(meant("gongjijin"), ["公积金"]);
        assert_eq!(meant("营业执找"), ["营业执照"]);
        assert_eq!(meant("营业照"), ["营业执照"]);
        assert_eq!(meant("社会会保险"), ["社会保险"]);
        assert_eq!(meant("公积金"), Vec::<String>::new());
        assert_eq!(meant("布贴"), ["补贴"]);
        assert_eq!(meant("津贴"), Vec::<String>::new());
    }

    #[test]
    fn the_likeliest_is_proposed_first() {
        assert_eq!(vocabulary().proposals("住房公机金", false).first().map(String::as_str), Some("住房公积金"));
        assert_eq!(
            vocabulary().proposals("津贴", true),
            Vec::<String>::new(),
            "a word of the language that finds something"
        );
    }

    #[test]
    fn pieces_are_bounded() {
        assert_eq!(pieces("公积金").len(), 3);
        assert_eq!(pieces("gjj 1").len(), 1);
        assert!(pieces(&"公".repeat(24)).len() < 200);
    }
}
