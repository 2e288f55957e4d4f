//! Contents (信息) of seven kinds: drafted, published, corrected, withdrawn; read live only.
//!
//! Deeds act on the working revision; publishing copies it into the live tables in its transaction. Public reads
//! touch nothing else than the live tables.

mod archive;
pub mod body;
mod cards;
mod check;
mod classify;
mod copy;
mod description;
pub mod difference;
mod discard;
mod document_number;
mod draft;
mod edit;
mod elements;
mod fields;
mod filter;
mod import;
pub(crate) mod index_number;
mod kind;
mod lease;
mod list;
mod live;
mod many;
mod meta_tags;
mod move_content;
mod narrow;
mod patch;
mod publish;
mod read;
mod redact;
mod related;
mod restore;
mod restore_revision;
mod retag;
mod review;
mod row;
mod rows;
mod schedule;
mod set_validity;
mod shelves;
mod state;
mod submit;
mod target;
mod total;
mod warnings;
mod withdraw;
mod working;

pub(crate) use cards::Cards;
pub use description::{Description, DisclosureKind};
pub use document_number::DocumentNumber;
pub use draft::{BeginContent, DraftContent};
pub use edit::{EditConflict, EditContent, Edited};
pub use elements::ElementRow;
pub use fields::{
    AttachmentUse, ContentFields, FieldEntry, LinkTarget, LinkTo, Origin, TagAssignment, TagAssignmentSource,
};
pub use filter::{ContentFilter, ContentLocator, ContentOrder, ContentOrderField, FieldCondition, Order};
pub use import::{Correction, ImportContent, Imported, KnownOrigin, Prepared};
pub(crate) use import::{correct_within, import_within};
pub(crate) use kind::Publication;
pub use kind::{
    ArticleDetails, ArticleFormat, ContentKind, Details, DisclosureDetails, Glance, InterpretationDetails,
    InterpretationForm, InterpreterRole, KnowledgeDetails, KnowledgeGlance, NoticeDetails, NoticeGlance, NoticePhase,
    PolicyDetails, PolicyGlance, ServiceChannel, ServiceChannelKind, ServiceDetails, ServiceFlag, ServiceGlance,
    ServiceMaterial, ServicePlace, Validity, ValidityState,
};
pub use lease::EditLease;
pub(crate) use live::replace_tag;
pub use many::{Each, MOST_AT_ONCE};
pub use meta_tags::MetaTag;
pub use patch::ContentPatch;
pub use publish::Published;
pub(crate) use publish::{Files, card};
pub use read::Body;
pub use redact::RedactRevision;
pub(crate) use restore::{ContentRecord, DueRecord, restore};
pub use retag::Retag;
pub(crate) use retag::{Retagged, retag_one_of_many};
pub use review::{ReviewContent, ReviewDecision, Reviewed};
pub(crate) use row::CONTENT;
pub use row::{Card, Detail, Draft, LiveContent};
pub use schedule::Schedule;
pub(crate) use schedule::{publish_scheduled, unschedule, withdraw_scheduled};
pub use set_validity::SetValidity;
pub(crate) use set_validity::{expire_entry, move_notice, pass_validity};
pub use shelves::KindShelf;
pub use state::{ContentState, Step};
pub use submit::{Checked, SubmitContent, Submitted};
pub use warnings::{AnswerWarning, AnswerWarningCode};
pub(crate) use withdraw::take_off;
pub use working::Working;
pub(crate) use working::{WORKING, lock, working};
