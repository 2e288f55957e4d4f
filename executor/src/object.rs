//! One object: its fields begin in their order, those that wait go on side by side, and the whole is written as JSON.
//!
//! The library makes a map of values of each object, which it hashes, moves, walks and drops; on the page of a column,
//! resolving and writing its objects was two fifths of all work.

use std::pin::Pin;
use std::task::Poll;

use async_graphql::resolver_utils::ContainerType;
use async_graphql::{Context, ContextSelectionSet, ServerError, ServerResult, Value};
use futures::future::try_join_all;

use crate::failed;
use crate::plain::Plain;
use crate::selected::{Types, selected};
use crate::written::{name, value};

type Resolving<'a> = Pin<Box<dyn Future<Output = ServerResult<Option<Value>>> + Send + 'a>>;

/// Resolves what is selected of an object.
///
/// # Errors
/// Those of a field that may not be null.
pub async fn resolve_container<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    root: &'a T,
) -> ServerResult<Value> {
    let Some(plain) = ctx.data_opt::<Plain>() else {
        return as_the_library(ctx, root).await;
    };
    let (own, declared) = (root.introspection_type_name(), T::type_name());
    written(ctx, plain, Types { own: &own, declared: &declared }, &Fields(root)).await
}

/// The library's own way: the judge of ours in tests, the comparison in the bench, and not in the program, because all
/// resolvers would be compiled twice.
#[cfg(feature = "judge")]
async fn as_the_library<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    root: &'a T,
) -> ServerResult<Value> {
    async_graphql::resolver_utils::resolve_container(ctx, root).await
}

#[cfg(not(feature = "judge"))]
async fn as_the_library<T: ?Sized>(ctx: &ContextSelectionSet<'_>, _: &T) -> ServerResult<Value> {
    // The document is not plain, or its request does not say so.
    Err(failed::internal(ctx.item.pos))
}

/// The fields of an object, whatever its type: what is made of them is compiled once, not again for each type.
trait Begin: Sync {
    fn begin<'c>(&'c self, field: &'c Context<'c>) -> Resolving<'c>;
}

struct Fields<'r, T: ?Sized>(&'r T);

impl<T: ContainerType + ?Sized> Begin for Fields<'_, T> {
    fn begin<'c>(&'c self, field: &'c Context<'c>) -> Resolving<'c> {
        Box::pin(self.0.resolve_field(field))
    }
}

async fn written(
    ctx: &ContextSelectionSet<'_>,
    plain: &Plain,
    types: Types<'_>,
    object: &dyn Begin,
) -> ServerResult<Value> {
    let fields = selected(ctx, types)?;
    let contexts: Vec<_> = fields.iter().map(|field| ctx.with_field(field)).collect();
    if plain.count(contexts.len())? {
        tokio::task::yield_now().await;
    }
    let mut values = Vec::with_capacity(contexts.len());
    let mut waiting = Vec::new();
    for (at, context) in contexts.iter().enumerate() {
        if context.item.node.name.node == "__typename" {
            values.push(Value::String(types.own.to_owned()));
            continue;
        }
        let mut resolving = object.begin(context);
        match futures::poll!(resolving.as_mut()) {
            Poll::Ready(value) => values.push(value.map_err(|error| failed::at(context, error))?.unwrap_or_default()),
            Poll::Pending => {
                values.push(Value::Null);
                waiting.push(async move {
                    let value = resolving.await.map_err(|error| failed::at(context, error))?;
                    Ok::<_, ServerError>((at, value))
                });
            }
        }
    }
    if !waiting.is_empty() {
        // They were asked just now. To ask again at once would undo the pause that a read makes for others' sake.
        futures::pending!();
        for (at, value) in try_join_all(waiting).await? {
            values[at] = value.unwrap_or_default();
        }
    }
    let mut text = Vec::with_capacity(32 * values.len());
    let mut before = 0;
    text.push(b'{');
    for (context, found) in contexts.iter().zip(&values) {
        name(&mut text, &context.item.node.response_key().node);
        before += value(&mut text, found).map_err(|_| failed::internal(ctx.item.pos))?;
    }
    text.push(b'}');
    if plain.take(text.len() - before) {
        Ok(Value::Binary(text.into()))
    } else {
        Err(ServerError::new("the answer is longer than it may be", Some(ctx.item.pos)))
    }
}
