//! The gate before review and publication (发布检查): what a revision must have, and what content checks need to know.
//!
//! Obligations are pure. Rules of content checks are in `finding`, which knows no database; this room asks the library
//! what they have to know, and keeps what that is asked of.

mod kinds;
mod obligations;

pub use obligations::missing;
