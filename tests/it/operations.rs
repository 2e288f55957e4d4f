//! The 37 operations of the design (`tests/fixtures/operations`): what pages, editors and counties will ask, built or not.
//! No limit may stand in their way.
//!
//! Each is held to half of every limit twice: by the rules of the whole contract, where all of them are valid, and by the
//! door as it is today, where what is not built yet is an unknown field and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::ast::{Definition, Document, Selection};
use operation::{Kind, Limit, Limits, Openness, Question, Rules};
use serde_json::{Value as Json, json};
use server::http::Settings;
use tests::{World, on_both};

use crate::door::http::Door;

const FILES: [&str; 3] = [
    include_str!("../fixtures/operations/cms-ui.graphql"),
    include_str!("../fixtures/operations/county.graphql"),
    include_str!("../fixtures/operations/front-end.graphql"),
];
const VARIABLES: &str = include_str!("../fixtures/operations/variables.json");
const CONTRACT: &str = include_str!("../contract/contract.graphql");

/// What the schema of today answers.
const BUILT: [&str; 37] = [
    "AskPage",
    "Check",
    "Claim",
    "Claims",
    "ColumnPage",
    "CountyColumn",
    "Decide",
    "Draft",
    "Follow",
    "Form",
    "FriendLinks",
    "Grant",
    "Home",
    "Live",
    "MyDesk",
    "OrganisationPage",
    "PageAt",
    "Pending",
    "PolicyLibrary",
    "Preview",
    "Publish",
    "Review",
    "ReviewRoom",
    "Save",
    "SearchPage",
    "Share",
    "Shareable",
    "SignIn",
    "SiteMap",
    "Snapshot",
    "Submit",
    "TagPage",
    "Tags",
    "TopicPage",
    "Two",
    "UpdatedToday",
    "Upload",
];

/// An operation with the fragments that it uses, and the file that it stands in.
struct Operation {
    name: String,
    alone: String,
    file: &'static str,
    variables: Json,
}

/// Notes the fragments of a selection.
fn spreads(selections: &[Selection], found: &mut BTreeSet<String>) {
    for selection in selections {
        match selection {
            Selection::Field(field) => spreads(&field.selection_set, found),
            Selection::InlineFragment(inline) => spreads(&inline.selection_set, found),
            Selection::FragmentSpread(spread) => drop(found.insert(spread.fragment_name.to_string())),
        }
    }
}

fn operations() -> Vec<Operation> {
    let variables: BTreeMap<String, Json> = serde_json::from_str(VARIABLES).expect("an object");
    let mut all = Vec::new();
    for file in FILES {
        let document = Document::parse(file, "operations").expect("a document");
        let mut fragments = BTreeMap::new();
        for definition in &document.definitions {
            if let Definition::FragmentDefinition(fragment) = definition {
                let mut used = BTreeSet::new();
                spreads(&fragment.selection_set, &mut used);
                fragments.insert(fragment.name.to_string(), (definition.to_string(), used));
            }
        }
        for definition in &document.definitions {
            let Definition::OperationDefinition(operation) = definition else { continue };
            let name = operation.name.as_ref().expect("a name").to_string();
            let (mut alone, mut told) = (definition.to_string(), BTreeSet::new());
            let mut wanted = BTreeSet::new();
            spreads(&operation.selection_set, &mut wanted);
            while let Some(next) = wanted.pop_first() {
                if told.insert(next.clone()) {
                    let (text, used) = &fragments[&next];
                    alone += text;
                    wanted.extend(used.iter().cloned());
                }
            }
            let variables = variables.get(&name).unwrap_or_else(|| panic!("{name} has no variables")).clone();
            all.push(Operation { name, alone, file, variables });
        }
    }
    let names: BTreeSet<_> = all.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!((all.len(), names.len(), variables.len()), (37, 37, 37), "the operations of the design");
    all
}

fn half() -> Limits {
    Limit::all().fold(Limits::default(), |limits, limit| limits.with(limit, limit.default_value() / 2))
}

