//! Which fields are answered by who asks: an operation that selects one of them is nobody else's, and is decided to be so
//! before anything is looked up.
//!
//! What is read tells the same once more (`Scope::caller`), and a test holds the two against each other.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// The names of fields whose answer depends on who asks, whatever type they are of; of the change feed, for how far the
/// holder of a key has read is written down when it is read (撤回回执); and of the search, whose index goes on without the log.
const PRIVATE: [&str; 14] = [
    "ask",
    "cacheExplain",
    "changes",
    "createdBy",
    "desk",
    "feed",
    "hotKeywords",
    "pending",
    "reader",
    "search",
    "shown",
    "suggest",
    "viewer",
    "viewerCan",
];

/// Whether an operation selects something that depends on who asks.
pub fn is_private(document: &ExecutableDocument) -> bool {
    document.operations.iter().any(|(_, operation)| selects_private(&operation.node.selection_set.node))
}

fn selects_private(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            PRIVATE.contains(&field.node.name.node.as_str()) || selects_private(&field.node.selection_set.node)
        }
        Selection::InlineFragment(inline) => selects_private(&inline.node.selection_set.node),
        // A plain document has none; of another nothing is known.
        Selection::FragmentSpread(_) => true,
    })
}
