//! Folding (归一): full-width to half-width, compatibility forms, small letters, traditional to simplified characters.
//!
//! Every character is folded by itself, so that what was found in a folded text can be shown in the text as it was written.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

/// A folded text, and where each of its characters stood.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// Of each the bytes of the text that it came from: where they begin and end.
    pub places: Vec<(usize, usize)>,
}

/// The first character that the table of simplified ones knows.
const FIRST: u32 = 0x3400;
/// The first one behind the table.
const BEHIND: u32 = 0xFB00;

/// Simplified characters by traditional ones; 0 where nothing is simplified.
static SIMPLIFIED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0; (BEHIND - FIRST) as usize];
    for line in include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut pair = line.chars();
        let (Some(from), Some(to)) = (pair.next(), pair.next()) else { continue };
        let at = (from as u32).checked_sub(FIRST).and_then(|at| table.get_mut(at as usize));
        if let (Some(place), Ok(to)) = (at, u16::try_from(to as u32)) {
            *place = to;
        }
    }
    table
});

fn simplified(c: char) -> char {
    let at = (c as u32).checked_sub(FIRST).and_then(|at| SIMPLIFIED.get(at as usize));
    at.filter(|to| **to != 0).and_then(|to| char::from_u32(u32::from(*to))).unwrap_or(c)
}

/// Hands the folded characters of one character to `take`.
fn fold_char(c: char, mut take: impl FnMut(char)) {
    if c.is_ascii() {
        return take(c.to_ascii_lowercase());
    }
    if ('\u{4e00}'..='\u{9fff}').contains(&c) {
        return take(simplified(c));
    }
    for plain in std::iter::once(c).nfkc() {
        plain.to_lowercase().for_each(|small| take(simplified(small)));
    }
}

/// A folded text.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, |plain| folded.push(plain)));
    folded
}

/// A folded text that knows where its characters stood.
pub fn fold_in_place(text: &str) -> Folded {
    let mut folded = Folded::default();
    for (at, c) in text.char_indices() {
        fold_char(c, |plain| {
            folded.chars.push(plain);
            folded.places.push((at, at + c.len_utf8()));
        });
    }
    folded
}

/// Whether a character is Chinese: words are written without spaces between them.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '〇' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_character_are_one() {
        assert_eq!(fold("ＡＢＣ１２３"), "abc123");
        assert_eq!(fold("國務院辦公廳關於網站"), "国务院办公厅关于网站");
        assert_eq!(fold("〔２０１７〕４７號"), "〔2017〕47号");
        assert_eq!(fold("㈠ ℃"), "(一) °c");
        assert_eq!(fold(""), "");
    }

    #[test]
    fn a_folded_character_knows_its_place() {
        let folded = fold_in_place("a㈠國");
        assert_eq!(folded.chars.iter().collect::<String>(), "a(一)国");
        assert_eq!(folded.places, [(0, 1), (1, 4), (1, 4), (1, 4), (4, 7)]);
    }
}
