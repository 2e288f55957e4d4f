//! The change feed (变更流): everything that is public, in the order in which it changed, for systems that follow the library.
//!
//! What each deed did is written with it ([`crate::changes`]); here it is read, narrowed by what a follower wants. Effects are
//! relative to the filter: what matches no more has left, and only its identifier is told. What is not public now is told
//! of as gone, whatever it was.

mod filter;
mod read;

use crate::Position;
use crate::changes::{Action, Effect};
use crate::id::{AnyId, ChangeId, ColumnId, EffectId, SiteId};
use crate::instant::Instant;

pub use filter::ChangeFilter;
pub(crate) use filter::Wanted;

/// A change as a follower sees it.
#[derive(Debug, Clone)]
pub struct FeedChange {
    /// Its entry in the log.
    pub id: ChangeId,
    /// Its place there.
    pub position: Position,
    /// When it was done.
    pub at: Instant,
    /// What was done.
    pub action: Action,
    /// The site that it concerns most.
    pub site: Option<SiteId>,
    /// What it did to what the follower wants; at least one.
    pub effects: Vec<FeedEffect>,
}

/// What a change did to one record.
#[derive(Debug, Clone)]
pub struct FeedEffect {
    /// By what it is found again.
    pub id: EffectId,
    /// What happened, relative to the filter.
    pub effect: Effect,
    /// To which record.
    pub subject: AnyId,
    /// For a content: the columns, of those that the filter names or else of all, in which it stands; in which it stood, if it
    /// left.
    pub columns: Vec<ColumnId>,
}

/// A page of the feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The changes with an effect, in order.
    pub changes: Vec<FeedChange>,
    /// How far it was looked: what follows begins behind it. Changes without an effect move it on.
    pub end: Position,
    /// Whether there are more changes behind it.
    pub has_next: bool,
}
