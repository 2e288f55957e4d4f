//! The root of all deeds: the files here only list, a file a room of deeds; each noun's own file does.
//!
//! Each deed is boxed: what is listed together lies on the stack together, and a hundred deeds are too much for one.

mod accounts;
mod columns;
mod contents;
mod files;
mod keys;
mod operations;
mod placements;
mod readers;
mod searches;
mod sharing;
mod structure;
mod tag_audits;
mod tags;
mod webhooks;
mod words;

use async_graphql::MergedObject;

use accounts::AccountDeeds;
use columns::ColumnDeeds;
use contents::ContentDeeds;
use files::FileDeeds;
use keys::KeyDeeds;
use operations::OperationDeeds;
use placements::PlacementDeeds;
use readers::ReaderDeeds;
use searches::SearchDeeds;
use sharing::SharingDeeds;
use structure::StructureDeeds;
use tag_audits::TagAuditDeeds;
use tags::TagDeeds;
use webhooks::WebhookDeeds;
use words::WordDeeds;

/// Everything that can be done (操作入口). Each mutation is a transaction of its own, in their order; what was refused is
/// in `userErrors`, and nothing of it was done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountDeeds,
    ContentDeeds,
    WordDeeds,
    StructureDeeds,
    ColumnDeeds,
    PlacementDeeds,
    SharingDeeds,
    TagDeeds,
    KeyDeeds,
    FileDeeds,
    WebhookDeeds,
    OperationDeeds,
    ReaderDeeds,
    TagAuditDeeds,
    SearchDeeds,
);
