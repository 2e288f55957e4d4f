//! The ceiling of async-graphql: the same document over answers that lie in memory, resolved field by field as derived
//! types are, one boxed future and one value for each. The document is parsed once, as our door does.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::parser::types::{ExecutableDocument, Field, TypeKind, TypeSystemDefinition};
use async_graphql::parser::{parse_query, parse_schema};
use async_graphql::registry::{MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::{ContainerType, resolve_container, resolve_list};
use async_graphql::{
    Context, ContextSelectionSet, EmptyMutation, EmptySubscription, ObjectType, OutputType, Positioned, Request,
    ServerResult, ValidationMode, Value,
};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use serde_json::Value as Json;

use super::{Stored, TYPE};

/// A stored object.
struct Node<'j>(&'j Json);

/// The stored answer of the request.
struct Root;

type Schema = async_graphql::Schema<Root, EmptyMutation, EmptySubscription>;

fn register(registry: &mut Registry) -> String {
    // Which objects are of which interface decides what fragments apply to.
    if let Ok(document) = parse_schema(schema::sdl()) {
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let TypeKind::Object(object) = &definition.node.kind else { continue };
            for interface in &object.implements {
                registry.add_implements(&definition.node.name.node, &interface.node);
            }
        }
    }
    registry.create_output_type::<Root, _>(MetaTypeId::Object, |_| MetaType::Object {
        name: "Query".to_owned(),
        description: None,
        fields: Default::default(),
        cache_control: Default::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        keys: None,
        is_subscription: false,
        rust_typename: Some(std::any::type_name::<Root>()),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    })
}

async fn resolve(ctx: &Context<'_>, object: &Json) -> ServerResult<Option<Value>> {
    let key = ctx.item.node.response_key().node.as_str();
    let inside = ctx.with_selection_set(&ctx.item.node.selection_set);
    Ok(Some(match &object[key] {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Boolean(*bool),
        Json::Number(number) => Value::Number(number.clone()),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) if items.first().is_some_and(Json::is_object) => {
            resolve_list(&inside, ctx.item, items.iter().map(Node), Some(items.len())).await?
        }
        Json::Array(items) => Value::List(items.iter().map(plain).collect()),
        object @ Json::Object(_) if ctx.item.node.selection_set.node.items.is_empty() => plain(object),
        object @ Json::Object(_) => resolve_container(&inside, &Node(object)).await?,
    }))
}

/// A value that is no object of the schema, such as settings.
fn plain(value: &Json) -> Value {
    Value::from_json(value.clone()).unwrap_or_default()
}

impl ContainerType for Node<'_> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        resolve(ctx, self.0).await
    }
}

impl OutputType for Node<'_> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("Stored")
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0[TYPE].as_str().map_or(Self::type_name(), |name| Cow::Owned(name.to_owned()))
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Root {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        resolve(ctx, ctx.data_unchecked::<Arc<Json>>()).await
    }
}

impl OutputType for Root {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("Query")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ObjectType for Root {}

struct Server {
    schema: Schema,
    document: ExecutableDocument,
    data: Vec<Arc<Json>>,
    next: AtomicUsize,
}

/// Answers one stored answer after the other, resolved anew each time.
///
/// # Errors
/// When the document cannot be parsed.
pub fn router(stored: Stored) -> anyhow::Result<Router> {
    let schema = async_graphql::Schema::build(Root, EmptyMutation, EmptySubscription);
    let state = Server {
        schema: schema.validation_mode(ValidationMode::Fast).limit_recursive_depth(200).finish(),
        document: parse_query(&stored.document)?,
        data: stored.data.into_iter().map(Arc::new).collect(),
        next: AtomicUsize::new(0),
    };
    Ok(Router::new().route("/graphql", post(answer)).with_state(Arc::new(state)))
}

async fn answer(State(server): State<Arc<Server>>, _: Bytes) -> impl IntoResponse {
    let data = server.data[server.next.fetch_add(1, Ordering::Relaxed) % server.data.len()].clone();
    let mut request = Request::new(String::new()).data(data);
    request.set_parsed_query(server.document.clone());
    let response = server.schema.execute(request).await;
    let body = serde_json::to_vec(&response).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], body)
}
