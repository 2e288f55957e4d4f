//! Numbers in a text: runs of digits, half or full width, as one piece or written in groups.
//!
//! Digits in addresses of the web, in longer codes and behind a decimal point are no numbers. What a number means is
//! not known here.

use std::ops::Range;

/// The most digits of a number that any rule asks for.
const MOST: usize = 19;
/// The most groups that a number is written in.
const MOST_GROUPS: usize = 5;
/// How many characters before a number are looked at for what it is called.
const LABEL: usize = 12;

/// A number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Its digits in half width; the last may be an X.
    pub(super) digits: String,
    /// Where it stands, in characters.
    pub(super) place: Range<usize>,
    /// The digits of each group that it is written in.
    pub(super) groups: Vec<usize>,
    /// Whether hyphens join it to further digits.
    pub(super) hyphenated: bool,
    /// What stands before it, a few characters.
    pub(super) label: String,
}

/// Digits without anything between them.
struct Piece {
    digits: String,
    place: Range<usize>,
    /// Whether it is part of something else: a word, a decimal number, an address of the web.
    foreign: bool,
}

/// The numbers of a text in order; those written in groups before the groups themselves.
pub(super) fn numbers(text: &str) -> Vec<Number> {
    if !text.contains(|c| digit(c).is_some()) {
        return Vec::new();
    }
    let characters: Vec<char> = text.chars().collect();
    let pieces = pieces(&characters);
    let mut numbers = Vec::new();
    let mut first = 0;
    while first < pieces.len() {
        // As many pieces as the same separator joins.
        let mut last = first;
        let mut by = None;
        while let Some(next) = pieces.get(last + 1) {
            let between = separator(&characters, pieces[last].place.end, next.place.start);
            if between.is_none() || (by.is_some() && by != between) {
                break;
            }
            by = between;
            last += 1;
        }
        run(&characters, &pieces[first..=last], by == Some('-'), &mut numbers);
        first = last + 1;
    }
    numbers
}

/// The number that a run of pieces is as a whole, and each piece by itself.
fn run(characters: &[char], pieces: &[Piece], hyphenated: bool, numbers: &mut Vec<Number>) {
    let number = |pieces: &[Piece], hyphenated: bool| {
        let place = pieces[0].place.start..pieces[pieces.len() - 1].place.end;
        Number {
            digits: pieces.iter().map(|piece| piece.digits.as_str()).collect(),
            groups: pieces.iter().map(|piece| piece.digits.len()).collect(),
            label: characters[place.start.saturating_sub(LABEL)..place.start].iter().collect(),
            place,
            hyphenated,
        }
    };
    let length: usize = pieces.iter().map(|piece| piece.digits.len()).sum();
    let whole = (2..=MOST_GROUPS).contains(&pieces.len()) && length <= MOST;
    if whole && pieces.iter().all(|piece| !piece.foreign) {
        numbers.push(number(pieces, false));
    }
    for piece in pieces.chunks(1).filter(|piece| !piece[0].foreign && piece[0].digits.len() <= MOST) {
        numbers.push(number(piece, hyphenated && pieces.len() > 1));
    }
}

fn pieces(characters: &[char]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let addresses = addresses(characters);
    let mut at = 0;
    while at < characters.len() {
        let from = at;
        let mut digits = String::new();
        while let Some(digit) = characters.get(at).copied().and_then(digit) {
            digits.push(digit);
            at += 1;
        }
        if digits.is_empty() {
            at += 1;
            continue;
        }
        // The check digit X of an identity number, in one piece or at the end of its last group.
        let is_x = |c: &char| matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ');
        let goes_on = |c: &char| digit(*c).is_some() || is_word(*c);
        if matches!(digits.len(), 3 | 17)
            && characters.get(at).is_some_and(is_x)
            && !characters.get(at + 1).is_some_and(goes_on)
        {
            digits.push('X');
            at += 1;
        }
        let before = from.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(at).copied();
        let decimal = |point: Option<char>, beyond: Option<char>| {
            point == Some('.') && beyond.is_some_and(|c| digit(c).is_some())
        };
        let foreign = before.is_some_and(is_word)
            || after.is_some_and(is_word)
            || decimal(before, from.checked_sub(2).map(|beyond| characters[beyond]))
            || decimal(after, characters.get(at + 1).copied())
            || addresses
                .get(addresses.partition_point(|address| address.end <= from))
                .is_some_and(|address| address.contains(&from));
        pieces.push(Piece { digits, place: from..at, foreign });
    }
    pieces
}

/// Addresses of the web: what holds `://` or begins with `www.`, up to the next character that no address has.
fn addresses(characters: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for to in 0..=characters.len() {
        if characters.get(to).is_some_and(|c| c.is_ascii_graphic() && !"<>\"".contains(*c)) {
            continue;
        }
        let token: String = characters[from..to].iter().collect();
        if token.contains("://") || token.contains("www.") {
            found.push(from..to);
        }
        from = to + 1;
    }
    found
}

/// The one character that joins what ends at `end` to what begins at `start`, if it may stand in a number.
fn separator(characters: &[char], end: usize, start: usize) -> Option<char> {
    match characters.get(end..start) {
        Some([' ' | '\u{a0}' | '\u{3000}']) => Some(' '),
        Some(['-' | '－' | '‐' | '‑']) => Some('-'),
        _ => None,
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || matches!(c, 'ａ'..='ｚ' | 'Ａ'..='Ｚ')
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
        _ => None,
    }
}

/// A number as it may be shown: its first and last digits, stars between them.
pub(super) fn masked(digits: &str, first: usize, last: usize) -> String {
    let length = digits.chars().count();
    let shown = |(at, c)| if at < first || at + last >= length { c } else { '*' };
    digits.chars().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        numbers(text).into_iter().map(|n| format!("{}@{}..{}", n.digits, n.place.start, n.place.end)).collect()
    }

    #[test]
    fn numbers_are_found_whole_and_in_groups() {
        assert_eq!(read("电话１３８00138000。"), ["13800138000@2..13"]);
        assert_eq!(read("138 0013 8000"), ["13800138000@0..13", "138@0..3", "0013@4..8", "8000@9..13"]);
        assert_eq!(read("34010219900101123x号"), ["34010219900101123X@0..18"]);
        assert_eq!(
            read("340102 19900101 123X"),
            ["34010219900101123X@0..20", "340102@0..6", "19900101@7..15", "123X@16..20"]
        );
        assert_eq!(read("2026-01-02 8"), ["20260102@0..10", "2026@0..4", "01@5..7", "02@8..10", "8@11..12"]);
    }

    #[test]
    fn parts_of_something_else_are_no_numbers() {
        for text in ["", "无", "3.14159265358", "SN13800138000", "13800138000kg", "a_13800138000"] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
        for text in ["见http://a.example/13800138000?x=1，", "www.a.example/13800138000", "(https://a.example/1-2)"] {
            assert!(read(text).is_empty(), "{text}: {:?}", read(text));
        }
        assert_eq!(read("网址https://a.example/1，电话2"), ["2@24..25"]);
        assert_eq!(read("1".repeat(20).as_str()), Vec::<String>::new());
        let code = numbers("2023-13800138000");
        assert_eq!(code.iter().map(|n| n.hyphenated).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn masks_hide_the_middle() {
        assert_eq!(masked("13800138000", 3, 4), "138****8000");
        assert_eq!(masked("12", 3, 4), "12");
    }
}
