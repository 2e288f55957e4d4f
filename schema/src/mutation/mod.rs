//! The root of all deeds: the files here only list, a file a room of deeds; each noun's own file does.

mod accounts;
mod contents;
mod words;
mod structure;
mod columns;
mod placements;
mod sharing;
mod tags;
mod keys;
mod files;

use async_graphql::MergedObject;

use accounts::AccountDeeds;
use contents::ContentDeeds;
use words::WordDeeds;
use structure::StructureDeeds;
use columns::ColumnDeeds;
use placements::PlacementDeeds;
use sharing::SharingDeeds;
use tags::TagDeeds;
use keys::KeyDeeds;
use files::FileDeeds;

/// Everything that can be done (操作入口). Each mutation is a transaction of its own, in their order; what was refused is
/// in `userErrors`, and nothing of it was done.
#[derive(MergedObject, Default)]
pub struct Mutation(AccountDeeds, ContentDeeds, WordDeeds, StructureDeeds, ColumnDeeds, PlacementDeeds, SharingDeeds, TagDeeds, KeyDeeds, FileDeeds);
