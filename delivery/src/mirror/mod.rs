//! Asking another instance of Jiyue what it shows, and what changed of it: the client of a mirror (跟随).
//!
//! It asks the public GraphQL schema and nothing else, follows no redirect, waits for no answer for ever and reads none that
//! has no end. What comes is made records of the import's native format ([`record`]); what is done with them is decided
//! elsewhere.

mod absolute;
mod ask;
mod columns;
mod pages;
mod record;

pub use ask::{Origin, Trouble};
pub use columns::OriginColumn;
pub use pages::{Changes, Contents};
pub use record::OriginContent;