#[test]
fn the_operations_of_the_design_stay_below_half_of_every_limit_by_the_whole_contract() {
    // The served schema brings this definition along; the contract takes it for granted.
    let contract = format!("directive @oneOf on INPUT_OBJECT {CONTRACT}");
    let rules = Rules::new(&contract, half()).expect("the contract is valid").weighing(&schema::WEIGHTS);
    let open = Openness { introspection: true, suggestions: true };
    let mut kinds = BTreeMap::new();
    for operation in operations() {
        let variables = operation.variables.as_object().expect("an object").clone();
        for query in [operation.alone.as_str(), operation.file] {
            let operation_name = Some(operation.name.clone());
            let query = query.to_owned();
            let question = Question { query, operation_name, variables: variables.clone(), ..Question::default() };
            let admitted = rules.admit(&question, open).unwrap_or_else(|why| panic!("{}: {why:?}", operation.name));
            assert_eq!(admitted.name.as_deref(), Some(operation.name.as_str()));
            assert!(admitted.cost > 0, "{}", operation.name);
            *kinds.entry(format!("{:?}", admitted.kind)).or_insert(0) += 1;
        }
    }
    let expected = [(Kind::Mutation, 28), (Kind::Query, 44), (Kind::Subscription, 2)];
    assert_eq!(kinds, expected.map(|(kind, number)| (format!("{kind:?}"), number)).into());
}

/// What the validator says of fields, types and kinds of operations that the schema does not have.
const MISSING: [&str; 4] = [
    "does not have a field",
    "root operation type is not defined",
    "is not a type defined in the schema",
    "cannot find type",
];
/// What it says of what belongs to such a field.
const ECHO: [&str; 3] = ["unused variable", "must be used in an operation", "must have a subselection set"];

/// Whether errors say nothing but that something is not built yet.
fn are_of_what_is_missing(errors: &[Json]) -> bool {
    let says = |error: &Json, words: &[&str]| {
        let message = error["message"].as_str().unwrap_or_default();
        words.iter().any(|words| message.contains(words))
    };
    let is_invalid = |error: &Json| error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED";
    errors.iter().any(|error| says(error, &MISSING))
        && errors.iter().all(|error| is_invalid(error) && (says(error, &MISSING) || says(error, &ECHO)))
}

#[test]
fn the_door_refuses_no_operation_of_the_design_but_for_what_is_not_built() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        world.indexed().await;
        let door = Door::with(&world, Settings { limits: half(), ..Settings::default() }).await;
        let mut answered = Vec::new();
        for operation in operations() {
            let name = operation.name.as_str();
            for query in [&operation.alone, operation.file] {
                let body = json!({ "query": query, "operationName": name, "variables": operation.variables });
                let headers = [("Content-Type", "application/json"), ("Accept", "application/graphql-response+json")];
                let answer = door.send("POST", "/graphql", &headers, body.to_string().as_bytes()).await;
                let json = answer.json();
                let errors = json["errors"].as_array().cloned().unwrap_or_default();
                for error in &errors {
                    assert_ne!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{name}: {error}");
                }
                if operation.alone.trim_start().starts_with("subscription") && answer.status == 406 {
                    // It is answered by events, which who takes JSON does not get (`feed::events`).
                    answered.push(operation.name.clone());
                } else if !errors.is_empty() {
                    assert!(are_of_what_is_missing(&errors), "{name}: {errors:#?}");
                } else {
                    assert_eq!(answer.status, 200, "{name}");
                    assert!(json["data"].as_object().is_some_and(|data| !data.is_empty()), "{name}: {json}");
                    answered.push(operation.name.clone());
                }
            }
        }
        answered.sort_unstable();
        let desk =
            operations().into_iter().filter(|operation| operation.file == FILES[0]).map(|operation| operation.name);
        for name in desk {
            let times = answered.iter().filter(|answered| **answered == name).count();
            assert_eq!(times, 2, "{name} of an editors' interface runs alone and in its whole file");
        }
        answered.dedup();
        assert_eq!(answered, BUILT, "what is built; in the other files are parts that are not");
        door.close().await;
    });
}
