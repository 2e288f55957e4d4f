//! The exact cache (精确缓存): finished answers to public questions, each until a change can alter it, and not a moment longer.
//!
//! An answer carries the notes of its read and the position that the read began at. Every change of the log takes away exactly
//! the answers whose notes it meets; an answer that is finished after such a change is not kept. So nothing here is ever
//! stale, and there is no time after which an answer is thrown away. This room knows no HTTP and no GraphQL, and asks the
//! library for nothing but its log.

mod answer;
mod counts;
mod flights;
mod follow;
mod index;
mod keep;
mod key;
mod marks;
mod planted;
mod recent;
mod shelf;
pub mod surrogate;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use answer::{Answer, Coding};
pub use counts::{Compared, Counts};
use flights::Flights;
pub use flights::{Lead, Turn, Waited, Waiting};
pub use key::Key;
use library::Position;
pub use marks::Marks;
#[cfg(feature = "judge")]
pub use planted::Fault;
pub use planted::Planted;
use shelf::{Found, Shelf};

/// The answers that a node keeps.
pub struct Cache {
    most_bytes: usize,
    began: Instant,
    /// Every change up to here has taken away what it met.
    position: AtomicI64,
    found: Found,
    shelf: Mutex<Shelf>,
    flights: Flights,
    /// One reads the log at a time.
    following: tokio::sync::Mutex<()>,
    counts: Counts,
    planted: Planted,
}

impl Cache {
    /// An empty cache of at most `most_bytes`, which knows of the changes from `position` on; of 0 bytes it keeps nothing.
    pub fn new(most_bytes: usize, position: Position, counts: Counts) -> Self {
        Self {
            most_bytes,
            began: Instant::now(),
            position: AtomicI64::new(position),
            found: Found::default(),
            shelf: Mutex::new(Shelf::from(position)),
            flights: Flights::default(),
            following: tokio::sync::Mutex::default(),
            counts,
            planted: Planted::default(),
        }
    }

    /// The same with a fault in it, for the checker.
    #[cfg(feature = "judge")]
    #[must_use]
    pub fn with_planted(self, planted: Planted) -> Self {
        Self { planted, ..self }
    }

    /// Whether it keeps anything at all.
    pub fn is_on(&self) -> bool {
        self.most_bytes > 0
    }

    /// The position that everything in it reflects.
    pub fn position(&self) -> Position {
        self.position.load(Ordering::Acquire)
    }

    /// What is counted.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// What a fault does to executions; nothing in a program.
    pub fn planted(&self) -> &Planted {
        &self.planted
    }

    /// The answer to a request or a question, which reflects [`Cache::position`] as it was before the call.
    pub fn find(&self, key: &Key) -> Option<Arc<Answer>> {
        let answer = self.found.get(key)?;
        answer.touch(self.now());
        Some(answer)
    }

    /// Joins the running execution of a question, if it is not older than `least`; else begins one at `position` or later.
    pub fn enter(&self, key: Key, least: Position, position: Position) -> Turn<'_> {
        self.flights.enter(key, self.planted.least(least), position)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since it was made.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
