//! One noun of the directory: its records in order, found by id, by key and by parent.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::changes::{Action, KeyKind};
use crate::database::{Database, Row, Sql};
use crate::refusal::Result;

/// A noun that the directory keeps.
pub trait Entry: Sized + Send + Sync + 'static {
    /// What identifies it.
    type Id: Copy + Eq + Hash + Send + Sync;
    /// The deeds after which every node reads it again; at least one.
    const CHANGED_BY: &'static [Action];
    /// Reads all records in the order in which lists show them.
    fn load() -> &'static Sql;
    /// One record from a row of that statement.
    fn read(row: &Row) -> Result<Self>;
    /// Its identifier.
    fn id(&self) -> Self::Id;
    /// What it hangs under, for nouns that form a tree.
    fn parent(&self) -> Option<Self::Id> {
        None
    }
    /// The keys that find it.
    fn keys(&self) -> Vec<(KeyKind, String)> {
        Vec::new()
    }
}

/// All records of one noun.
pub struct Part<T: Entry> {
    all: Vec<Arc<T>>,
    by_id: HashMap<T::Id, usize>,
    by_key: HashMap<(KeyKind, String), usize>,
    children: HashMap<T::Id, Vec<usize>>,
}

impl<T: Entry> Default for Part<T> {
    fn default() -> Self {
        Self { all: Vec::new(), by_id: HashMap::new(), by_key: HashMap::new(), children: HashMap::new() }
    }
}

impl<T: Entry> Part<T> {
    /// What this is after deeds of the names `touched`: read again if one of them changes it.
    pub(super) async fn after(self: &Arc<Self>, touched: &[Action], database: &Database) -> Result<Arc<Self>> {
        // Deeds of other names do not hold the directory while they run (`Library::begin`).
        const { assert!(Action::all_change_directory(T::CHANGED_BY)) };
        if !touched.iter().any(|action| T::CHANGED_BY.contains(action)) {
            return Ok(self.clone());
        }
        Ok(Arc::new(Self::of(&database.rows_aside(T::load(), &[]).await?)?))
    }

    /// What the rows of [`Entry::load`] hold.
    pub(super) fn of(rows: &[Row]) -> Result<Self> {
        let all = rows.iter().map(|row| T::read(row).map(Arc::new)).collect::<Result<Vec<_>>>()?;
        let mut part = Self { all, ..Self::default() };
        for (at, entry) in part.all.iter().enumerate() {
            part.by_id.insert(entry.id(), at);
            for key in entry.keys() {
                part.by_key.insert(key, at);
            }
            if let Some(parent) = entry.parent() {
                part.children.entry(parent).or_default().push(at);
            }
        }
        Ok(part)
    }

    /// Every record, in order.
    pub fn all(&self) -> &[Arc<T>] {
        &self.all
    }

    /// The record with this id.
    pub fn get(&self, id: T::Id) -> Option<&Arc<T>> {
        self.by_id.get(&id).map(|at| &self.all[*at])
    }

    /// The record that this key finds.
    pub fn by_key(&self, kind: KeyKind, value: &str) -> Option<&Arc<T>> {
        self.by_key.get(&(kind, value.to_owned())).map(|at| &self.all[*at])
    }

    /// The records directly below `id`, in order.
    pub fn children(&self, id: T::Id) -> impl Iterator<Item = &Arc<T>> {
        self.children.get(&id).into_iter().flatten().map(|at| &self.all[*at])
    }

    /// `id` and everything below it, parents first.
    pub fn family(&self, id: T::Id) -> Vec<T::Id> {
        let mut family = vec![id];
        let mut at = 0;
        while at < family.len() {
            let below: Vec<_> = self.children(family[at]).map(|entry| entry.id()).collect();
            family.extend(below);
            at += 1;
        }
        family
    }

    /// What `id` hangs under, outermost first, without itself.
    pub fn ancestors(&self, id: T::Id) -> Vec<Arc<T>> {
        let mut ancestors = Vec::new();
        let mut parent = self.get(id).and_then(|entry| entry.parent());
        while let Some(entry) = parent.and_then(|id| self.get(id)) {
            ancestors.push(entry.clone());
            parent = entry.parent();
        }
        ancestors.reverse();
        ancestors
    }
}
