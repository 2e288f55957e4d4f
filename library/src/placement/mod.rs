//! Placements: one showing of a content in one column, and why it is there.
//!
//! Which placements a content has is a function of the columns that its editors chose and of the subscriptions;
//! [`settle`] brings the table to what that function says and tells the log what moved.

mod decide;
mod deeds;
mod enter;
mod list;
mod pending;
mod read;
mod restore;
mod settle;
mod shelf;

use crate::database::Row;
use crate::id::{ColumnId, ContentId, PlacementId, SiteId};
use crate::instant::Instant;
use crate::refusal::Result;

pub use decide::DecidePlacements;
pub use deeds::{EditPlacement, OverridePlacement};
pub(crate) use deeds::{live_content, unpin};
pub(crate) use enter::enter;
pub use list::{PlacementFilter, PlacementOrder, PlacementOrderField};
pub use pending::Pending;
pub use read::{Crumb, Neighbours, Reason, Shown};
pub(crate) use restore::{PlacementRecord, SourceRecord, restore};
pub(crate) use settle::{Standing, members, remove_all, settle, tell_moved};
pub(crate) use shelf::{Counts, recount_family, sites};

/// Whether a placement is the editors' own or mirrored by a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum PlacementOrigin {
    Own,
    Mirrored,
}

/// One showing of a content in one column.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Placement {
    pub id: PlacementId,
    pub column: ColumnId,
    pub site: SiteId,
    pub content: ContentId,
    /// Order before time: 0, or more while it is pinned.
    pub rank: i64,
    pub pinned_until: Option<Instant>,
    /// The receiver's title, if it has one of its own.
    pub title: Option<String>,
    pub published_at: Instant,
    pub updated_at: Instant,
    pub shown_since: Instant,
    /// Why it is there above all, where it was read along: pages of lists leave it to [`crate::Scope::placement_reasons`].
    pub reason: Option<Reason>,
}

/// The columns of a placement, in the order in which [`Placement::read`] reads them.
pub(crate) const PLACEMENT: &str = "{d}.id, {d}.column_id, {d}.site_id, {d}.content_id, {d}.rank, {d}.pinned_until, \
     {d}.title, {d}.published_at, {d}.updated_at, {d}.shown_since";

/// How many columns [`PLACEMENT`] has.
pub(crate) const WIDTH: usize = 10;

impl Placement {
    pub(crate) fn read(row: &Row, at: usize) -> Result<Self> {
        Ok(Self {
            id: row.get(at)?,
            column: row.get(at + 1)?,
            site: row.get(at + 2)?,
            content: row.get(at + 3)?,
            rank: row.get(at + 4)?,
            pinned_until: row.get(at + 5)?,
            title: row.get(at + 6)?,
            published_at: row.get(at + 7)?,
            updated_at: row.get(at + 8)?,
            shown_since: row.get(at + 9)?,
            reason: None,
        })
    }
}
