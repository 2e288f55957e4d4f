//! Where the answers lie: by place, with their keys, what they take, and who is to go when there is no room.
//!
//! Everything that changes goes through here, one after the other; who only looks an answer up does not come here.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use library::Position;

use super::answer::Answer;
use super::index::Index;
use super::key::{ByKey, Key};
use super::marks::Turn;
use super::recent::Recent;

/// How many requests that differ in their bytes lead to one answer without being read.
const MOST_REQUESTS: usize = 8;
/// Of so many answers the one that is worth least goes.
const COMPARED: usize = 32;
/// Parts of the map that are locked each for itself.
const PARTS: usize = 16;

/// Answers by their keys.
pub struct Found([RwLock<HashMap<Key, Place, ByKey>>; PARTS]);

/// An answer, and where it lies.
#[derive(Clone)]
struct Place {
    slot: u32,
    answer: Arc<Answer>,
}

impl Found {
    fn part(&self, key: &Key) -> &RwLock<HashMap<Key, Place, ByKey>> {
        // The maps themselves go by the lower bits and by the highest ones.
        &self.0[(key.number() >> 40) as usize % PARTS]
    }

    fn place(&self, key: &Key) -> Option<Place> {
        self.part(key).read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// The answer of this key.
    pub fn get(&self, key: &Key) -> Option<Arc<Answer>> {
        self.place(key).map(|place| place.answer)
    }

    fn insert(&self, key: Key, place: Place) {
        self.part(&key).write().unwrap_or_else(PoisonError::into_inner).insert(key, place);
    }

    fn remove(&self, key: &Key, slot: u32) {
        let mut part = self.part(key).write().unwrap_or_else(PoisonError::into_inner);
        if part.get(key).is_some_and(|place| place.slot == slot) {
            part.remove(key);
        }
    }
}

impl Default for Found {
    fn default() -> Self {
        Self(std::array::from_fn(|_| RwLock::default()))
    }
}

/// An answer on the shelf.
struct Kept {
    answer: Arc<Answer>,
    key: Key,
    requests: Vec<Key>,
    bytes: usize,
}

/// The answers that are kept.
pub struct Shelf {
    slots: Vec<Option<Kept>>,
    free: Vec<u32>,
    hand: usize,
    index: Index,
    recent: Recent,
    bytes: usize,
}

impl Shelf {
    /// An empty shelf that knows of the changes from `position` on.
    pub fn from(position: Position) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            hand: 0,
            index: Index::default(),
            recent: Recent::from(position),
            bytes: 0,
        }
    }

    /// What the answers take, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are.
    pub fn answers(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The last changes.
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Puts an answer there, in the place of an older one.
    pub fn put(&mut self, found: &Found, key: Key, answer: Arc<Answer>) {
        if let Some(old) = found.place(&key) {
            self.remove(found, old.slot);
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        self.index.add(slot, answer.marks());
        let bytes = answer.bytes();
        self.bytes += bytes;
        found.insert(key, Place { slot, answer: answer.clone() });
        self.slots[slot as usize] = Some(Kept { answer, key, requests: Vec::new(), bytes });
    }

    /// The kept answer of `key`, if it is this one.
    fn own(&mut self, found: &Found, key: &Key, answer: &Arc<Answer>) -> Option<(u32, &mut Kept)> {
        let slot = found.place(key)?.slot;
        let kept = self.slots.get_mut(slot as usize)?.as_mut()?;
        Arc::ptr_eq(&kept.answer, answer).then_some((slot, kept))
    }

    /// From now on `request` leads to an answer, if it is still there.
    pub fn lead(&mut self, found: &Found, request: Key, key: &Key, answer: &Arc<Answer>) {
        let Some((slot, kept)) = self.own(found, key, answer) else { return };
        if kept.requests.contains(&request) {
            return;
        }
        kept.requests.push(request);
        let oldest = (kept.requests.len() > MOST_REQUESTS).then(|| kept.requests.remove(0));
        found.insert(request, Place { slot, answer: answer.clone() });
        if let Some(oldest) = oldest {
            found.remove(&oldest, slot);
        }
    }

    /// Whether an answer is still there.
    pub fn has(&mut self, found: &Found, key: &Key, answer: &Arc<Answer>) -> bool {
        self.own(found, key, answer).is_some()
    }

    /// Counts again what an answer takes, which has grown.
    pub fn weigh(&mut self, found: &Found, key: &Key, answer: &Arc<Answer>) {
        let Some((_, kept)) = self.own(found, key, answer) else { return };
        let (before, after) = (kept.bytes, answer.bytes());
        kept.bytes = after;
        self.bytes = self.bytes + after - before;
    }

    fn remove(&mut self, found: &Found, slot: u32) {
        let Some(kept) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        self.index.remove(slot, kept.answer.marks());
        for key in kept.requests.iter().chain([&kept.key]) {
            found.remove(key, slot);
        }
        self.bytes -= kept.bytes;
        self.free.push(slot);
    }

    /// Takes an answer away, if it is still there.
    pub fn take_away(&mut self, found: &Found, key: &Key, answer: &Arc<Answer>) {
        if let Some((slot, _)) = self.own(found, key, answer) {
            self.remove(found, slot);
        }
    }

    /// Takes away what a change can alter, and remembers the change; how many answers went.
    pub fn follow(&mut self, found: &Found, turn: Turn) -> u64 {
        let met = self.index.met(&turn);
        for slot in &met {
            self.remove(found, *slot);
        }
        let evicted = met.len() as u64;
        self.recent.push(turn, evicted);
        evicted
    }

    /// Takes answers away until they take no more than `most` bytes; how many went.
    pub fn make_room(&mut self, found: &Found, most: usize, now: u64) -> u64 {
        let mut gone = 0;
        while self.bytes > most {
            let Some(worst) = self.worst(now) else { break };
            self.remove(found, worst);
            gone += 1;
        }
        gone
    }

    /// The answer that is worth least of some; the hand goes on, so that all have their turn.
    fn worst(&mut self, now: u64) -> Option<u32> {
        let (mut worst, mut compared) = (None, 0);
        for _ in 0..self.slots.len() {
            self.hand = (self.hand + 1) % self.slots.len();
            let Some(kept) = &self.slots[self.hand] else { continue };
            let worth = kept.answer.worth(now);
            if worst.is_none_or(|(least, _)| worth < least) {
                worst = Some((worth, self.hand));
            }
            compared += 1;
            if compared == COMPARED {
                break;
            }
        }
        worst.and_then(|(_, slot)| u32::try_from(slot).ok())
    }
}
