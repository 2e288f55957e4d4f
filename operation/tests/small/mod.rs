//! A small schema, and questions to it in few words.
#![allow(dead_code, reason = "each test program uses some of it")]

use operation::{Admitted, Code, Limits, Openness, Question, Refusal, Rules};
use serde_json::{Value as Json, json};

pub const SDL: &str = r#"
    directive @oneOf on INPUT_OBJECT
    type Query {
        site(by: Locator!): Site
        sites(first: Int! = 20): SiteConnection!
        contents(first: Int, after: String, ids: [ID!]): ContentConnection!
        nodes(ids: [ID!]!): [Node]!
        number(n: Int, x: Float): Int
    }
    input Locator @oneOf { code: String host: String }
    input Range { from: Int = 1 to: Int! kind: Kind }
    enum Kind { ARTICLE POLICY }
    interface Node { id: ID! }
    interface Content { id: ID! title: String! related: [Content!]! other: [Content!]! }
    type Site implements Node { id: ID! name(range: Range, ranges: [Range!]): String tags: [Tag!]! contents(first: Int = 10): ContentConnection! }
    type Tag { name: String! }
    type Article implements Node & Content { id: ID! title: String! related: [Content!]! other: [Content!]! site: Site }
    type Policy implements Node & Content { id: ID! title: String! related: [Content!]! other: [Content!]! number: String }
    type SiteConnection { nodes: [Site!]! edges: [SiteEdge!]! pageInfo: PageInfo! totalCount: Int }
    type SiteEdge { node: Site! cursor: String! }
    type ContentConnection { nodes: [Content!]! edges: [ContentEdge!]! pageInfo: PageInfo! }
    type ContentEdge { node: Content! cursor: String! }
    type PageInfo { endCursor: String }
"#;

pub const OPEN: Openness = Openness { introspection: true, suggestions: true };

pub fn ask_of(limits: Limits, query: &str, variables: Json) -> Result<Admitted, Vec<Refusal>> {
    let rules = Rules::new(SDL, limits).expect("a schema");
    let Json::Object(variables) = variables else { panic!("an object") };
    rules.admit(&Question { query: query.to_owned(), variables, ..Question::default() }, OPEN)
}

pub fn ask(query: &str, variables: Json) -> Result<Admitted, Vec<Refusal>> {
    ask_of(Limits::default(), query, variables)
}

pub fn cost(query: &str) -> u64 {
    ask(query, json!({})).expect("it is admitted").cost
}

pub fn refusal(query: &str, variables: Json) -> (Code, String, Option<String>) {
    let refusals = ask(query, variables).expect_err("it is refused");
    let first = refusals[0].clone();
    (first.code, first.message, first.path)
}

/// The operation as it goes to the executor, in few words.
pub fn plain(query: &str, variables: Json) -> String {
    use async_graphql_parser::types::{DocumentOperations, Selection, SelectionSet};
    fn set(selected: &SelectionSet) -> String {
        let items = selected.items.iter().map(|item| match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                let alias = field.alias.as_ref().map_or(String::new(), |alias| format!("{}:", alias.node));
                let arguments: Vec<_> = field.arguments.iter().map(|(n, v)| format!("{}={}", n.node, v.node)).collect();
                let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(",")) };
                format!("{alias}{}{arguments}{}", field.name.node, set(&field.selection_set.node))
            }
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map_or("", |on| on.node.on.node.as_str());
                format!("...{on}{}", set(&inline.node.selection_set.node))
            }
            Selection::FragmentSpread(_) => panic!("no fragment is left"),
        });
        let items: Vec<_> = items.collect();
        if items.is_empty() { String::new() } else { format!("{{{}}}", items.join(" ")) }
    }
    let admitted = ask(query, variables).expect("it is admitted");
    let DocumentOperations::Single(operation) = &admitted.document.operations else { panic!("one operation") };
    set(&operation.node.selection_set.node)
}
