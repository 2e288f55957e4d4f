//! A read goes through a scope: who asks, which audience, and a note of everything that was read.
//!
//! Visibility is decided here and in the `read.rs` files of the nouns, in one place for every door. The notes are
//! what makes a cached answer exact: an answer can only change if one of its subjects does.

mod filtered;
mod notes;
mod page;
mod walk;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) use filtered::Filtered;
pub use filtered::MOST_LOOKED_AT;
pub use notes::{ListNote, Notes, Range};
pub use page::{Page, Paging, Walked, read_key, write_key};
pub(crate) use walk::Walk;

use crate::changes::{KeyKind, List, Subject};
use crate::database::{Row, Sql, Value};
use crate::id::AnyId;
use crate::refusal::Result;
use crate::{Directory, Library};

/// For whom something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody: only what is live and shown.
    Public,
}

/// One read of the library.
pub struct Scope {
    library: Library,
    directory: Arc<Directory>,
    audience: Audience,
    notes: Mutex<Notes>,
    ran: Mutex<Ran>,
}

/// The statements of a read and the time that they took.
#[derive(Default)]
struct Ran {
    statements: Vec<(Sql, Vec<Value>)>,
    time: Duration,
}

impl Library {
    /// A scope for one read.
    pub fn scope(&self, audience: Audience) -> Scope {
        Scope {
            library: self.clone(),
            directory: self.directory(),
            audience,
            notes: Mutex::default(),
            ran: Mutex::default(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scope {
    /// The library that is read.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// For whom.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The directory of this read: one snapshot from beginning to end. Only the rooms of the library use it, because
    /// what is read from it must be noted.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.directory.clone()
    }

    /// Runs a statement and keeps count of it.
    pub(crate) async fn rows(&self, sql: &Sql, params: Vec<Value>) -> Result<Vec<Row>> {
        let clock = self.library.clock();
        let begun = clock.elapsed();
        let rows = self.library.database().rows(sql, &params).await;
        // On SQLite a statement runs without a pause: others work now, and a read that was given up ends here.
        tokio::task::yield_now().await;
        let mut ran = lock(&self.ran);
        ran.time += clock.elapsed().saturating_sub(begun);
        ran.statements.push((sql.copy(), params));
        rows
    }

    /// The position that this read reflects at least: the lower one of its directory's and the database's.
    pub async fn position(&self) -> Result<crate::Position> {
        Ok(self.directory.position.min(self.library.newest_position().await?))
    }

    /// How many statements this read ran.
    pub fn statements(&self) -> u64 {
        lock(&self.ran).statements.len() as u64
    }

    /// How long its statements took, the waiting for a connection included; those that ran side by side count each.
    pub fn sql_time(&self) -> Duration {
        lock(&self.ran).time
    }

    /// The statements themselves, for the tests that read their plans.
    pub fn ran(&self) -> Vec<(Sql, Vec<Value>)> {
        lock(&self.ran).statements.iter().map(|(sql, params)| (sql.copy(), params.clone())).collect()
    }

    /// What this read depends on, for people: sorted, one line each, at most 200 of them and a line for the rest.
    pub fn subjects(&self) -> Vec<String> {
        lock(&self.notes).lines(200)
    }

    /// What this read depends on.
    pub fn notes(&self) -> Notes {
        lock(&self.notes).clone()
    }

    /// Notes a record that was read or looked for.
    pub(crate) fn note_record(&self, id: AnyId) {
        lock(&self.notes).subjects.insert(Subject::Record(id));
    }

    /// Notes a key that was looked up, whether it was found or not.
    pub(crate) fn note_key(&self, kind: KeyKind, value: String) {
        lock(&self.notes).subjects.insert(Subject::Key(kind, value));
    }

    /// Notes the whole membership of a list.
    pub(crate) fn note_list(&self, list: List) {
        lock(&self.notes).subjects.insert(Subject::Members(list));
    }

    /// Notes a part of a list.
    pub(crate) fn note_range(&self, note: ListNote) {
        if note.range == Range::Whole && note.kinds.is_empty() {
            self.note_list(note.list);
        } else {
            lock(&self.notes).lists.push(note);
        }
    }
}
