//! From what was noted to the answers that noted it, so that a change finds those that it can alter without looking at
//! the others.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use iset::IntervalMap;

use super::marks::{Kinds, Mark, Marks, Order, Place, Touch, Turn, holds};

/// Places of answers on the shelf.
pub type Slots = HashSet<u32, RandomState>;

/// The answers by what they depended on.
#[derive(Default)]
pub struct Index {
    subjects: HashMap<Mark, Slots, RandomState>,
    lists: HashMap<Mark, Vec<Row>, RandomState>,
    every: Slots,
}

/// Answers that showed parts of one list in one order and narrowed to the same kinds, by the part.
struct Row {
    order: Order,
    kinds: Kinds,
    parts: IntervalMap<Place, Slots>,
}

impl Index {
    /// Enters the answer at `slot`.
    pub fn add(&mut self, slot: u32, marks: &Marks) {
        for mark in &marks.subjects {
            self.subjects.entry(*mark).or_default().insert(slot);
        }
        for span in &marks.spans {
            let rows = self.lists.entry(span.list).or_default();
            let is_own = |row: &Row| row.order == span.order && row.kinds == span.kinds;
            let at = rows.iter().position(is_own).unwrap_or_else(|| {
                rows.push(Row { order: span.order, kinds: span.kinds, parts: IntervalMap::new() });
                rows.len() - 1
            });
            rows[at].parts.entry(span.from..span.to).or_default().insert(slot);
        }
        if marks.every {
            self.every.insert(slot);
        }
    }

    /// Takes the answer at `slot` out.
    pub fn remove(&mut self, slot: u32, marks: &Marks) {
        for mark in &marks.subjects {
            if let Some(slots) = self.subjects.get_mut(mark)
                && slots.remove(&slot)
                && slots.is_empty()
            {
                self.subjects.remove(mark);
            }
        }
        for span in &marks.spans {
            let Some(rows) = self.lists.get_mut(&span.list) else { continue };
            if let Some(row) = rows.iter_mut().find(|row| row.order == span.order && row.kinds == span.kinds)
                && let Some(slots) = row.parts.get_mut(span.from..span.to)
                && slots.remove(&slot)
                && slots.is_empty()
            {
                row.parts.remove(span.from..span.to);
            }
            rows.retain(|row| !row.parts.is_empty());
            if rows.is_empty() {
                self.lists.remove(&span.list);
            }
        }
        self.every.remove(&slot);
    }

    /// The answers that a change can alter.
    pub fn met(&self, turn: &Turn) -> Slots {
        let mut met = self.every.clone();
        for touch in &turn.touches {
            met.extend(self.subjects.get(&touch.mark).into_iter().flatten());
            for row in self.lists.get(&touch.mark).into_iter().flatten() {
                row.meet(touch, &mut met);
            }
        }
        met
    }

    /// Whether nothing is entered.
    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.subjects.is_empty() && self.lists.is_empty() && self.every.is_empty()
    }
}

impl Row {
    fn meet(&self, touch: &Touch, met: &mut Slots) {
        if touch.members.is_empty() {
            met.extend(self.parts.unsorted_values().flatten());
        }
        for member in touch.members.iter().filter(|member| holds(self.kinds, member.kind)) {
            met.extend(self.parts.values_overlap(self.order.place(member)).flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use library::Instant;
    use library::changes::Member;
    use library::content::ContentKind;
    use library::id::ContentId;

    use super::super::marks::Span;
    use super::*;

    /// Numbers that are always the same.
    fn draw(state: &mut u64, most: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % most
    }

    fn member(state: &mut u64) -> Member {
        Member {
            content: ContentId(uuid::Uuid::from_u128(u128::from(draw(state, 5)))),
            kind: if draw(state, 2) == 0 { ContentKind::Article } else { ContentKind::Policy },
            rank: draw(state, 2) as i64,
            published_at: Instant(draw(state, 40) as i64),
            updated_at: Instant(draw(state, 40) as i64),
        }
    }

    fn marks(state: &mut u64) -> Marks {
        let mut subjects: Vec<Mark> = (0..draw(state, 4)).map(|_| draw(state, 12)).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let spans = (0..draw(state, 3)).map(|_| {
            let order = [Order::Ranked, Order::Published, Order::Updated][draw(state, 3) as usize];
            let (one, other) = (order.place(&member(state)), order.place(&member(state)));
            let (from, mut to) = (one.min(other), one.max(other));
            to.3 = true;
            Span { list: 20 + draw(state, 3), order, kinds: draw(state, 3) as u32, from, to }
        });
        let spans = spans.collect();
        Marks { subjects, spans, every: draw(state, 30) == 0 }
    }

    #[test]
    fn a_change_finds_exactly_the_answers_that_it_meets() {
        let mut state = 7;
        let mut index = Index::default();
        let mut kept: HashMap<u32, Marks> = HashMap::new();
        for round in 0..3000_u32 {
            let marks = marks(&mut state);
            index.add(round, &marks);
            kept.insert(round, marks);
            if kept.len() > 40 {
                let oldest = *kept.keys().min().expect("some");
                let marks = kept.remove(&oldest).expect("it");
                index.remove(oldest, &marks);
            }
            let touches = (0..draw(&mut state, 4)).map(|_| Touch {
                mark: draw(&mut state, 24),
                members: (0..draw(&mut state, 3)).map(|_| member(&mut state)).collect(),
            });
            let turn = Turn { position: 1, touches: touches.collect() };
            let expected: Slots = kept.iter().filter(|(_, marks)| marks.met_by(&turn)).map(|(slot, _)| *slot).collect();
            assert_eq!(index.met(&turn), expected, "round {round}");
        }
        for (slot, marks) in kept {
            index.remove(slot, &marks);
        }
        assert!(index.is_empty());
    }
}
