//! How `node(id:)` finds, the interface `Searchable`, and the fields of all interfaces.
//!
//! The fields of interfaces are those of the types that implement them, taken over from one place ([`InterfaceFields`])
//! when every type is known, so that descriptions and arguments are written once. Which nouns `node(id:)` finds is listed
//! beside their files, in `lib.rs`.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use library::id::{AnyId, ContentId, DeskContentId};

use crate::attachment::Attachment;
use crate::change::{Change, ChangeEffect};
use crate::content::{Content, ContentShared};
use crate::desk::{DeskContent, HistoryEntry, Revision};
use crate::interface::{Possible as _, interface};
use crate::nouns::of_directory;
use crate::placement::Placement;
use crate::retag::Retag;
use crate::search::SynonymGroup;
use crate::subscription_deeds::PendingPlacement;
use crate::sweep::Sweep;
use crate::tag_audit::TagAudit;
use crate::tag_claim::TagClaim;
use crate::webhook::Delivery;
use crate::words::WordList;

pub use crate::nouns::Node;

interface! {
    /// What a search finds (可检索信息).
    Searchable { Content }
}

/// Gives the interfaces their fields when every object is registered: those of what all kinds of contents share.
pub struct InterfaceFields;

impl OutputType for InterfaceFields {
    fn type_name() -> Cow<'static, str> {
        ContentShared::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Searchable::create_type_info(registry);
        let shared = match registry.create_fake_output_type::<ContentShared>() {
            MetaType::Object { fields, .. } => fields,
            _ => Default::default(),
        };
        // A kind that was registered while the shared fields still were being collected has none of them yet.
        for kind in Content::implement(registry, &Content::type_name()) {
            if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(&kind) {
                for (name, field) in &shared {
                    fields.entry(name.clone()).or_insert_with(|| field.clone());
                }
            }
        }
        for (interface, names) in [
            ("Content", None),
            ("Node", Some(&["id"][..])),
            ("Searchable", Some(&["id", "title", "summary", "url"][..])),
        ] {
            if let Some(MetaType::Interface { fields, .. }) = registry.types.get_mut(interface) {
                let own = shared.iter().filter(|(name, _)| names.is_none_or(|names| names.contains(&name.as_str())));
                fields.extend(own.map(|(name, field)| (name.clone(), field.clone())));
            }
        }
        // Nothing is of this type by itself.
        registry.types.remove(&*ContentShared::type_name());
        Content::type_name().into_owned()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

/// The most identifiers that `nodes` takes.
const MOST: usize = 100;

/// What identifiers name, in their order; nothing for what may not be seen. Those of one noun are
/// read together.
///
/// # Errors
/// `BAD_USER_INPUT` for a malformed identifier and for more than 100.
pub async fn find(scope: &library::Scope, ids: Vec<async_graphql::ID>) -> async_graphql::Result<Vec<Option<Node>>> {
    if ids.len() > MOST {
        return Err(crate::scalars::bad_input("at most 100 identifiers"));
    }
    let ids = ids.iter().map(crate::scalars::id).collect::<async_graphql::Result<Vec<library::id::AnyId>>>()?;
    let (mut contents, mut placements, mut attachments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut pending, mut claims) = (Vec::new(), Vec::new());
    for id in &ids {
        match *id {
            AnyId::ContentId(id) => contents.push(id),
            AnyId::PlacementId(id) => placements.push(id),
            AnyId::AttachmentId(id) => attachments.push(id),
            AnyId::PendingId(id) => pending.push(library::id::PlacementId(id.0)),
            AnyId::TagClaimId(id) => {
                let claim = scope.tag_claim(id).await.map_err(crate::error)?;
                claims.extend(claim.map(|claim| TagClaim::of(scope, claim)));
            }
            _ => {}
        }
    }
    let contents = Content::together(scope.contents_by_id(&contents).await.map_err(crate::error)?);
    let placements = Placement::together(scope.placements_by_id(&placements).await.map_err(crate::error)?);
    let pending = PendingPlacement::together(scope.pending_by_id(&pending).await.map_err(crate::error)?);
    let attachments = crate::attachment::visible(scope, &attachments).await?;
    let mut nodes = Vec::with_capacity(ids.len());
    for id in ids {
        nodes.push(match id {
            AnyId::ContentId(id) => contents.iter().find(|content| content.id == id).cloned().map(Node::from),
            AnyId::PlacementId(id) => placements.iter().find(|node| node.placement.id == id).cloned().map(Node::from),
            AnyId::AttachmentId(id) => attachments.get(&id).cloned().map(Attachment).map(Node::from),
            AnyId::DeskContentId(DeskContentId(id)) => {
                let found = scope.working(ContentId(id)).await.map_err(crate::error)?;
                found.map(|working| DeskContent::new(working.into()).into())
            }
            AnyId::RevisionId(id) => {
                scope.revision(id).await.map_err(crate::error)?.map(|entry| Revision::new(entry).into())
            }
            AnyId::RetagId(id) => Retag::find(scope, id).await?.map(Node::from),
            AnyId::SynonymId(id) => {
                let all = scope.synonyms().await.map_err(crate::error)?;
                all.into_iter().find(|group| group.id == id).map(|group| SynonymGroup(group).into())
            }
            AnyId::SweepId(id) => Sweep::find(scope, id).await?.map(Node::from),
            AnyId::TagAuditId(id) => TagAudit::find(scope, id).await?.map(Node::from),
            AnyId::DeliveryId(id) => Delivery::find(scope, id).await?.map(Node::from),
            AnyId::HistoryEntryId(id) => {
                scope.history_entry(id).await.map_err(crate::error)?.map(|entry| HistoryEntry(entry).into())
            }
            AnyId::ChangeId(id) => Change::find(scope, id).await?.map(Node::from),
            AnyId::EffectId(id) => ChangeEffect::find(scope, id).await?.map(Node::from),
            AnyId::WordListId(id) => scope.word_list(id).await.map_err(crate::error)?.map(|list| WordList(list).into()),
            AnyId::PendingId(id) => pending.iter().find(|node| node.is(id)).cloned().map(Node::from),
            AnyId::TagClaimId(id) => claims.iter().find(|claim| claim.is(id)).cloned().map(Node::from),
            id => of_directory(scope, id),
        });
    }
    Ok(nodes)
}
