//! The last changes, for answers that were read before them and finished after.

use std::collections::VecDeque;

use library::Position;

use super::marks::{Marks, Turn};

/// How many changes are remembered.
const MOST: usize = 1000;
/// What they may have touched together: an import touches many thousands.
const MOST_TOUCHED: usize = 200_000;

/// The last changes.
pub struct Recent {
    /// What came after this position is remembered.
    from: Position,
    turns: VecDeque<(Turn, u64)>,
    touched: usize,
}

impl Recent {
    /// Nothing yet, from a position on.
    pub fn from(position: Position) -> Self {
        Self { from: position, turns: VecDeque::new(), touched: 0 }
    }

    /// Remembers a change and how many answers it evicted, and forgets the oldest.
    pub fn push(&mut self, turn: Turn, evicted: u64) {
        self.touched += turn.touches.len();
        self.turns.push_back((turn, evicted));
        while self.turns.len() > MOST || self.touched > MOST_TOUCHED {
            let Some((oldest, _)) = self.turns.pop_front() else { break };
            self.touched -= oldest.touches.len();
            self.from = oldest.position;
        }
    }

    /// Whether an answer that was read at `position` is still right, as far as is known for sure.
    pub fn leaves(&self, position: Position, marks: &Marks) -> bool {
        let since = self.turns.partition_point(|(turn, _)| turn.position <= position);
        position >= self.from && !self.turns.range(since..).any(|(turn, _)| marks.met_by(turn))
    }

    /// How many answers the change at `position` evicted, if it is remembered.
    pub fn evicted(&self, position: Position) -> Option<u64> {
        let at = self.turns.binary_search_by_key(&position, |(turn, _)| turn.position).ok()?;
        self.turns.get(at).map(|(_, evicted)| *evicted)
    }
}

#[cfg(test)]
mod tests {
    use super::super::marks::{Touch, mark};
    use super::*;

    fn turn(position: Position, subject: &str, times: usize) -> Turn {
        Turn { position, touches: vec![Touch { mark: mark(subject), members: Vec::new() }; times] }
    }

    #[test]
    fn an_answer_stands_if_nothing_touched_it_since_and_all_since_is_known() {
        let of = |subject: &str| Marks { subjects: vec![mark(subject)], ..Marks::default() };
        let mut recent = Recent::from(10);
        assert!(recent.leaves(10, &of("a")) && !recent.leaves(9, &of("a")), "what came before is not known");
        recent.push(turn(11, "a", 1), 3);
        recent.push(turn(12, "b", 1), 0);
        assert!(!recent.leaves(10, &of("a")) && recent.leaves(11, &of("a")));
        assert!(!recent.leaves(11, &of("b")) && recent.leaves(12, &of("b")) && recent.leaves(10, &of("c")));
        assert_eq!([10, 11, 12, 13].map(|at| recent.evicted(at)), [None, Some(3), Some(0), None]);

        recent.push(turn(13, "d", MOST_TOUCHED), 0);
        assert!(!recent.leaves(11, &of("c")) && recent.leaves(12, &of("c")), "a large change makes room for itself");
        for position in 14..14 + MOST as Position {
            recent.push(turn(position, "e", 1), 0);
        }
        assert!(!recent.leaves(12, &of("c")) && recent.leaves(13, &of("c")));
    }
}
