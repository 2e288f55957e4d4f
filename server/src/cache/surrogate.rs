//! By what other caches know an answer (`Surrogate-Key`): eight characters for each subject, so that a change can name what
//! it makes stale.
//!
//! An answer of very many subjects names groups of subjects instead. Whoever purges sends the keys of the subjects and those
//! of their groups.

use std::collections::BTreeSet;

use data_encoding::BASE64URL_NOPAD;
use library::changes::Change;

use super::marks::{Mark, Marks, Turn, mark};

/// The most bytes of the header.
const MOST: usize = 4096;
/// A key and the space behind it.
const EACH: usize = 9;
/// How many groups there are; the keys of all of them fit into the header.
const GROUPS: u64 = 400;

/// What an answer carries that every change makes stale.
const EVERY: &str = "every";

fn written(number: u64) -> String {
    BASE64URL_NOPAD.encode(&number.to_le_bytes()[..6])
}

/// The key of a subject.
fn key(mark: Mark) -> String {
    written(mark)
}

/// The key of the group of a subject.
fn group(mark: Mark) -> String {
    written(self::mark(&format!("group {}", mark % GROUPS)))
}

/// The keys of an answer, as the header has them; nothing for one that depends on nothing.
pub fn of(marks: &Marks) -> Option<String> {
    let own = || marks.subjects.iter().copied().chain(marks.spans.iter().map(|span| span.list));
    let mut keys: BTreeSet<String> = own().map(key).collect();
    if keys.len() >= MOST / EACH {
        keys = own().map(group).collect();
    }
    if marks.every {
        keys.insert(key(mark(EVERY)));
    }
    let written: Vec<String> = keys.into_iter().collect();
    Some(written.join(" ")).filter(|text| !text.is_empty())
}

/// The keys of what was read, as the header has them.
pub fn of_notes(notes: &library::Notes) -> Option<String> {
    of(&Marks::of(notes))
}

/// The key of one subject that is written so.
pub fn of_subject(subject: &str) -> String {
    key(mark(subject))
}

/// Every key that a change makes stale.
pub fn of_change(change: &Change) -> BTreeSet<String> {
    purged_by(&Turn::of(change))
}

fn purged_by(turn: &Turn) -> BTreeSet<String> {
    let touched = turn.touches.iter().flat_map(|touch| [key(touch.mark), group(touch.mark)]);
    touched.chain([key(mark(EVERY))]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::marks::Touch;
    use super::*;

    #[test]
    fn keys_fit_into_the_header_and_a_change_names_one_of_each_answer_that_it_meets() {
        for many in [1, 10, 300, 500, 5000] {
            let mut subjects: Vec<Mark> = (0..many).map(|at| mark(&format!("subject {at}"))).collect();
            subjects.sort_unstable();
            let marks = Marks { subjects, ..Marks::default() };
            let header = of(&marks).expect("keys");
            assert!(header.len() <= MOST, "{} bytes for {many}", header.len());
            let keys: BTreeSet<&str> = header.split(' ').collect();
            assert!(keys.iter().all(|key| key.len() == 8), "{header}");
            for touched in &marks.subjects {
                let turn = Turn { position: 1, touches: vec![Touch { mark: *touched, members: Vec::new() }] };
                assert!(purged_by(&turn).iter().any(|key| keys.contains(key.as_str())));
            }
        }
        assert_eq!(of(&Marks::default()), None);
        let every = of(&Marks { every: true, ..Marks::default() }).expect("a key");
        assert!(purged_by(&Turn { position: 1, touches: Vec::new() }).contains(&every));
    }
}
