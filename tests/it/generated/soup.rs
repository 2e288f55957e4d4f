//! Documents by dice held against the rules alone, without a server: nothing panics, what is admitted is admitted
//! again as the same, and what becomes of it is within its limits.

use async_graphql_parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use operation::{Admitted, Limit, Limits, Openness, Question, Rules};
use serde_json::{Map, Value as Json};
use tests::{Engine, World, runtime};

use super::city::City;
use super::maker::Maker;
use super::{breaker, dice, seed, served};
use crate::oracle::deeds::Dice;

const OPEN: Openness = Openness { introspection: true, suggestions: true };

/// Words of the language and of the schema.
const WORDS: [&str; 44] = [
    "{",
    "}",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "=",
    "@",
    "$",
    "...",
    "|",
    "&",
    "on",
    "query",
    "mutation",
    "fragment",
    "null",
    "true",
    "A",
    "B",
    "$a",
    "Int",
    "id",
    "position",
    "sites",
    "nodes",
    "contents",
    "title",
    "Content",
    "Policy",
    "Query",
    "1",
    "-0.5",
    "\"t\"",
    "\"\"\"\n b\n\"\"\"",
    "#c\n",
    "\"",
    "\u{0}",
    "政",
    "@include(if: true)",
];

fn soup(dice: &mut Dice) -> String {
    let words: Vec<&str> = (0..dice.below(60)).map(|_| *dice.of(&WORDS)).collect();
    words.join(*dice.of(&[" ", "", ","]))
}

/// The document in the language again, and how many fields it has.
fn written(document: &ExecutableDocument) -> (String, u64) {
    fn set(selected: &SelectionSet, fields: &mut u64) -> String {
        if selected.items.is_empty() {
            return String::new();
        }
        let mut text = String::from("{");
        for item in &selected.items {
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    *fields += 1;
                    assert!(field.directives.is_empty(), "a directive is left");
                    let alias = field.alias.as_ref().map_or(String::new(), |alias| format!("{}: ", alias.node));
                    let arguments: Vec<_> =
                        field.arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node)).collect();
                    let arguments =
                        if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
                    text +=
                        &format!(" {alias}{}{arguments}{}", field.name.node, set(&field.selection_set.node, fields));
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().expect("a type").node.on.node.as_str();
                    text += &format!(" ... on {on}{}", set(&inline.node.selection_set.node, fields));
                }
                Selection::FragmentSpread(_) => panic!("a fragment is left"),
            }
        }
        text + " }"
    }
    assert!(document.fragments.is_empty());
    let DocumentOperations::Single(operation) = &document.operations else { panic!("one operation") };
    assert!(operation.node.variable_definitions.is_empty(), "a variable is left");
    let mut fields = 0;
    (set(&operation.node.selection_set.node, &mut fields), fields)
}

/// Holds one document against the rules; whether it was admitted.
fn hold(rules: &Rules, query: &str, variables: &Map<String, Json>) -> bool {
    let ask = |query: &str, variables: &Map<String, Json>| -> Option<Admitted> {
        let question = Question { query: query.to_owned(), variables: variables.clone(), ..Question::default() };
        match rules.admit(&question, OPEN) {
            Ok(admitted) => Some(admitted),
            Err(refusals) => {
                assert!(!refusals.is_empty() && refusals.len() <= 50, "{query}");
                assert!(refusals.iter().all(|refusal| refusal.message.len() > 5), "{query}: {refusals:?}");
                None
            }
        }
    };
    let Some(admitted) = ask(query, variables) else { return false };
    let (text, fields) = written(&admitted.document);
    assert!(fields <= rules.limits().most(Limit::Fields), "{query} has {fields} fields");
    let again = ask(query, variables).unwrap_or_else(|| panic!("it is admitted once only: {query}"));
    assert_eq!((written(&again.document).0, again.cost), (text.clone(), admitted.cost), "{query}");
    // Without variables, whose enums have become texts, and without conditions, which may leave nothing, the plain
    // document is a valid one that means the same.
    if variables.is_empty() && !query.contains(['@', '$']) {
        let plain = ask(&text, variables).unwrap_or_else(|| panic!("not valid when plain: {text}\nof {query}"));
        assert_eq!((written(&plain.document).0, plain.cost), (text, admitted.cost), "{query}");
    }
    true
}

fn run(number: usize) {
    let city = runtime().block_on(async { City::of(&World::city(Engine::Sqlite).await).await });
    let (rules, schema) = (Rules::new(&schema::sdl(), Limits::default()).expect("a schema"), served());
    let (mut admitted, mut broken_admitted) = (0, 0);
    for at in 0..number {
        let mut dice = dice(seed(), at);
        let question = match dice.below(4) {
            0 | 1 => super::Question { query: soup(&mut dice), variables: Json::Null, sound: false },
            2 => Maker::new(&schema, &city, &mut dice).question(),
            _ => {
                let whole = Maker::new(&schema, &city, &mut dice).question();
                breaker::text(whole, &mut dice)
            }
        };
        let variables = question.variables.as_object().cloned().unwrap_or_default();
        if hold(&rules, &question.query, &variables) {
            admitted += 1;
            broken_admitted += usize::from(question.variables.is_null());
        }
    }
    eprintln!("{admitted} of {number} documents are admitted, {broken_admitted} of them by chance");
    assert!(admitted * 5 > number, "only {admitted} of {number} are admitted");
}

#[test]
fn documents_by_dice_do_not_upset_the_rules() {
    run(4_000);
}

#[test]
#[ignore = "long: two hundred thousand documents"]
fn documents_by_dice_do_not_upset_the_rules_long() {
    run(200_000);
}
