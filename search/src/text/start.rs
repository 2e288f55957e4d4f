//! How a title begins (检索联想): the title itself and words in it, in characters, by sound and by initials.

use std::collections::BTreeSet;

use super::cut::{Cut, spans};
use super::sound::sound;

/// How many beginnings of a title are kept.
const STARTS: usize = 12;
/// How much of each, in characters.
const START: usize = 10;
/// The longest beginning in letters, in bytes.
const LETTERS: usize = 24;

/// A beginning.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Start {
    /// Whether it is that of a word inside, not of the title.
    pub is_inside: bool,
    /// How it is written.
    pub way: Way,
    /// What it is.
    pub text: String,
}

/// How a beginning is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// In characters.
    Chars,
    /// As it sounds, in full.
    Sound,
    /// By the initials of its sound.
    Initials,
}

/// How a folded title and the words in it begin.
pub fn starts(title: &str) -> Vec<Start> {
    let places = std::iter::once(0).chain(spans(title, Cut::Words).into_iter().map(|span| span.from));
    let mut starts = Vec::new();
    let mut seen = BTreeSet::new();
    for at in places.filter(|at| seen.insert(*at)).take(STARTS) {
        let chars: String = title[at..].chars().filter(|c| c.is_alphanumeric()).take(START).collect();
        let (mut full, initials) = sound(&chars, START);
        full.truncate(LETTERS);
        for (way, text) in [(Way::Chars, chars), (Way::Sound, full), (Way::Initials, initials)] {
            if !text.is_empty() {
                starts.push(Start { is_inside: at > 0, way, text });
            }
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_by_how_it_begins() {
        let starts = starts("关于住房公积金提取的通知");
        for (is_inside, way, text) in [
            (false, Way::Chars, "关于住房"),
            (true, Way::Chars, "住房公积金提取"),
            (false, Way::Sound, "guanyu"),
            (true, Way::Sound, "gongjijin"),
            (true, Way::Initials, "gjj"),
        ] {
            let kept = |one: &Start| one.is_inside == is_inside && one.way == way && one.text.starts_with(text);
            assert!(starts.iter().any(kept), "{text}: {starts:?}");
        }
    }
}
