//! Registered operations: who registers them, what keys of applications run, that uses are counted, and who still reads a field.

use std::collections::BTreeSet;
use std::sync::Arc;

use apollo_compiler::ast::Definition;
use library::RefusalCode::{Invalid, NotAllowed, NotFound, Required, Unauthenticated};
use library::api_key::{ApiKeyRight, CreateApiKey};
use library::grant::{GrantScope, Role};
use library::id::OperationId;
use library::operation::{OperationRules, RegisterOperations};
use library::{Caller, RefusalCode};
use operation::{Limits, Openness, Question, Rules};
use serde_json::{Value as Json, json};
use server::http::Documents;
use server::operations::{Push, push_to};
use tests::{fresh, on_both, scratch};

use crate::accounts::{Staff, caller};
use crate::door::http::{Answer, Door};
use crate::refusals::{refuses, unknown};

const HOME: &str = "query Home { site(by: {code: \"town\"}) { name } }";
const POLICIES: &str =
    "query Policies { contents(filter: {kinds: [POLICY]}, first: 1) { nodes { title ... on Policy { validity } } } }";

fn rules() -> Arc<dyn OperationRules> {
    Arc::new(Documents(Arc::new(Rules::new(&schema::sdl(), Limits::default()).expect("the schema"))))
}

fn of(app: &str, queries: &[&str]) -> RegisterOperations {
    RegisterOperations { app: app.to_owned(), queries: queries.iter().map(|query| (*query).to_owned()).collect() }
}

fn digest(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key of an application: its text, and its bearer as a caller.
async fn key(staff: &Staff, app: &str, rights: &[ApiKeyRight]) -> (String, Caller) {
    let account = staff.account(&format!("{app}{}", rights.len()), None).await;
    let new = CreateApiKey {
        name: app.to_owned(),
        account: Some(account),
        site: None,
        rights: rights.to_vec(),
        app: Some(app.to_owned()),
        expires_at: None,
    };
    let secret = staff.library().create_api_key(&staff.town.editor(), new).await.expect("a key").secret;
    let secret = secret.expect("shown once").0;
    let asker = staff.library().caller_of(&secret).await.expect("known");
    (secret, asker)
}

async fn with(door: &Door, token: &str, body: &Json) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    door.send("POST", "/graphql", &headers, body.to_string().as_bytes()).await
}

#[test]
fn operations_are_registered_by_who_keeps_the_platform_and_by_keys_of_their_application() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library, rules) = (&staff.town, staff.library(), rules());
        let admin = caller(staff.administrator("admin").await);
        let site = GrantScope::Site(town.site);
        let editor = caller(staff.account("editor", Some((Role::SiteAdmin, site))).await);
        let (_, builds) = key(&staff, "county-x", &[ApiKeyRight::Operations]).await;
        let (_, reads) = key(&staff, "county-x", &[]).await;
        let cases: [(RefusalCode, &str, &Caller, RegisterOperations); 9] = [
            (Unauthenticated, "", &Caller::nobody(), of("county-x", &[HOME])),
            (NotAllowed, "", &editor, of("county-x", &[HOME])),
            (NotAllowed, "", &reads, of("county-x", &[HOME])),
            (NotAllowed, "", &builds, of("county-y", &[HOME])),
            (Invalid, "app", &admin, of("County X", &[HOME])),
            (Required, "operations", &admin, of("county-x", &[])),
            (Invalid, "operations.1", &admin, of("county-x", &[HOME, "{ gone }"])),
            (Invalid, "operations.0", &admin, of("county-x", &["query A { position } query B { position }"])),
            (Invalid, "operations.0", &admin, of("county-x", &["{ __schema { types { name } } }"])),
        ];
        for (code, path, asker, input) in cases {
            refuses(town, code, path, library.register_operations(asker, input, Some(&*rules))).await;
        }
        let made = library.register_operations(&builds, of("county-x", &[HOME, POLICIES, HOME]), Some(&*rules)).await;
        let made = made.expect("registered");
        assert_eq!((made.ids.len(), made.new, made.ids[0]), (3, 2, made.ids[2]));
        let again =
            library.register_operations(&admin, of("county-x", &[POLICIES]), Some(&*rules)).await.expect("registered");
        assert_eq!((again.ids, again.new), (vec![made.ids[1]], 0), "what is registered stays so");
        let elsewhere =
            library.register_operations(&admin, of("county-y", &[HOME]), Some(&*rules)).await.expect("registered");
        assert_ne!(elsewhere.ids[0], made.ids[0]);

        refuses(town, NotFound, "operation", library.retire_operation(&reads, made.ids[0])).await;
        refuses(town, NotFound, "operation", library.retire_operation(&builds, elsewhere.ids[0])).await;
        refuses(town, NotFound, "operation", library.retire_operation(&admin, unknown("operation"))).await;
        library.retire_operation(&builds, made.ids[0]).await.expect("retired");
        library.retire_operation(&admin, made.ids[0]).await.expect("it stays so");
        let known = |id: OperationId| library.directory().operations.get(id).expect("kept").clone();
        assert!(known(made.ids[0]).is_retired() && !known(elsewhere.ids[0]).is_retired());
        let back =
            library.register_operations(&builds, of("county-x", &[HOME]), Some(&*rules)).await.expect("registered");
        assert_eq!((back.ids[0], back.new), (made.ids[0], 1));
        assert!(!known(made.ids[0]).is_retired());
    });
}

