//! The language of a search (检索式): words, `"exact phrases"`, `-without`. Whatever is written is understood somehow: there is
//! no wrong query, only one that asks for nothing.

use std::collections::BTreeSet;

use crate::text::cut::{self, Cut};
use crate::text::fold::fold;
use crate::text::number::{self, Number};
use crate::text::spoken::official;
use crate::text::stop::says_nothing;
use crate::words::Words;

/// How much of a query is read, in characters: what comes behind is not looked for.
pub const MOST_CHARACTERS: usize = 1_000;
/// The most words, phrases and exclusions that are looked for, each.
const MOST_WORDS: usize = 40;
const MOST_PHRASES: usize = 8;
/// The most terms of one kind that rank.
const MOST_TERMS: usize = 80;

/// A query as it is understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The words that are to be found, most of them.
    pub words: Vec<Word>,
    /// What must stand so: each as a list of characters.
    pub phrases: Vec<Vec<String>>,
    /// What must not stand there: each as a list of characters.
    pub without: Vec<Vec<String>>,
    /// Document numbers that are looked for.
    pub numbers: Vec<Number>,
    /// Everything that was written, as characters in their order.
    pub as_written: Vec<String>,
    /// The single characters that rank.
    pub chars: Vec<String>,
    /// The pairs of characters that rank.
    pub pairs: Vec<String>,
    /// The words with their parts that rank.
    pub parts: Vec<String>,
    /// Official words for what is said, which rank a little.
    pub official: Vec<String>,
}

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The folded word.
    pub text: String,
    /// What means the same.
    pub synonyms: Vec<String>,
}

impl Query {
    /// Understands what was written.
    pub fn read(written: &str, known: &Words) -> Self {
        let bounded: String = written.chars().take(MOST_CHARACTERS).collect();
        let folded = fold(&bounded);
        let (mut plain, mut phrases, mut without) = (String::new(), Vec::new(), Vec::new());
        for piece in pieces(&folded) {
            let list = match piece {
                Piece::Plain(text) => {
                    plain.push_str(text);
                    plain.push(' ');
                    continue;
                }
                Piece::Phrase(text) => {
                    plain.push_str(text);
                    plain.push(' ');
                    (&mut phrases, text)
                }
                Piece::Without(text) => (&mut without, text),
            };
            let chars: Vec<String> = cut::terms(list.1, Cut::Chars).map(str::to_owned).collect();
            if !chars.is_empty() && list.0.len() < MOST_PHRASES {
                list.0.push(chars);
            }
        }
        let mut query = Self { phrases, without, numbers: number::numbers(&plain), ..Self::default() };
        query.take_words(&plain, known);
        query.rank_by(&plain);
        query
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.numbers.is_empty()
    }

    fn take_words(&mut self, plain: &str, known: &Words) {
        let words = cut::words(plain, &|rest| known.longest(rest));
        let saying: Vec<&String> = words.iter().filter(|word| !says_nothing(word)).collect();
        // A query of such words alone looks for them all the same.
        let looked_for = if saying.is_empty() { words.iter().collect() } else { saying };
        self.official = official(plain, words.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
        let mut seen = BTreeSet::new();
        for word in looked_for.into_iter().filter(|word| seen.insert(word.as_str())).take(MOST_WORDS) {
            let synonyms = known.synonyms().meant_by(word).map(str::to_owned).collect();
            self.words.push(Word { text: word.clone(), synonyms });
        }
    }

    fn rank_by(&mut self, plain: &str) {
        self.as_written = cut::terms(plain, Cut::Chars).map(str::to_owned).collect();
        for (cut, list) in [(Cut::Chars, &mut self.chars), (Cut::Pairs, &mut self.pairs), (Cut::Words, &mut self.parts)]
        {
            let mut seen = BTreeSet::new();
            let terms = cut::terms(plain, cut).filter(|term| !says_nothing(term) && seen.insert(*term));
            *list = terms.take(MOST_TERMS).map(str::to_owned).collect();
        }
    }
}

/// A piece of a query.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'q> {
    Plain(&'q str),
    Phrase(&'q str),
    Without(&'q str),
}

fn closing(opening: char) -> Option<char> {
    Some(match opening {
        '"' => '"',
        '“' | '”' => '”',
        '「' => '」',
        '『' => '』',
        _ => return None,
    })
}

fn pieces(query: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(c) = query[at..].chars().next() {
        let behind = at + c.len_utf8();
        let end = closing(c).and_then(|close| query[behind..].find(close).map(|end| (behind + end, close)));
        let alone = query[..at].chars().next_back().is_none_or(char::is_whitespace);
        let (piece, next) = if let Some((end, close)) = end {
            (Piece::Phrase(&query[behind..end]), end + close.len_utf8())
        } else if c == '-' && alone && query[behind..].starts_with(|c: char| c.is_alphanumeric()) {
            let end = query[behind..].find(char::is_whitespace).map_or(query.len(), |end| behind + end);
            (Piece::Without(&query[behind..end]), end)
        } else if c == '-' && alone && query[behind..].chars().next().and_then(closing).is_some() {
            // -"a phrase"
            let quote = query[behind..].chars().next().unwrap_or('"');
            let inside = behind + quote.len_utf8();
            match closing(quote).and_then(|close| query[inside..].find(close).map(|end| (inside + end, close))) {
                Some((end, close)) => (Piece::Without(&query[inside..end]), end + close.len_utf8()),
                None => {
                    at = behind;
                    continue;
                }
            }
        } else {
            at = behind;
            continue;
        };
        pieces.push(Piece::Plain(&query[plain..at]));
        pieces.push(piece);
        (plain, at) = (next, next);
    }
    pieces.push(Piece::Plain(&query[plain..]));
    pieces.retain(|piece| !matches!(piece, Piece::Plain(text) if text.trim().is_empty()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Query {
        Query::read(query, &Words::default())
    }

    fn words(query: &str) -> Vec<String> {
        read(query).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_phrases_and_exclusions() {
        assert_eq!(
            pieces("补贴 \"创业担保\" -贷款 -“个人” covid-19"),
            [
                Piece::Plain("补贴 "),
                Piece::Phrase("创业担保"),
                Piece::Plain(" "),
                Piece::Without("贷款"),
                Piece::Plain(" "),
                Piece::Without("个人"),
                Piece::Plain(" covid-19")
            ]
            .into_iter()
            .filter(|piece| *piece != Piece::Plain(" "))
            .collect::<Vec<_>>()
        );
        let query = read("“创业担保”贷款");
        assert_eq!(query.phrases, [["创", "业", "担", "保"]]);
        assert!(words("怎么办理营业执照？").contains(&"营业执照".to_owned()));
    }

    #[test]
    fn a_question_word_is_looked_for_only_alone() {
        assert_eq!(words("什么"), ["什么"]);
        assert!(!words("什么是公积金").contains(&"什么".to_owned()));
    }

    #[test]
    fn whatever_is_written_is_bounded() {
        for query in [
            "\"".repeat(1_000),
            "啊".repeat(10_000),
            "?!.,".repeat(2_500),
            "😀".repeat(5_000),
            "(a+)+$".repeat(1_000),
            "\u{0}\u{7}\u{202e}".repeat(100),
            "-".repeat(10_000),
            "- -\" -“".to_owned(),
            "AND OR NOT title:(* TO *)~99^9".repeat(50),
        ] {
            let read = read(&query);
            assert!(
                read.words.len() <= MOST_WORDS && read.chars.len() <= MOST_TERMS && read.phrases.len() <= MOST_PHRASES
            );
        }
        assert!(read("\"\" - “” ，。").is_empty());
    }
}
