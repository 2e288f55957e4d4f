//! Lists of words that are looked for (词库): wrong words with the right ones, and words that must not be published.
//!
//! A list of many thousands is compiled once and finds all of them in one pass over a text. It knows no database: where
//! its words come from is somebody else's business.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text;

/// The most words of a list.
pub(crate) const MOST_WORDS: usize = 200_000;
/// The most exceptions of a word.
const MOST_EXCEPTIONS: usize = 100;
/// The most characters of a word; what is longer is a sentence.
const LONGEST: usize = 50;
/// The most bytes of a word: a character has four at most.
const LONGEST_BYTES: usize = 4 * LONGEST;

/// A word that is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word that should not stand there (误).
    pub wrong: String,
    /// What should stand there instead (正), if that is known.
    #[serde(default)]
    pub right: Option<String>,
    /// Right words that hold the wrong one or share a part of it with their neighbour (例外): 统一 for 一前, since
    /// 统一前 is right.
    #[serde(default)]
    pub except: Vec<String>,
}

impl Word {
    /// By what lists know a wrong word again: Latin letters are the same in both cases.
    pub fn key(wrong: &str) -> String {
        wrong.trim().to_ascii_lowercase()
    }

    /// A word and what should stand there instead.
    pub fn new(wrong: impl Into<String>, right: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), right: Some(right.into()), except: Vec::new() }
    }

    /// A word that should not stand anywhere.
    pub fn forbidden(wrong: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), right: None, except: Vec::new() }
    }
}

/// A word of a list where it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'l> {
    /// The word.
    pub word: &'l Word,
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
}

/// A compiled list of words.
#[derive(Debug)]
pub struct WordList {
    words: Vec<Word>,
    automaton: AhoCorasick,
    /// For each pattern after the words: the words that it is an exception of.
    exceptions: Vec<Vec<usize>>,
}

impl WordList {
    /// Compiles a list.
    ///
    /// # Errors
    /// Refuses empty and overlong words, a word that stands there twice or is its own correction, and too many.
    pub fn new(words: impl IntoIterator<Item = Word>) -> Result<Self> {
        let words = words.into_iter().enumerate().map(|(number, word)| accepted(&format!("words.{number}"), word));
        let words = words.take(MOST_WORDS + 1).collect::<Result<Vec<_>>>()?;
        if words.len() > MOST_WORDS {
            let (message, english) = (format!("最多{MOST_WORDS}个词"), format!("at most {MOST_WORDS} words"));
            return Err(Refusal::new(RefusalCode::TooLong, "words", message, english).into());
        }
        let mut seen = HashMap::new();
        for (number, word) in words.iter().enumerate() {
            if seen.insert(Word::key(&word.wrong), number).is_some() {
                return Err(Refusal::duplicate(&format!("words.{number}.wrong")).into());
            }
        }
        let wrongs = compile(words.iter().map(|word| word.wrong.as_str()))?;
        let exceptions = exceptions(&words, &wrongs);
        let automaton = if exceptions.is_empty() {
            wrongs
        } else {
            compile(words.iter().map(|word| word.wrong.as_str()).chain(exceptions.keys().map(String::as_str)))?
        };
        Ok(Self { exceptions: exceptions.into_values().collect(), words, automaton })
    }

    /// How many words it has.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words of the list that stand in `text`, from left to right, the longest at each place, none within another.
    pub fn find(&self, text: &str) -> Vec<Hit<'_>> {
        let mut places: Vec<(usize, Range<usize>)> = Vec::new();
        let mut excepted: HashMap<usize, Vec<Range<usize>>> = HashMap::new();
        for found in self.automaton.find_overlapping_iter(text) {
            let number = found.pattern().as_usize();
            match number.checked_sub(self.words.len()) {
                None if stands_alone(text, &found.range()) => places.push((number, found.range())),
                None => {}
                Some(exception) => {
                    for word in self.exceptions.get(exception).into_iter().flatten() {
                        excepted.entry(*word).or_default().push(found.range());
                    }
                }
            }
        }
        // They come by where they end; two that overlap are at most a word's length apart.
        for places in excepted.values_mut() {
            places.sort_by_key(|place| place.start);
        }
        places.retain(|(word, place)| !excepted.get(word).is_some_and(|excepted| meets(excepted, place)));
        places.sort_by_key(|(_, place)| (place.start, Reverse(place.end)));
        let mut end = 0;
        places.retain(|(_, place)| {
            let free = place.start >= end;
            if free {
                end = place.end;
            }
            free
        });
        places.into_iter().map(|(word, place)| Hit { word: &self.words[word], place }).collect()
    }
}

