//! Synonyms (同义词): groups of words that mean the same to the search, kept by who keeps the platform.
//!
//! Here they are kept and read; what they find is nobody's business here.

mod edit;
mod read;
mod remove;

use crate::changes::List;
use crate::id::SynonymId;
use crate::instant::Instant;

/// A group of words that mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynonymGroup {
    /// Its identifier.
    pub id: SynonymId,
    /// The words, in the order in which they were given.
    pub words: Vec<String>,
    /// When it was last changed.
    pub changed_at: Instant,
}

/// The most groups that there are.
pub const MOST_GROUPS: usize = 5_000;
/// The most words of a group.
pub const MOST_WORDS: usize = 20;

impl List {
    /// The groups of synonyms.
    pub(crate) fn synonyms() -> Self {
        Self::All("synonyms")
    }
}
