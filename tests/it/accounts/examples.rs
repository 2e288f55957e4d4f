//! `clients/operations/desk`: an example of every deed, which the door takes as it stands.

use std::collections::BTreeSet;

use library::account::{AccountFields, CreateAccount};
use serde_json::{Value as Json, json};
use tests::{Engine, World, on_both, runtime};

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
                // Nobody is signed in, so each is refused as data; whoever reads may rate what there is.
                let expected = if field == "rateAnswer" { "NOT_FOUND" } else { "UNAUTHENTICATED" };
                assert_eq!(payload["userErrors"][0]["code"], expected, "{name}: {payload}");
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

/// What everybody who is signed in does to the own account, and what begins with nobody.
const OWN: [&str; 6] = ["changePassword", "endSessions", "enrolSecondFactor", "refreshSession", "signIn", "signOut"];

/// A deed that asks for no role would be done here, or refused for another reason.
#[test]
fn every_deed_refuses_who_has_no_role() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let fields = AccountFields { display_name: "无角色".to_owned() };
        let password = library::Password::new("Correct-Horse-9".to_owned());
        let new = CreateAccount { name: "roleless".to_owned(), fields, organisation: None, password };
        let (account, _) = world.library.create_account(&world.editor(), new).await.expect("an account");
        let mut refused = 0;
        for (name, document, variables) in examples() {
            let position = world.library.newest_position().await.expect("the position");
            let (answer, _) = world.ask_as(&super::caller(account), &document, &variables).await;
            let after = world.library.newest_position().await.expect("the position");
            for (field, payload) in answer["data"].as_object().into_iter().flatten() {
                if !document.contains("mutation") || OWN.contains(&field.as_str()) {
                    continue;
                }
                let mut errors = payload["userErrors"].as_array().cloned().unwrap_or_default();
                for result in payload["results"].as_array().into_iter().flatten() {
                    errors.extend(result["userErrors"].as_array().cloned().unwrap_or_default());
                }
                let codes: BTreeSet<_> = errors.iter().filter_map(|error| error["code"].as_str()).collect();
                let expected = BTreeSet::from(["NOT_ALLOWED", "NOT_FOUND"]);
                assert!(!codes.is_empty() && codes.is_subset(&expected), "{engine:?}: {name}: {payload}");
                assert_eq!(after, position, "{engine:?}: {name}: something was done");
                refused += 1;
            }
        }
        assert!(refused > 70, "only {refused}");
    });
}
