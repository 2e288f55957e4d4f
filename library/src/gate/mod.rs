//! The gate before review and publication (发布检查): what a revision must have, and what content checks need to know.
//!
//! Obligations are pure. Rules of content checks are in `finding`, which knows no database; this room asks the library
//! what they have to know, and keeps what that is asked of.

mod examine;
mod kinds;
mod links;
mod obligations;
mod overrule;
mod similar;
mod sketches;

pub use examine::Examination;
pub use obligations::missing;
pub use overrule::Overrule;

pub(crate) use overrule::overrule;
pub use sketches::Sketches;
