//! The desk (采编后台): reading what is worked on. Every list holds what the asker may see and nothing else.
//!
//! It reads working rows, revisions, reviews and the log; it writes nothing, and the public never comes here.

mod compare;
mod foresight;
mod history;
mod list;
mod overlay;
mod reach;
mod room;

pub use history::HistoryEntry;
pub use list::{DeskCounts, DeskFilter, WaitingTime};
pub use room::{ReviewRound, RevisionEntry};