#[test]
fn a_key_of_an_application_runs_what_that_has_registered_and_nothing_else() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (reader, _) = key(&staff, "county-x", &[]).await;
        let (build, _) = key(&staff, "county-x", &[ApiKeyRight::Operations]).await;
        let door = Door::open(&staff.town.world).await;
        let barred = |answer: &Answer| {
            let code = answer.json()["errors"][0]["extensions"]["code"].clone();
            assert_eq!((answer.status, code), (403, json!("OPERATION_NOT_REGISTERED")), "{}", answer.text());
        };
        barred(&with(&door, &reader, &json!({"query": HOME})).await);
        let by_hash = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(HOME)}}});
        let json = [("Content-Type", "application/json")];
        let unknown = door.send("POST", "/graphql", &json, by_hash.to_string().as_bytes()).await;
        assert_eq!(unknown.json()["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");

        // From the build of the front end: what is wrong is told with its file, and nothing of its batch is registered.
        let folder = scratch(&format!("operations-{}", fresh()));
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
        write("home.graphql", HOME);
        write("policies.graphql", POLICIES);
        let push =
            Push { folder: folder.clone(), app: "county-x".to_owned(), to: format!("http://{}", door.address()) };
        assert!(!push_to(&push, None).await.expect("answered"), "nobody registers anything");
        assert!(push_to(&push, Some("jiyue_key_wrong")).await.is_err());
        write("wrong.graphql", "{ gone }");
        assert!(!push_to(&push, Some(&build)).await.expect("answered"));
        barred(&with(&door, &reader, &json!({"query": HOME})).await);
        std::fs::remove_file(folder.join("wrong.graphql")).expect("removed");
        assert!(push_to(&push, Some(&build)).await.expect("answered"));

        for body in [json!({"query": HOME}), json!({"query": POLICIES}), by_hash.clone()] {
            let answer = with(&door, &reader, &body).await;
            assert_eq!((answer.status, &answer.json()["errors"]), (200, &Json::Null), "{}", answer.text());
        }
        // Everything else, by any door: other bytes are another operation.
        barred(&with(&door, &reader, &json!({"query": format!("{HOME} ")})).await);
        barred(&with(&door, &reader, &json!({"query": "{ position }"})).await);
        let path = format!("/graphql?query={}", crate::door::http::escape("{ position }"));
        barred(&door.get(&path, &[("Authorization", &format!("Bearer {reader}"))]).await);
        // Nobody, and who registers, asks anything public; by hash what is registered is known to all nodes.
        let by_hash = by_hash.to_string();
        let nobody = door.send("POST", "/graphql", &[("Content-Type", "application/json")], by_hash.as_bytes()).await;
        assert!(nobody.json()["data"]["site"]["name"].is_string(), "{}", nobody.text());
        assert_eq!(with(&door, &build, &json!({"query": "{ position }"})).await.status, 200);
        // Retired, it is run no more.
        let operations = staff.library().directory().operations.all().to_vec();
        let home = operations.iter().find(|one| one.name.as_deref() == Some("Home")).expect("registered").id;
        staff.library().retire_operation(&staff.town.editor(), home).await.expect("retired");
        barred(&with(&door, &reader, &json!({"query": HOME})).await);
        door.close().await;
    });
}

