//! Search (搜索即服务): what is public, found by its words, ranked and counted; behind one trait, [`Engine`].
//!
//! The index ranks, the library reveals: an engine answers which contents, never their texts, and knows no rights. Texts are
//! folded, cut and understood here in the same way for every engine. This room writes no content and decides about no visibility.
#![forbid(unsafe_code)]

mod alike;
mod answer;
mod compare;
mod document;
pub mod embedded;
mod engine;
mod follow;
mod found;
pub mod highlight;
pub mod meili;
mod public;
mod query;
mod question;
mod search;
mod slips;
pub mod text;
mod words;

pub use alike::{AlikeGroup, alike, likeness};
pub use answer::{Entry, Evidence, SURE, answering};
pub use document::{Document, FORMAT, digest};
pub use engine::{Answer, Batch, Building, Engine, Failure, Standing, Started};
pub use follow::Seen;
pub use found::{Facet, FacetField, Found, Group, Hit};
pub use query::{MOST_CHARACTERS, Query, Word};
pub use question::{Filter, MOST_HITS, Order, Question};
pub use search::{Drift, Search, Trouble};
pub use words::Words;
