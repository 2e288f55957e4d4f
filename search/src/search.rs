//! The search of a node: its engine, the words of the platform, and how far it has followed the library.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use library::searches::Searched;
use library::{Library, Position};

use crate::engine::{Engine, Failure};
use crate::public::Names;
use crate::words::Words;

/// After which time an index that waits is said to be behind: then its counts are not told.
const BEHIND_AFTER: Duration = Duration::from_secs(5);

/// How many searches wait at most to be written down.
const MOST_WAITING: usize = 10_000;

/// Why something of the search was not done. What follows the log tries again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] Failure),
    /// The library could not be read.
    #[error(transparent)]
    Library(#[from] library::Error),
}

/// What the nightly comparison found, and repaired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drift {
    /// Public contents that the index did not have.
    pub missing: u64,
    /// Contents that it had and that are not public.
    pub surplus: u64,
    /// Contents that it had in another state.
    pub outdated: u64,
}

impl Drift {
    /// All of it.
    pub fn all(self) -> u64 {
        self.missing + self.surplus + self.outdated
    }
}

/// The search of a node; shared by who asks and by who follows.
pub struct Search {
    pub(crate) library: Library,
    pub(crate) engine: Arc<dyn Engine>,
    words: ArcSwap<Words>,
    names: Mutex<(Names, i64)>,
    /// The position of the index, below zero before it was built.
    passed: AtomicI64,
    /// Since when the index has been waiting for what the library has committed.
    waits: Mutex<Option<Instant>>,
    pub(crate) drift: AtomicU64,
    /// What was looked for and is not written down yet.
    searched: Mutex<Vec<Searched>>,
    /// Comparing, rebuilding and following, one at a time.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

impl Search {
    /// The search over a library by an engine.
    pub fn new(library: Library, engine: Arc<dyn Engine>) -> Self {
        Self {
            library,
            engine,
            words: ArcSwap::default(),
            names: Mutex::new((Names::default(), -1)),
            passed: AtomicI64::new(-1),
            waits: Mutex::default(),
            drift: AtomicU64::new(0),
            searched: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// What ranks.
    pub fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// The words of the platform as they are now.
    pub fn words(&self) -> Arc<Words> {
        self.words.load_full()
    }

    /// The position that the index has passed; nothing before it was built.
    pub fn position(&self) -> Option<Position> {
        Some(self.passed.load(Ordering::Acquire)).filter(|position| *position >= 0)
    }

    /// How many documents comparisons found wrong since this node began.
    pub fn drifted(&self) -> u64 {
        self.drift.load(Ordering::Relaxed)
    }

    /// Whether the index has waited for longer than five seconds for what the library has committed.
    pub fn is_behind(&self) -> bool {
        let caught_up = self.position().is_some_and(|position| position >= self.library.known_position());
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        if caught_up {
            *waits = None;
            return false;
        }
        waits.get_or_insert_with(Instant::now).elapsed() > BEHIND_AFTER
    }

    /// Remembers what somebody looked for, to be written down later; forgets it when too much waits.
    pub fn note(&self, searched: Searched) {
        let mut waiting = self.searched.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_WAITING {
            waiting.push(searched);
        }
    }

    /// Writes down what was looked for since the last time.
    ///
    /// # Errors
    /// When the library cannot be written: then it is forgotten.
    pub async fn write_down(&self) -> library::Result<()> {
        let waiting = std::mem::take(&mut *self.searched.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() { Ok(()) } else { self.library.note_searches(waiting).await }
    }

    pub(crate) fn passed(&self, position: Position) {
        self.passed.store(position, Ordering::Release);
        let _ = self.is_behind();
    }

    /// Takes the words of the platform anew, if a name or a synonym has changed.
    ///
    /// # Errors
    /// When the library cannot be read: then the words before stay.
    pub async fn renew_words(&self) -> Result<(), Trouble> {
        let names = Names::of(&self.library.directory());
        let revision = self.library.synonyms_revision().await?;
        {
            let known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            if known.0.is(&names) && known.1 == revision {
                return Ok(());
            }
        }
        let words = names.words(self.library.synonym_groups().await?);
        self.words.store(Arc::new(words));
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = (names, revision);
        Ok(())
    }
}
