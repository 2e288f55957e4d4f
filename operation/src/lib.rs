//! What a client asks: parsed, bounded, validated by the whole of the GraphQL specification, costed,
//! and made plain (no fragments, directives or variables left) for an executor.
//!
//! This room knows the GraphQL language and the text of a schema; it knows no HTTP, no SQL and nothing of our nouns.
#![forbid(unsafe_code)]

mod coerce;
mod cost;
mod grammar;
mod inputs;
mod introspection;
mod limits;
mod merging;
mod places;
mod plain;
mod refusal;
mod rules;
mod selected;
mod shape;
mod suggest;
mod text;

pub use limits::{Limit, Limits};
pub use refusal::{Code, Exceeded, Place, Refusal};
pub use rules::{Admitted, Kind, Openness, Question, Rules};
pub use selected::Selected;
