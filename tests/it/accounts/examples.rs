//! `clients/operations/desk`: an example of every deed, which the door takes as it stands.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tests::{Engine, World, runtime};

/// The documents with their variables, by name.
fn examples() -> Vec<(String, String, Json)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../clients/operations/desk");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|end| end == "graphql") {
            let read = |path: &std::path::Path| std::fs::read_to_string(path).expect("a file");
            let variables = serde_json::from_str(&read(&path.with_extension("json"))).expect("JSON");
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            found.push((name, read(&path), variables));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// `grantRole` as files are named: `grant-role`.
fn kebab(name: &str) -> String {
    name.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}

#[test]
fn every_deed_has_an_example_and_every_example_is_answered() {
    runtime().block_on(async {
        let world = World::city(Engine::Sqlite).await;
        let mut answered = BTreeSet::new();
        for (name, document, variables) in examples() {
            assert!(tests::admitted(&document, &variables).is_some(), "{name} is not valid");
            let (answer, scope) = world.ask(&document, &variables).await;
            assert!(answer.get("errors").is_none(), "{name}: {answer}");
            assert!(scope.is_private(), "{name} depends on who asks");
            let data = answer["data"].as_object().expect("data");
            for (field, payload) in data.iter().filter(|(field, _)| !["viewer", "desk"].contains(&field.as_str())) {
                assert_eq!(kebab(field), name);
                // Nobody is signed in, so each is refused as data.
                assert_eq!(payload["userErrors"][0]["code"], "UNAUTHENTICATED", "{name}: {payload}");
            }
            answered.insert(name);
        }
        let query = "{ __schema { mutationType { fields { name args { name } } } } }";
        let deeds = world.data(query, &json!({})).await["__schema"]["mutationType"]["fields"].clone();
        for deed in deeds.as_array().expect("deeds") {
            let name = deed["name"].as_str().expect("a name");
            assert_eq!(deed["args"], json!([{"name": "input"}]), "{name}");
            assert!(answered.contains(&kebab(name)), "clients/operations/desk/{}.graphql is missing", kebab(name));
        }
    });
}
