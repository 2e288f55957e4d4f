//! Two texts piece by piece: what stayed, what went, what came. By lines first, then by words within lines that changed.
//!
//! A Chinese character is a word of its own, Latin letters and digits are one together. However long the texts are, it
//! takes a bounded time: what is too much, or too unlike, is told as gone and come whole.

use std::time::Duration;

use similar::{DiffOp, TextDiff};

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// It stayed.
    Same,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What became of it.
    pub kind: SegmentKind,
    /// The text.
    pub text: String,
}

/// How long lines may be compared until it is done roughly.
const LINES_TIME: Duration = Duration::from_millis(100);
/// The same for the words of lines that changed together.
const WORDS_TIME: Duration = Duration::from_millis(20);
/// The most stretches of changed lines that are compared by words.
const MOST_STRETCHES: usize = 20;
/// The most words of such a stretch, on both sides together.
const MOST_WORDS: usize = 20_000;

/// The pieces of two texts: those that stayed and came are `after`, those that stayed and went are `before`.
pub(super) fn of(before: &str, after: &str) -> Vec<Segment> {
    let mut pieces = Pieces::default();
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut stretches = 0;
    for op in TextDiff::configure().timeout(LINES_TIME).diff_slices(&old, &new).ops() {
        let (was, is) = (old[op.old_range()].concat(), new[op.new_range()].concat());
        match op {
            DiffOp::Replace { .. } if stretches < MOST_STRETCHES => {
                stretches += 1;
                pieces.by_words(&was, &is);
            }
            _ => pieces.of(op, &was, &is),
        }
    }
    pieces.0
}

#[derive(Default)]
struct Pieces(Vec<Segment>);

impl Pieces {
    fn by_words(&mut self, before: &str, after: &str) {
        let (old, new) = (words(before), words(after));
        if old.len() + new.len() > MOST_WORDS {
            self.add(SegmentKind::Removed, before);
            self.add(SegmentKind::Added, after);
            return;
        }
        for op in TextDiff::configure().timeout(WORDS_TIME).diff_slices(&old, &new).ops() {
            self.of(op, &old[op.old_range()].concat(), &new[op.new_range()].concat());
        }
    }

    fn of(&mut self, op: &DiffOp, before: &str, after: &str) {
        match op {
            DiffOp::Equal { .. } => self.add(SegmentKind::Same, after),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                self.add(SegmentKind::Removed, before);
                self.add(SegmentKind::Added, after);
            }
        }
    }

    /// Adds a piece; what goes on as the last one did is one with it.
    fn add(&mut self, kind: SegmentKind, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(text),
            _ => self.0.push(Segment { kind, text: text.to_owned() }),
        }
    }
}

/// The words of a text, nothing left out.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (word, after) = rest.split_at(run.max(first.len_utf8()));
        words.push(word);
        rest = after;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let piece = |segment: &Segment| match segment.kind {
            SegmentKind::Same => segment.text.clone(),
            SegmentKind::Added => format!("+{}+", segment.text),
            SegmentKind::Removed => format!("-{}-", segment.text),
        };
        of(before, after).iter().map(piece).collect()
    }

    fn holds(before: &str, after: &str) {
        let pieces = of(before, after);
        let joined = |other: SegmentKind| {
            pieces.iter().filter(|one| one.kind != other).map(|one| one.text.as_str()).collect::<String>()
        };
        assert_eq!(joined(SegmentKind::Removed), after);
        assert_eq!(joined(SegmentKind::Added), before);
        assert!(pieces.windows(2).all(|two| two[0].kind != two[1].kind), "{pieces:?}");
        assert!(pieces.iter().all(|one| !one.text.is_empty()));
    }

    #[test]
    fn characters_and_words_are_told_not_whole_lines() {
        assert_eq!(told("自2025年1月1日起施行", "自2026年3月1日起施行"), "自-2025-+2026+年-1-+3+月1日起施行");
        assert_eq!(told("使用app办理", "使用application办理"), "使用-app-+application+办理");
        assert_eq!(told("一\n二\n三", "一\n三"), "一\n-二\n-三");
        assert_eq!(told("", "新"), "+新+");
        assert_eq!(told("旧", ""), "-旧-");
        assert_eq!(told("同", "同"), "同");
    }

    #[test]
    fn pieces_join_to_both_texts_whatever_they_are() {
        let mut state = 7_u64;
        let mut draw = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        let letters = ['政', '府', '的', 'a', 'b', '1', ' ', '\n', '，', '😀'];
        for round in 0..400 {
            let mut text = |most: u64| -> String {
                let length = draw(most);
                (0..length).map(|_| letters[draw(letters.len() as u64) as usize]).collect()
            };
            let before = text(60);
            let after = if round % 2 == 0 { text(60) } else { before.replace('的', "地") + &text(4) };
            holds(&before, &after);
        }
    }

    #[test]
    fn long_texts_that_share_nothing_take_a_bounded_time() {
        let long = |seed: u32, step: u32| -> String {
            let at = |n: u32| match n % 97 {
                96 => Some('\n'),
                _ => char::from_u32(0x4e00 + (seed + n * step) % 9000),
            };
            (0..300_000).filter_map(at).collect()
        };
        holds(&long(1, 17), &long(5, 23));
        let one_line = |seed: u32, step: u32| long(seed, step).replace('\n', "");
        holds(&one_line(1, 17), &one_line(5, 23));
        holds(&one_line(1, 17)[..30_000], &one_line(5, 23)[..27_000]);
    }
}
