//! The change log: a gap-free, ordered sequence of pointers to what every deed touched.
//!
//! Position order is commit order on both engines: subjects are written under the change's own id, and the tail of
//! the transaction takes the position from a one-row counter and inserts the change. This room knows no noun's rules.

mod action;
mod asked;
mod effects;
mod follow;
mod once;
mod read;
mod subject;
mod work;

pub use action::Action;
pub use asked::Asked;
pub(crate) use effects::{Showing, Stands};
pub use follow::{Follower, Retry};
pub use once::Once;
pub use read::{Change, Touch};
pub(crate) use subject::Touched;
pub(crate) use subject::key_of;
pub use subject::{Effect, KeyKind, List, Member, Subject};
pub use work::{Caller, Means, Who};
pub(crate) use work::{Work, commit, commit_as, commit_measured};

/// A place in the change log; 0 is before the first change.
pub type Position = i64;
