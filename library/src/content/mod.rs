//! Contents (信息) of seven kinds: drafted, published, corrected, withdrawn; read live only.
//!
//! Deeds act on the working revision; publishing copies it into the live tables in its transaction. Public reads
//! touch nothing else than the live tables.

pub mod body;
mod cards;
mod check;
mod description;
mod document_number;
mod draft;
mod edit;
mod elements;
mod fields;
mod filter;
mod import;
pub(crate) mod index_number;
mod kind;
mod list;
mod live;
mod meta_tags;
mod publish;
mod read;
mod related;
mod restore;
mod row;
mod rows;
mod schedule;
mod set_validity;
mod shelves;
mod target;
mod total;
mod warnings;
mod withdraw;

pub(crate) use cards::Cards;
pub use description::{Description, DisclosureKind};
pub use document_number::DocumentNumber;
pub use draft::DraftContent;
pub use edit::ContentState;
pub(crate) use edit::lock;
pub use elements::ElementRow;
pub use fields::{
    AttachmentUse, ContentFields, FieldEntry, LinkTarget, LinkTo, Origin, TagAssignment, TagAssignmentSource,
};
pub use filter::{ContentFilter, ContentLocator, ContentOrder, ContentOrderField, FieldCondition, Order};
pub use import::{Correction, ImportContent, Imported, KnownOrigin, Prepared};
pub use kind::*;
pub(crate) use live::replace_tag;
pub use meta_tags::MetaTag;
pub use publish::Published;
pub use read::Body;
pub(crate) use restore::{ContentRecord, DueRecord, restore};
pub(crate) use row::CONTENT;
pub use row::{Card, Detail, LiveContent};
pub(crate) use schedule::{publish_scheduled, unschedule};
pub use set_validity::SetValidity;
pub(crate) use set_validity::{expire_entry, move_notice, pass_validity};
pub use shelves::KindShelf;
pub use warnings::{AnswerWarning, AnswerWarningCode};
