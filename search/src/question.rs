//! What is asked of an index: a query, what narrows it, and which part of the answer is wanted.

use uuid::Uuid;

use crate::query::Query;

/// No page reaches behind so many hits.
pub const MOST_HITS: usize = 1_000;

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// What is looked for.
    pub query: Query,
    /// What narrows it.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// How many hits are passed over.
    pub offset: usize,
    /// How many hits are wanted.
    pub first: usize,
    /// Whether facets are wanted.
    pub facets: bool,
    /// How many hits of each kind are wanted beside.
    pub of_each_kind: usize,
    /// The present moment, in microseconds of Unix time: what is newer ranks a little higher.
    pub now: i64,
}

/// What narrows a search. Of a list that is not empty one must be met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what one of these sites shows.
    pub sites: Vec<Uuid>,
    /// Only these kinds.
    pub kinds: Vec<String>,
    /// Only with one of these tags.
    pub tags: Vec<Uuid>,
    /// Only of one of these publishers.
    pub publishers: Vec<Uuid>,
    /// Only of this theme.
    pub theme: Option<String>,
    /// Only in one of these states of validity.
    pub validity: Vec<String>,
    /// Only published at this moment or later, in microseconds.
    pub published_from: Option<i64>,
    /// Only published before this moment, in microseconds.
    pub published_before: Option<i64>,
    /// Only by title, questions and document number.
    pub title_only: bool,
}

/// The order of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What fits best first.
    #[default]
    Relevance,
    /// What was published last first.
    Newest,
}
