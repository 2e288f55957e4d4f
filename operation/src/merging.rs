//! The work that the rule of mergeable fields makes (GraphQL, 5.3.2), counted before the rule is applied.
//!
//! A validator looks at the fields of one response key once for each type that they may be answered for, and again
//! on each level below: a kilobyte of type conditions in each other can mean more field sets than memory holds.

use std::collections::{HashMap, HashSet};

use apollo_compiler::executable::{ExecutableDocument, Field, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, Schema};

use crate::limits::{Limit, Limits};
use crate::refusal::{Refusal, require};

/// Refuses a document whose fields would be merged for more combinations of types than the limits allow.
/// It must have no cycles of fragments.
pub fn require_bounded(schema: &Schema, document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let mut count = Count { schema, document, limits, merged: 0 };
    for operation in document.operations.iter() {
        count.sets(&[&operation.selection_set])?;
    }
    Ok(())
}

struct Count<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    merged: u64,
}

/// A field, and the type that it is selected on.
type Selected<'a> = (&'a str, &'a Field);

impl<'a> Count<'a> {
    /// Counts what merging these sets comes to. The depth of this recursion is the document's, which is bounded.
    fn sets(&mut self, sets: &[&'a SelectionSet]) -> Result<(), Refusal> {
        let mut keys: HashMap<&str, Vec<Selected<'a>>> = HashMap::new();
        let (mut waiting, mut seen) = (sets.to_vec(), HashSet::new());
        while let Some(set) = waiting.pop() {
            for selection in &set.selections {
                self.merged += 1;
                match selection {
                    Selection::Field(field) => {
                        let fields = keys.entry(field.response_key().as_str()).or_default();
                        fields.push((set.ty.as_str(), field));
                    }
                    Selection::InlineFragment(inline) => waiting.push(&inline.selection_set),
                    Selection::FragmentSpread(spread) => {
                        if seen.insert(spread.fragment_name.as_str())
                            && let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        {
                            waiting.push(&fragment.selection_set);
                        }
                    }
                }
            }
            require(Limit::MergedFields, self.limits, self.merged)?;
        }
        for fields in keys.values() {
            for group in self.groups(fields) {
                self.merged += group.len() as u64;
                if !group.is_empty() {
                    self.sets(&group)?;
                }
            }
        }
        Ok(())
    }

    /// What is selected within fields of one key, for each object type that they may belong to at once.
    fn groups(&self, fields: &[Selected<'a>]) -> Vec<Vec<&'a SelectionSet>> {
        let mut anywhere = Vec::new();
        let mut on_objects: HashMap<&str, Vec<&SelectionSet>> = HashMap::new();
        for (ty, field) in fields {
            let is_object = matches!(self.schema.types.get(*ty), Some(ExtendedType::Object(_)));
            let sets = if is_object { on_objects.entry(*ty).or_default() } else { &mut anywhere };
            if !field.selection_set.is_empty() {
                sets.push(&field.selection_set);
            }
        }
        if on_objects.is_empty() {
            return vec![anywhere];
        }
        on_objects.into_values().map(|sets| [sets, anywhere.clone()].concat()).collect()
    }
}
