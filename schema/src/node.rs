//! The interfaces `Node`, `Content` and `Searchable`: flat, each type implements all that apply.
//!
//! Their fields are those of the types that implement them, taken over from one place ([`InterfaceFields`]) when every
//! type is known, so that descriptions and arguments are written once.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::{ContainerType, Fields, resolve_container};
use async_graphql::{ContextSelectionSet, InterfaceType, ObjectType, OutputType, Positioned, ServerResult, Value};

use library::id::AnyId;

use crate::attachment::Attachment;
use crate::code_item::CodeItem;
use crate::column::Column;
use crate::content::{
    Article, ContentShared, Disclosure, Interpretation, KnowledgeEntry, Notice, Policy, ServiceGuide,
};
use crate::field_definition::FieldDefinition;
use crate::leader::Leader;
use crate::organisation::Organisation;
use crate::panel::Panel;
use crate::placement::Placement;
use crate::site::Site;
use crate::subscription::ColumnSubscription;
use crate::tag::{Tag, TagGroup};

/// Registers an object and that it implements an interface; answers its name.
fn implement<T: ObjectType>(registry: &mut Registry, interface: &str) -> String {
    T::create_type_info(registry);
    let name = T::type_name().into_owned();
    registry.add_implements(&name, interface);
    name
}

/// An interface over `possible` whose fields come later.
fn declare(name: &str, description: &str, possible: Vec<String>) -> MetaType {
    MetaType::Interface {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        fields: Default::default(),
        possible_types: possible.into_iter().collect(),
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Declares a flat interface over objects.
macro_rules! interface {
    ($(#[doc = $doc:literal])* $name:ident { $($object:ident),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Clone)]
        #[allow(missing_docs, reason = "each variant is the type of its name")]
        #[allow(clippy::large_enum_variant, reason = "a node is made for one answer and hardly moved")]
        pub enum $name {
            $($object($object)),*
        }

        $(
            impl From<$object> for $name {
                fn from(object: $object) -> Self {
                    Self::$object(object)
                }
            }
        )*

        impl ContainerType for $name {
            async fn resolve_field(&self, ctx: &async_graphql::Context<'_>) -> ServerResult<Option<Value>> {
                match self {
                    $(Self::$object(object) => object.resolve_field(ctx).await),*
                }
            }

            fn collect_all_fields<'a>(
                &'a self,
                ctx: &ContextSelectionSet<'a>,
                fields: &mut Fields<'a>,
            ) -> ServerResult<()> {
                match self {
                    $(Self::$object(object) => object.collect_all_fields(ctx, fields)),*
                }
            }
        }

        impl OutputType for $name {
            fn type_name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn introspection_type_name(&self) -> Cow<'static, str> {
                match self {
                    $(Self::$object(_) => $object::type_name()),*
                }
            }

            fn create_type_info(registry: &mut Registry) -> String {
                registry.create_output_type::<Self, _>(MetaTypeId::Interface, |registry| {
                    let possible = vec![$(implement::<$object>(registry, stringify!($name))),*];
                    declare(stringify!($name), concat!($($doc, "\n"),*).trim(), possible)
                })
            }

            async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
                resolve_container(ctx, self).await
            }
        }

        impl InterfaceType for $name {}
    };
}

interface! {
    /// Anything with an identifier that `node(id:)` finds (GraphQL Global Object Identification).
    Node {
        Article, Notice, Policy, Interpretation, KnowledgeEntry, ServiceGuide, Disclosure, Site, Organisation, Leader,
        Column, Placement, ColumnSubscription, TagGroup, Tag, CodeItem, Panel, FieldDefinition, Attachment,
    }
}

interface! {
    /// A piece of information (信息) of any of the seven kinds: what all kinds have in common.
    Content { Article, Notice, Policy, Interpretation, KnowledgeEntry, ServiceGuide, Disclosure }
}

interface! {
    /// What a search finds (可检索信息).
    Searchable { Article, Notice, Policy, Interpretation, KnowledgeEntry, ServiceGuide, Disclosure }
}

/// The kinds of contents.
const KINDS: [&str; 7] =
    ["Article", "Notice", "Policy", "Interpretation", "KnowledgeEntry", "ServiceGuide", "Disclosure"];

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
        for kind in KINDS {
            if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(kind) {
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

/// What identifiers name, in their order; nothing for what may not be seen. Contents are read together.
///
/// # Errors
/// `BAD_USER_INPUT` for a malformed identifier and for more than 100.
pub async fn find(scope: &library::Scope, ids: Vec<async_graphql::ID>) -> async_graphql::Result<Vec<Option<Node>>> {
    if ids.len() > MOST {
        return Err(crate::scalars::bad_input("at most 100 identifiers"));
    }
    let ids = ids.iter().map(crate::scalars::id).collect::<async_graphql::Result<Vec<library::id::AnyId>>>()?;
    let contents: Vec<_> =
        ids.iter().filter_map(|id| if let AnyId::ContentId(id) = id { Some(*id) } else { None }).collect();
    let placements: Vec<_> =
        ids.iter().filter_map(|id| if let AnyId::PlacementId(id) = id { Some(*id) } else { None }).collect();
    let contents = Content::together(scope.contents_by_id(&contents).await.map_err(crate::error)?);
    let placements = Placement::together(scope.placements_by_id(&placements).await.map_err(crate::error)?);
    let mut nodes = Vec::with_capacity(ids.len());
    for id in ids {
        nodes.push(match id {
            AnyId::ContentId(id) => contents.iter().find(|content| content.id == id).cloned().map(Node::from),
            AnyId::PlacementId(id) => placements.iter().find(|node| node.placement.id == id).cloned().map(Node::from),
            AnyId::AttachmentId(id) => {
                scope.attachment(id).await.map_err(crate::error)?.map(Attachment).map(Node::from)
            }
            id => of_directory(scope, id),
        });
    }
    Ok(nodes)
}

/// What the directory holds under an identifier.
fn of_directory(scope: &library::Scope, id: AnyId) -> Option<Node> {
    match id {
        AnyId::SiteId(id) => scope.site(id).map(|found| Site(found).into()),
        AnyId::OrganisationId(id) => scope.organisation(id).map(|found| Organisation(found).into()),
        AnyId::LeaderId(id) => scope.leader(id).map(|found| Leader::alone(found).into()),
        AnyId::ColumnId(id) => scope.column(id).map(|found| Column::alone(found).into()),
        AnyId::SubscriptionId(id) => scope.subscription(id).map(|found| ColumnSubscription(found).into()),
        AnyId::TagGroupId(id) => scope.tag_group(id).map(|found| TagGroup(found).into()),
        AnyId::TagId(id) => scope.tag(id).map(|found| Tag(found).into()),
        AnyId::CodeItemId(id) => scope.code_item(id).map(|found| CodeItem(found).into()),
        AnyId::PanelId(id) => scope.panel(id).map(|found| Panel::alone(found).into()),
        AnyId::FieldDefinitionId(id) => scope.field_definition(id).map(|found| FieldDefinition(found).into()),
        // Links have no address of their own; changes come with the change feed.
        AnyId::ContentId(_)
        | AnyId::PlacementId(_)
        | AnyId::AttachmentId(_)
        | AnyId::LinkId(_)
        | AnyId::ChangeId(_) => None,
    }
}
