//! How interfaces and unions are made: a flat enum over the objects behind them (docs/decisions/0007).
//!
//! It knows no noun. The fields of interfaces are added later, by [`crate::node::InterfaceFields`].

use async_graphql::ObjectType;
use async_graphql::registry::{MetaType, Registry};

/// What an answer of an interface may be: an object is itself, an interface is each of its own.
pub trait Possible {
    /// Registers every object behind it and that it implements `interface`; answers their names.
    fn implement(registry: &mut Registry, interface: &str) -> Vec<String>;
}

impl<T: ObjectType> Possible for T {
    fn implement(registry: &mut Registry, interface: &str) -> Vec<String> {
        T::create_type_info(registry);
        let name = T::type_name().into_owned();
        registry.add_implements(&name, interface);
        vec![name]
    }
}

/// A union of `possible`.
pub fn unite(name: &str, description: &str, possible: Vec<String>) -> MetaType {
    MetaType::Union {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        possible_types: possible.into_iter().collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
    }
}

/// An interface over `possible` whose fields come later.
pub fn declare(name: &str, description: &str, possible: Vec<String>) -> MetaType {
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

/// The enum of an interface or a union: what is asked of it, its object answers.
macro_rules! abstraction {
    ($(#[doc = $doc:literal])* $name:ident, $id:ident, $registry:ident => $info:expr, { $($object:ident),* }) => {
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

        impl async_graphql::resolver_utils::ContainerType for $name {
            async fn resolve_field(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::ServerResult<Option<async_graphql::Value>> {
                match self {
                    $(Self::$object(object) => object.resolve_field(ctx).await),*
                }
            }

            fn collect_all_fields<'a>(
                &'a self,
                ctx: &async_graphql::ContextSelectionSet<'a>,
                fields: &mut async_graphql::resolver_utils::Fields<'a>,
            ) -> async_graphql::ServerResult<()> {
                match self {
                    $(Self::$object(object) => object.collect_all_fields(ctx, fields)),*
                }
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }

            fn introspection_type_name(&self) -> std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$object(object) => async_graphql::OutputType::introspection_type_name(object)),*
                }
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                let id = async_graphql::registry::MetaTypeId::$id;
                registry.create_output_type::<Self, _>(id, |$registry| $info)
            }

            async fn resolve(
                &self,
                ctx: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                async_graphql::resolver_utils::resolve_container(ctx, self).await
            }
        }
    };
}

/// Declares a flat interface over objects, and over all that another interface is.
macro_rules! interface {
    ($(#[doc = $doc:literal])* $name:ident { $($object:ident),* $(,)? }) => {
        $crate::interface::abstraction! {
            $(#[doc = $doc])* $name, Interface, registry => {
                let possible = <Self as $crate::interface::Possible>::implement(registry, stringify!($name));
                $crate::interface::declare(stringify!($name), concat!($($doc, "\n"),*).trim(), possible)
            }, { $($object),* }
        }

        $(
            impl TryFrom<$name> for $object {
                type Error = ();

                #[allow(unreachable_patterns, reason = "an interface may be of one type")]
                fn try_from(found: $name) -> Result<Self, ()> {
                    match found {
                        $name::$object(object) => Ok(object),
                        _ => Err(()),
                    }
                }
            }
        )*

        impl $crate::interface::Possible for $name {
            fn implement(registry: &mut async_graphql::registry::Registry, interface: &str) -> Vec<String> {
                let mut names = Vec::new();
                $(names.extend(<$object as $crate::interface::Possible>::implement(registry, interface));)*
                names
            }
        }

        impl async_graphql::InterfaceType for $name {}
    };
}

/// Declares a union of objects, and of all that an interface is.
macro_rules! union {
    ($(#[doc = $doc:literal])* $name:ident { $($object:ident),* $(,)? }) => {
        $crate::interface::abstraction! {
            $(#[doc = $doc])* $name, Union, registry => {
                let possible = vec![$(<$object as async_graphql::OutputType>::create_type_info(registry)),*];
                let possible = possible.into_iter().map(|name| name.trim_end_matches('!').to_owned()).collect();
                $crate::interface::unite(stringify!($name), concat!($($doc, "\n"),*).trim(), possible)
            }, { $($object),* }
        }

        impl async_graphql::UnionType for $name {}
    };
}

pub(crate) use {abstraction, interface, union};
