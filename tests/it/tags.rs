//! The tag library on the desk: proposing, claiming, merging, retiring, and tags for a text.

mod audits;
mod claims;
mod following;
mod library_of_tags;
mod merging;
mod report;
mod retagging;
mod suggesting;
