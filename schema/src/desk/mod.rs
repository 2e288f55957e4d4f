//! The desk (采编后台): what is read by those who work on the library. A file a part; all of it is private.

mod access;
mod content;
mod contents;
mod mirrors;
mod operations;
mod places;
mod review;
mod searches;
mod sharing;
mod tags;
mod webhooks;
mod withdrawal;
mod words;

use async_graphql::MergedObject;
use library::Scope;
use library::means::may_have_desk;

use access::Access;
pub use content::{DeskContent, HistoryEntry, Revision};
use contents::Contents;
use mirrors::Mirrors;
use operations::Operations;
use places::Places;
pub use review::{EditLease, ReviewDecision, ReviewState};
use searches::Searches;
use sharing::Sharing;
use tags::Tags;
use webhooks::Webhooks;
use words::Words;

/// The desk of who is signed in (采编后台): what waits for the asker, and what it keeps. Each list holds what the asker may see and
/// nothing else; answers are private and kept by no cache.
#[derive(MergedObject)]
pub struct Desk(Access, Contents, Words, Places, Sharing, Tags, Webhooks, Mirrors, Operations, Searches);

impl Desk {
    /// The desk of who asks; nothing for who is not signed in, and for systems whose key is not good for previews.
    pub fn of(scope: &Scope) -> Option<Self> {
        let has = may_have_desk(&scope.library().directory(), scope.caller()?);
        has.then_some(Self(Access, Contents, Words, Places, Sharing, Tags, Webhooks, Mirrors, Operations, Searches))
    }
}
