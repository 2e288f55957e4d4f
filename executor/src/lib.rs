//! The GraphQL library (async-graphql) with one part replaced: how the fields of an object come to an answer.
//!
//! `schema` knows this crate by the name `async_graphql`, so that what the library's macros generate calls
//! [`resolver_utils::resolve_container`] here (docs/decisions/0011). It knows no noun and no rule.
#![forbid(unsafe_code)]

mod failed;
mod object;
mod plain;
mod selected;
mod written;

pub use async_graphql::*;
pub use failed::located;
pub use plain::Plain;

/// The library's own, with our [`resolve_container`](resolver_utils::resolve_container).
pub mod resolver_utils {
    pub use async_graphql::resolver_utils::*;

    pub use crate::object::resolve_container;
}
