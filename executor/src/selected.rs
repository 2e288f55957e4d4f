//! Which fields of a selection set an object answers: those of its type and its interfaces.
//!
//! It resolves nothing.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, Positioned, ServerResult};

use crate::failed;

/// The types of an object.
#[derive(Clone, Copy)]
pub(crate) struct Types<'a> {
    /// Its own.
    pub own: &'a str,
    /// The one that its field declares: its own, an interface or a union.
    pub declared: &'a str,
}

/// The fields in the order of the answer, each response key once.
pub(crate) fn selected<'a>(
    ctx: &ContextSelectionSet<'a>,
    types: Types<'_>,
) -> ServerResult<Vec<Cow<'a, Positioned<Field>>>> {
    let mut fields = Vec::with_capacity(ctx.item.node.items.len());
    let set = &ctx.item.node;
    let has_conditions = set.items.iter().any(|item| !matches!(item.node, Selection::Field(_)));
    collect(ctx, types, set, has_conditions, &mut fields)?;
    Ok(fields)
}

fn collect<'a>(
    ctx: &ContextSelectionSet<'_>,
    types: Types<'_>,
    set: &'a SelectionSet,
    may_repeat: bool,
    fields: &mut Vec<Cow<'a, Positioned<Field>>>,
) -> ServerResult<()> {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) if may_repeat => add(fields, field),
            Selection::Field(field) => fields.push(Cow::Borrowed(field)),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                if condition.is_none_or(|condition| is_a(ctx, types, condition)) {
                    collect(ctx, types, &inline.node.selection_set.node, may_repeat, fields)?;
                }
            }
            Selection::FragmentSpread(spread) => {
                // The document is not plain.
                return Err(failed::internal(spread.pos));
            }
        }
    }
    Ok(())
}

/// Whether the object is of the type, or of the interface, of this name.
fn is_a(ctx: &ContextSelectionSet<'_>, types: Types<'_>, condition: &str) -> bool {
    types.own == condition
        || types.declared == condition
        || ctx.schema_env.registry.implements.get(types.own).is_some_and(|interfaces| interfaces.contains(condition))
}

/// Adds a field, or what it selects to the one that has its response key.
fn add<'a>(fields: &mut Vec<Cow<'a, Positioned<Field>>>, field: &'a Positioned<Field>) {
    let key = &field.node.response_key().node;
    match fields.iter_mut().find(|known| known.node.response_key().node == *key) {
        None => fields.push(Cow::Borrowed(field)),
        Some(known) if !field.node.selection_set.node.items.is_empty() => {
            merge(&mut known.to_mut().node.selection_set.node, &field.node.selection_set.node);
        }
        Some(_) => {}
    }
}

/// Selects in one set what another selects, so that no response key stands there twice.
fn merge(into: &mut SelectionSet, from: &SelectionSet) {
    for item in &from.items {
        let Selection::Field(field) = &item.node else {
            into.items.push(item.clone());
            continue;
        };
        let key = &field.node.response_key().node;
        let same = into.items.iter_mut().find_map(|item| match &mut item.node {
            Selection::Field(known) if known.node.response_key().node == *key => Some(known),
            _ => None,
        });
        match same {
            Some(known) => merge(&mut known.node.selection_set.node, &field.node.selection_set.node),
            None => into.items.push(item.clone()),
        }
    }
}
