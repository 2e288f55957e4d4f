//! Cutting (分词): a folded text as characters with their positions, as pairs of characters, and as words.
//!
//! Words are cut as jieba does for searching, so that compounds are found by their parts. Phrases are found by characters,
//! whose positions do not depend on where words were cut. Pairs find words that no dictionary knows.

use std::sync::LazyLock;

use jieba_rs::Jieba;

use super::fold::is_han;

/// The dictionary; it takes 60 MB and a fifth of a second at first use.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Reads the dictionary, so that nobody who asks has to wait for it.
pub fn prepare() {
    LazyLock::force(&JIEBA);
}

/// The longest run of Latin letters and digits that is a term, in bytes; of longer ones the beginning.
const LONGEST_RUN: usize = 64;

/// A stretch of a text that is cut by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    /// Chinese characters: bytes from and to.
    Han(usize, usize),
    /// Letters and digits of other scripts: bytes from and to.
    Other(usize, usize),
}

/// A term in a text: its bytes from and to, and its position in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub from: usize,
    /// The byte behind the last.
    pub to: usize,
    /// The position of its first character; a run of letters and digits counts as one.
    pub position: usize,
}

/// How a text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Single characters, and runs of letters and digits.
    Chars,
    /// Pairs of neighbouring characters, and runs of letters and digits.
    Pairs,
    /// Words of two or more characters with their parts, and runs of letters and digits.
    Words,
}

fn runs(text: &str) -> impl Iterator<Item = Run> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (from, first) = chars.next()?;
            let han = is_han(first);
            if !han && !first.is_alphanumeric() {
                continue;
            }
            let mut to = from + first.len_utf8();
            while let Some((at, c)) = chars.next_if(|(_, c)| is_han(*c) == han && (han || c.is_alphanumeric())) {
                to = at + c.len_utf8();
            }
            return Some(if han { Run::Han(from, to) } else { Run::Other(from, to) });
        }
    })
}

/// The terms of a folded text, cut so.
pub fn spans(text: &str, cut: Cut) -> Vec<Span> {
    let mut spans = Vec::with_capacity(text.len() / 3);
    let mut position = 0;
    for run in runs(text) {
        match run {
            Run::Other(from, to) => {
                let to = if to - from > LONGEST_RUN { floor(text, from + LONGEST_RUN) } else { to };
                spans.push(Span { from, to, position });
                position += 1;
            }
            Run::Han(from, to) => position += han(&text[from..to], from, position, cut, &mut spans),
        }
    }
    spans
}

/// The last place at `at` or before it where a character begins.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// Cuts a run of Chinese characters that begins at byte `base`; how many characters it has.
fn han(run: &str, base: usize, position: usize, cut: Cut, spans: &mut Vec<Span>) -> usize {
    let ends = run.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
    match cut {
        Cut::Chars => {
            let before = spans.len();
            spans.extend(ends.enumerate().map(|(n, (from, to))| Span {
                from: base + from,
                to: base + to,
                position: position + n,
            }));
            spans.len() - before
        }
        Cut::Pairs => {
            let (mut last, mut count) = (None, 0);
            for (from, to) in ends {
                if let Some(begin) = last.replace(from) {
                    spans.push(Span { from: base + begin, to: base + to, position: position + count - 1 });
                }
                count += 1;
            }
            count
        }
        Cut::Words => {
            for word in JIEBA.cut_for_search(run, false).iter().filter(|word| word.end - word.start > 1) {
                let (from, to) = (base + word.byte_start, base + word.byte_end);
                spans.push(Span { from, to, position: position + word.start });
            }
            run.chars().count()
        }
    }
}

/// The terms themselves.
pub fn terms(text: &str, cut: Cut) -> impl Iterator<Item = &str> {
    spans(text, cut).into_iter().map(|span| &text[span.from..span.to])
}

/// The words of a folded question, one behind the other: what the dictionary of the platform knows (`known`, longest first),
/// what the language's dictionary knows, and what neither knows in one piece.
pub fn words(text: &str, known: &impl Fn(&str) -> Option<usize>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for run in runs(text) {
        match run {
            Run::Other(from, to) => {
                words.push(text[from..to.min(floor(text, from + LONGEST_RUN.min(to - from)))].into())
            }
            Run::Han(from, to) => question_words(&text[from..to], known, &mut words),
        }
    }
    words
}

