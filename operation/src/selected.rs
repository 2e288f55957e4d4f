//! Which fields of the schema a document selects, for whoever wants to know who still reads one.

use std::collections::{BTreeSet, HashSet};

use apollo_compiler::executable::{ExecutableDocument, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, Schema};

use crate::rules::Kind;

/// What a document with one operation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The kind of its operation.
    pub kind: Kind,
    /// The name of its operation.
    pub name: Option<String>,
    /// The fields, each once: the type that has one, and its name. A field of an interface counts for the interface and for
    /// each type that implements it.
    pub fields: BTreeSet<(String, String)>,
}

/// The fields that the operations of a valid document select.
pub fn fields(schema: &Schema, document: &ExecutableDocument) -> BTreeSet<(String, String)> {
    let mut fields = BTreeSet::new();
    let mut seen = HashSet::new();
    let mut waiting: Vec<&SelectionSet> = document.operations.iter().map(|one| &one.selection_set).collect();
    while let Some(set) = waiting.pop() {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    waiting.push(&field.selection_set);
                    if field.name.starts_with("__") {
                        continue;
                    }
                    for type_name in types(schema, &set.ty) {
                        fields.insert((type_name.to_owned(), field.name.to_string()));
                    }
                }
                Selection::InlineFragment(inline) => waiting.push(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if seen.insert(&spread.fragment_name)
                        && let Some(fragment) = document.fragments.get(&spread.fragment_name)
                    {
                        waiting.push(&fragment.selection_set);
                    }
                }
            }
        }
    }
    fields
}

/// A type, and those that implement it.
fn types<'a>(schema: &'a Schema, name: &'a str) -> impl Iterator<Item = &'a str> {
    let implements = move |definition: &&ExtendedType| match definition {
        ExtendedType::Object(object) => object.implements_interfaces.iter().any(|one| one.name.as_str() == name),
        _ => false,
    };
    let is_interface = matches!(schema.types.get(name), Some(ExtendedType::Interface(_)));
    let those = schema.types.values().filter(move |_| is_interface).filter(implements);
    std::iter::once(name).chain(those.map(|definition| definition.name().as_str()))
}

#[cfg(test)]
mod tests {
    use crate::{Limits, Rules};

    const SDL: &str = "
        type Query { node: Node content: Content other: Other }
        interface Node { id: ID! }
        interface Content { id: ID! title: String }
        type Article implements Node & Content { id: ID! title: String body: String }
        type Policy implements Node & Content { id: ID! title: String number: String }
        type Other { id: ID! next: Other }";

    fn selected(query: &str) -> Result<Vec<String>, String> {
        let rules = Rules::new(SDL, Limits::default()).expect("a schema");
        let read = rules.selected(query).map_err(|refusals| refusals[0].message.clone())?;
        Ok(read.fields.iter().map(|(type_name, field)| format!("{type_name}.{field}")).collect())
    }

    #[test]
    fn each_field_counts_once_and_one_of_an_interface_for_all_who_have_it() {
        let query =
            "query Q { content { ...Shown ... on Policy { number } __typename } other { next { next { id } } } }
                     fragment Shown on Content { title a: title }";
        let expected = [
            "Article.title",
            "Content.title",
            "Other.id",
            "Other.next",
            "Policy.number",
            "Policy.title",
            "Query.content",
            "Query.other",
        ];
        assert_eq!(selected(query).expect("valid"), expected);
    }

    #[test]
    fn a_document_is_valid_and_has_one_operation() {
        for wrong in ["{ gone }", "query A { other { id } } query B { other { id } }", "", "{ other { id }"] {
            assert!(selected(wrong).is_err(), "{wrong}");
        }
    }
}