/// A word as it is kept, or a refusal of what is wrong in it; `path` is where it was given.
pub(crate) fn accepted(path: &str, word: Word) -> Result<Word> {
    let of = |field: &str| format!("{path}.{field}");
    let wrong = text::require(&of("wrong"), &word.wrong, LONGEST)?;
    let right = word.right.map(|right| text::require(&of("right"), &right, LONGEST)).transpose()?;
    if right.as_ref() == Some(&wrong) {
        let refusal = Refusal::new(RefusalCode::Invalid, &of("right"), "与误词相同", "the same as the wrong word");
        return Err(refusal.into());
    }
    if word.except.len() > MOST_EXCEPTIONS {
        let most = MOST_EXCEPTIONS;
        let (message, english) = (format!("最多{most}个例外"), format!("at most {most} exceptions"));
        return Err(Refusal::new(RefusalCode::TooLong, &of("except"), message, english).into());
    }
    let except = word.except.iter().map(|except| text::require(&of("except"), except, LONGEST));
    Ok(Word { wrong, right, except: except.collect::<Result<_>>()? })
}

/// The exceptions, each with the words that it excuses: those that people gave, and right words of the list that hold
/// a wrong one.
fn exceptions(words: &[Word], wrongs: &AhoCorasick) -> BTreeMap<String, Vec<usize>> {
    let mut exceptions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, word) in words.iter().enumerate() {
        for except in &word.except {
            exceptions.entry(except.clone()).or_default().push(number);
        }
        let right = word.right.as_deref().unwrap_or_default();
        for found in wrongs.find_overlapping_iter(right).filter(|found| found.len() < right.len()) {
            let excused = exceptions.entry(right.to_owned()).or_default();
            if !excused.contains(&found.pattern().as_usize()) {
                excused.push(found.pattern().as_usize());
            }
        }
    }
    exceptions
}

fn compile<'w>(words: impl Iterator<Item = &'w str>) -> Result<AhoCorasick> {
    let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(words);
    automaton.map_err(|_| Refusal::new(RefusalCode::TooLong, "words", "词库过大", "the list is too large").into())
}

/// Whether Latin letters and digits go on before or after a word that begins or ends with them.
fn stands_alone(text: &str, place: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let latin = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let before = latin(place.start.checked_sub(1)) && latin(Some(place.start));
    let after = latin(Some(place.end)) && latin(place.end.checked_sub(1));
    !before && !after
}

/// Whether one of `places`, in order of their beginnings, shares a character with `place`.
fn meets(places: &[Range<usize>], place: &Range<usize>) -> bool {
    let first = places.partition_point(|other| other.start + LONGEST_BYTES < place.start);
    places[first..].iter().take_while(|other| other.start < place.end).any(|other| other.end > place.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[(&str, &str, &[&str])]) -> WordList {
        let word = |(wrong, right, except): &(&str, &str, &[&str])| Word {
            except: except.iter().map(|except| (*except).to_owned()).collect(),
            ..Word::new(*wrong, *right)
        };
        WordList::new(words.iter().map(word)).expect("a list")
    }

    fn found<'l>(list: &'l WordList, text: &str) -> Vec<&'l str> {
        list.find(text).into_iter().map(|hit| hit.word.wrong.as_str()).collect()
    }

    #[test]
    fn the_longest_word_at_a_place_is_found() {
        let list = list(&[("一但", "一旦", &[]), ("一但发生", "一旦发生", &[]), ("但发", "旦发", &[])]);
        assert_eq!(found(&list, "一但发生，一但如此，但发"), ["一但发生", "一但", "但发"]);
        let hits = list.find("如一但");
        assert_eq!(hits[0].place, 3..9);
    }

    #[test]
    fn right_words_around_it_excuse_a_wrong_one() {
        let list = list(&[("一前", "以前", &["统一", "前提"]), ("号", "号码", &[]), ("亲占", "侵占", &["母亲"])]);
        assert_eq!(found(&list, "统一前，唯一前提，一前"), ["一前"]);
        assert_eq!(found(&list, "号码与号"), ["号"], "the right word holds the wrong one");
        assert_eq!(found(&list, "母亲占一半，亲占财产"), ["亲占"]);
    }

    #[test]
    fn latin_words_stand_alone() {
        let list = list(&[("app", "应用程序", &[])]);
        assert_eq!(found(&list, "APP与apple、myapp，下载app吧"), ["app", "app"]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let refused = |words: Vec<Word>| match WordList::new(words) {
            Err(crate::Error::Refused(refusal)) => (refusal.code, refusal.path.join(".")),
            other => panic!("{other:?}"),
        };
        let word = Word::new;
        assert_eq!(refused(vec![word("", "x")]), (RefusalCode::Required, "words.0.wrong".into()));
        assert_eq!(refused(vec![word("a", "a")]), (RefusalCode::Invalid, "words.0.right".into()));
        assert_eq!(refused(vec![word("a", "b"), word("A", "c")]), (RefusalCode::Duplicate, "words.1.wrong".into()));
        assert_eq!(refused(vec![word("长".repeat(51).as_str(), "b")]), (RefusalCode::TooLong, "words.0.wrong".into()));
        let many = (0..=MOST_WORDS).map(|n| Word::forbidden(format!("词{n}")));
        assert_eq!(refused(many.collect()), (RefusalCode::TooLong, "words".into()));
        assert!(WordList::new([]).expect("an empty list").find("一但").is_empty());
    }
}