fn question_words(run: &str, known: &impl Fn(&str) -> Option<usize>, words: &mut Vec<String>) {
    let mut rest = run;
    let mut plain = 0;
    while plain < rest.len() {
        match known(&rest[plain..]).filter(|long| *long > 0) {
            Some(long) => {
                plain_words(&rest[..plain], words);
                words.push(rest[plain..plain + long].to_owned());
                rest = &rest[plain + long..];
                plain = 0;
            }
            None => plain += rest[plain..].chars().next().map_or(1, char::len_utf8),
        }
    }
    plain_words(rest, words);
}

/// Words of the dictionary; neighbouring characters that are no words stay together unless they say nothing.
fn plain_words(run: &str, words: &mut Vec<String>) {
    let mut unknown = String::new();
    for word in JIEBA.cut(run, false) {
        let single = word.end - word.start == 1;
        if single && !super::stop::says_nothing(word.word) {
            unknown.push_str(word.word);
            continue;
        }
        if !unknown.is_empty() {
            words.push(std::mem::take(&mut unknown));
        }
        words.push(word.word.to_owned());
    }
    if !unknown.is_empty() {
        words.push(unknown);
    }
}

/// Whether the language's dictionary has a word: then texts were cut so that it is a term wherever it stands by itself.
pub fn is_in_dictionary(word: &str) -> bool {
    JIEBA.has_word(word)
}

/// The terms that a text has which has this word: short words as the dictionary has them, longer ones by their pairs of
/// characters, as texts may have been cut elsewhere. Nothing for what no text is cut into.
pub fn stands(word: &str) -> Option<(Cut, Vec<&str>)> {
    let long = word.chars().count();
    if long == 1 {
        return Some((Cut::Chars, vec![word]));
    }
    let known = is_in_dictionary(word);
    let pairs: Vec<&str> = terms(word, Cut::Pairs).collect();
    if (!known || long > 2) && !pairs.is_empty() {
        Some((Cut::Pairs, pairs))
    } else {
        (known || spans(word, Cut::Chars).len() == 1).then(|| (Cut::Words, vec![word]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, how: Cut) -> Vec<&str> {
        terms(text, how).collect()
    }

    #[test]
    fn a_text_is_cut_in_three_ways() {
        assert_eq!(cut("住房,A7县", Cut::Chars), ["住", "房", "A7", "县"]);
        assert_eq!(cut("住房,a7县城", Cut::Pairs), ["住房", "a7", "县城"]);
        let words = cut("住房公积金提取", Cut::Words);
        for word in ["住房", "公积金", "提取"] {
            assert!(words.contains(&word), "{words:?}");
        }
    }

    #[test]
    fn positions_count_characters() {
        let positions: Vec<_> = spans("住房 2017 年", Cut::Chars).iter().map(|span| span.position).collect();
        assert_eq!(positions, [0, 1, 2, 3]);
        let words = spans("年住房公积金", Cut::Words);
        assert_eq!(
            words.iter().map(|span| span.position).collect::<Vec<_>>(),
            [1, 3, 4, 3],
            "parts before their compound"
        );
    }

    #[test]
    fn words_of_a_question_follow_the_platform_first() {
        let known = |rest: &str| rest.starts_with("跨省通办").then_some(12);
        assert_eq!(words("跨省通办怎么办", &known), ["跨省通办", "怎么办"]);
        assert_eq!(words("", &known), Vec::<String>::new());
        assert_eq!(words("公机金", &|_| None), ["公机金"]);
        assert_eq!(words("wifi密码", &|_| None), ["wifi", "密码"]);
    }

    #[test]
    fn a_long_run_is_bounded() {
        let long = "é".repeat(10_000);
        assert!(cut(&long, Cut::Chars)[0].len() <= LONGEST_RUN);
        assert!(words(&long, &|_| None)[0].len() <= LONGEST_RUN);
    }
}
