//! A read goes through a scope: who asks, which audience, and a note of everything that was read.
//!
//! Visibility is decided here and in the `read.rs` files of the nouns, in one place for every door. The notes are
//! what makes a cached answer exact: an answer can only change if one of its subjects does.

mod filtered;
mod notes;
mod page;
mod walk;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

pub(crate) use filtered::Filtered;
pub use filtered::MOST_LOOKED_AT;
pub use notes::{ListNote, Notes, Range};
pub use page::{Page, Paging, Walked, read_key, write_key};
pub(crate) use walk::{Walk, compare};

use crate::changes::{KeyKind, List, Subject};
use crate::database::{Engine, Row, Sql, Value};
use crate::id::{AnyId, ApiKeyId};
use crate::preview::Laid;
use crate::reader::ReaderKey;
use crate::refusal::Result;
use crate::{Caller, Directory, Library};

/// For whom something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody: only what is live and shown.
    Public,
    /// Editors: single contents as they are worked on, where the asker has a role over them; lists as the public has them.
    Editorial,
}

/// One read of the library.
pub struct Scope {
    library: Library,
    directory: ArcSwap<Directory>,
    audience: Audience,
    caller: Option<Caller>,
    reader: Option<ReaderKey>,
    /// The revision that is laid over what is live.
    preview: Option<Box<Laid>>,
    /// Whether the answer depends on who asks.
    private: AtomicBool,
    notes: Mutex<Notes>,
    ran: Mutex<Ran>,
    /// On SQLite the statements of a read run one after the other.
    turn: tokio::sync::Mutex<()>,
}

/// The statements of a read and the time that they took.
#[derive(Default)]
struct Ran {
    statements: Vec<(Sql, Vec<Value>)>,
    time: Duration,
}

/// A statement that runs; when it is dropped, it is over.
struct Running<'a> {
    scope: &'a Scope,
    begun: Duration,
    statement: Option<(Sql, Vec<Value>)>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let took = self.scope.library.clock().elapsed().saturating_sub(self.begun);
        let mut ran = lock(&self.scope.ran);
        ran.time += took;
        ran.statements.extend(self.statement.take());
    }
}

impl Library {
    /// A scope for one read.
    pub fn scope(&self, audience: Audience) -> Scope {
        Scope {
            library: self.clone(),
            directory: ArcSwap::new(self.directory()),
            audience,
            caller: None,
            reader: None,
            preview: None,
            private: AtomicBool::new(false),
            notes: Mutex::default(),
            ran: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scope {
    /// The same scope, asked by somebody who is signed in, or by a reader, who sees no more than everybody.
    #[must_use]
    pub fn asked_by(mut self, caller: Caller) -> Self {
        match caller.reader() {
            Some(reader) => self.reader = Some(reader.clone()),
            None => self.caller = Some(caller),
        }
        self
    }

    pub(crate) fn set_preview(&mut self, laid: Option<Laid>) {
        self.private.store(true, Ordering::Relaxed);
        self.preview = laid.map(Box::new);
    }

    /// The revision that is laid over what is live, if there is one.
    pub(crate) fn preview(&self) -> Option<&Laid> {
        self.preview.as_deref()
    }

    /// From now on the read sees the directory as it is now: what it asked to be done has changed it. Then it is private,
    /// as is every answer to a deed.
    pub fn renew(&self) {
        self.private.store(true, Ordering::Relaxed);
        self.directory.store(self.library.directory());
    }

    /// Who asks, if it is known. From now on the answer is private: whoever keeps answers must not keep it.
    pub fn caller(&self) -> Option<&Caller> {
        self.private.store(true, Ordering::Relaxed);
        self.caller.as_ref()
    }

    /// The reader who asks, if one does. From now on the answer is private.
    pub fn reader(&self) -> Option<&ReaderKey> {
        self.private.store(true, Ordering::Relaxed);
        self.reader.as_ref()
    }

    /// The key of the system that asks, if one does: for what is kept of a read, never for its answer.
    pub(crate) fn key(&self) -> Option<ApiKeyId> {
        self.caller.as_ref().and_then(Caller::key)
    }

    /// From now on whoever keeps answers must not keep this one.
    pub(crate) fn keep_private(&self) {
        self.private.store(true, Ordering::Relaxed);
    }

    /// Whether something was read that depends on who asks.
    pub fn is_private(&self) -> bool {
        self.private.load(Ordering::Relaxed)
    }

    /// The library that is read.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// For whom.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The directory of this read: one snapshot from beginning to end, or to a deed ([`Scope::renew`]). Only the rooms of the library use it, because
    /// what is read from it must be noted.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Runs a statement and keeps count of it, also if the read is given up meanwhile.
    pub(crate) async fn rows(&self, sql: &Sql, params: Vec<Value>) -> Result<Vec<Row>> {
        // There a statement runs without a pause: others work after each, and a read that was given up ends. What is read
        // side by side would run all its statements before that.
        let turn = match self.library.database().engine() {
            Engine::Sqlite => Some(self.turn.lock().await),
            Engine::Postgres => None,
        };
        let begun = self.library.clock().elapsed();
        let running = Running { scope: self, begun, statement: Some((sql.copy(), params)) };
        let params = running.statement.as_ref().map_or(&[][..], |(_, params)| params);
        let rows = self.library.database().rows(sql, params).await;
        drop(running);
        if turn.is_some() {
            tokio::task::yield_now().await;
        }
        rows
    }

    /// The position that this read reflects at least: the lower one of its directory's and the database's.
    pub async fn position(&self) -> Result<crate::Position> {
        self.note_log();
        Ok(self.directory().position.min(self.library.newest_position().await?))
    }

    /// The position that everything in this read reflects at least: that of its directory, which was read from the same
    /// database before the first statement. No change up to there is missing in what it answers.
    pub fn read_at(&self) -> crate::Position {
        self.directory().position
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

    /// Notes the change log itself: every change moves it on.
    pub(crate) fn note_log(&self) {
        lock(&self.notes).log = true;
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