#[test]
fn uses_are_counted_and_tell_who_still_reads_a_field() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (library, rules) = (staff.library(), rules());
        let admin = staff.administrator("admin").await;
        let (reader, reads) = key(&staff, "county-x", &[]).await;
        let door = Door::open(&staff.town.world).await;
        // An answer that is kept before its text is registered is counted from then on.
        let ask = async |state: &str| {
            let answer = door.ask(HOME, &json!({}), &[]).await;
            assert_eq!(answer.header("jiyue-cache"), state);
        };
        ask("MISS").await;
        ask("HIT").await;
        let program = staff.town.editor();
        library
            .register_operations(&program, of("county-x", &[HOME, POLICIES]), Some(&*rules))
            .await
            .expect("registered");
        library.register_operations(&program, of("county-y", &[POLICIES]), Some(&*rules)).await.expect("registered");
        ask("MISS").await;
        for _ in 0..3 {
            ask("HIT").await;
        }
        let spaced = json!({"variables": {}, "query": HOME}).to_string();
        let answer = door.send("POST", "/graphql", &[("Content-Type", "application/json")], spaced.as_bytes()).await;
        assert_eq!(answer.header("jiyue-cache"), "HIT", "found by the question");
        with(&door, &reader, &json!({"query": HOME})).await;
        assert_eq!(library.write_uses().await.expect("written"), 1);
        assert_eq!(library.write_uses().await.expect("written"), 0, "once");
        ask("HIT").await;
        library.write_uses().await.expect("written");

        let query = "query($field: String) { desk { operations(app: \"county-x\") { nodes { name uses recentUses lastUsedAt fields } } \
                     schemaUse(type: \"Policy\", field: $field) { apps operations { app name uses } } } }";
        let asked = async |asker: &Caller, field: &str| {
            let (answer, _) = staff.town.world.ask_as(asker, query, &json!({"field": field})).await;
            answer["data"]["desk"].clone()
        };
        let desk = asked(&caller(admin), "validity").await;
        let nodes = desk["operations"]["nodes"].as_array().expect("operations").clone();
        let uses: Vec<_> = nodes.iter().map(|node| (node["name"].clone(), node["uses"].clone())).collect();
        assert_eq!(uses, [(json!("Home"), json!(7)), (json!("Policies"), json!(0))]);
        assert_eq!((&nodes[0]["recentUses"], &nodes[1]["lastUsedAt"]), (&json!(7), &Json::Null));
        assert!(nodes[0]["lastUsedAt"].is_string());
        let fields =
            |node: &Json| -> BTreeSet<String> { serde_json::from_value(node["fields"].clone()).expect("fields") };
        assert_eq!(fields(&nodes[0]), BTreeSet::from(["Query.site".to_owned(), "Site.name".to_owned()]));
        assert!(fields(&nodes[1]).contains("Article.title"), "a field of an interface is read of each type");
        assert_eq!(desk["schemaUse"]["apps"], json!(["county-x", "county-y"]));
        assert_eq!(asked(&caller(admin), "summary").await["schemaUse"], json!({"apps": [], "operations": []}));
        // Who keeps a site sees none; a key has no desk.
        let site = GrantScope::Site(staff.town.site);
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let hidden = json!({"operations": {"nodes": []}, "schemaUse": {"apps": [], "operations": []}});
        assert_eq!(asked(&keeper, "validity").await, hidden);
        assert_eq!(asked(&reads, "validity").await, Json::Null);
        door.close().await;
    });
}

/// The front ends of the demonstration city ask the operations that the playground opens with: a schema without a field that one
/// of them selects is found by this, field by field.
#[test]
fn no_field_that_a_front_end_asks_goes_unseen() {
    let sdl = schema::sdl();
    let rules = Rules::new(&sdl, Limits::default()).expect("the schema");
    let open = Openness { introspection: false, suggestions: false };
    let mut asked = BTreeSet::new();
    for (name, document, variables) in schema::operations() {
        let selected = rules.selected(document).unwrap_or_else(|refusals| panic!("{name}: {refusals:?}"));
        asked.extend(selected.fields);
        let variables = serde_json::from_str(variables).expect("variables");
        let question = Question { query: (*document).to_owned(), variables, ..Question::default() };
        rules.admit(&question, open).unwrap_or_else(|refusals| panic!("{name}: {refusals:?}"));
    }
    assert!(asked.len() > 150, "{}", asked.len());
    let gone = [("Policy", "validity"), ("Column", "placements"), ("Query", "site"), ("Placement", "url")];
    for (of, field) in gone {
        assert!(asked.contains(&(of.to_owned(), field.to_owned())), "{of}.{field}");
        let lesser = Rules::new(&without(&sdl, of, field), Limits::default()).expect("a schema");
        let refused = schema::operations().iter().filter(|(_, document, _)| lesser.selected(document).is_err()).count();
        assert!(refused > 0, "{of}.{field} is asked by a front end");
    }
}

/// The schema without a field of a type, nor of any interface.
fn without(sdl: &str, of: &str, field: &str) -> String {
    let mut document = apollo_compiler::ast::Document::parse(sdl, "schema").expect("a schema");
    for definition in &mut document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(object) if object.name == of => {
                object.make_mut().fields.retain(|one| one.name != field);
            }
            Definition::InterfaceTypeDefinition(interface) => {
                interface.make_mut().fields.retain(|one| one.name != field);
            }
            _ => {}
        }
    }
    document.to_string()
}
