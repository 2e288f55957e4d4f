//! What is told of the cache to the operator: what an answer depends on, and whether it is kept.

use serde_json::{Value as Json, json};
use server::http::{Mode, Settings};
use tests::{World, on_both};

use super::{NAME, state};
use crate::door::http::{Door, escape};

const EXPLAIN: &str =
    "query($operation: String!, $variables: JSON) { cacheExplain(operation: $operation, variables: $variables)
    { state position subjects keys bytes problem } }";

async fn explained(door: &Door, operation: &str, variables: &Json) -> Json {
    let answer = door.ask(EXPLAIN, &json!({"operation": operation, "variables": variables}), &[]).await;
    assert_eq!((state(&answer), answer.header("cache-control")), ("BYPASS", "private, no-store"));
    answer.json()
}

#[test]
fn an_answer_is_explained_by_what_takes_it_away() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let variables = json!({"code": "yunze"});
        let told = explained(&door, NAME, &variables).await["data"]["cacheExplain"].clone();
        let site = world.library.directory().sites.all().iter().find(|site| site.code == "yunze").expect("a site").id;
        assert_eq!(told["state"], "NOT_KEPT");
        assert!(
            told["subjects"].as_array().is_some_and(|subjects| subjects.contains(&json!(site.to_string()))),
            "{told}"
        );
        let answer = door.ask(NAME, &variables, &[]).await;
        let again = explained(&door, NAME, &variables).await["data"]["cacheExplain"].clone();
        assert_eq!((&again["state"], &again["bytes"]), (&json!("KEPT"), &json!(answer.body.len())));
        assert_eq!((&again["subjects"], &again["keys"]), (&told["subjects"], &told["keys"]));
        let target = format!("/graphql?query={}&variables={}", escape(NAME), escape(&variables.to_string()));
        let header = door.get(&target, &[]).await.header("surrogate-key").to_owned();
        let keys: Vec<&str> = again["keys"].as_array().expect("keys").iter().filter_map(Json::as_str).collect();
        assert_eq!(header, keys.join(" "));
        world
            .library
            .edit_site(&world.editor(), site, None, |fields| fields.name = "改名".to_owned())
            .await
            .expect("done");
        // What is told waits for nobody: the next answer passes the change.
        assert_eq!(state(&door.ask(NAME, &json!({"code": "zjj"}), &[]).await), "MISS");
        assert_eq!(explained(&door, NAME, &variables).await["data"]["cacheExplain"]["state"], "NOT_KEPT");

        for private in ["{ viewer { account { id } } }", "{ desk { __typename } }"] {
            assert_eq!(explained(&door, private, &Json::Null).await["data"]["cacheExplain"]["state"], "PRIVATE");
        }
        for (operation, variables) in
            [("{ nothing }", json!({})), ("{", json!({})), (NAME, json!({})), (NAME, json!([1]))]
        {
            let told = explained(&door, operation, &variables).await["data"]["cacheExplain"].clone();
            assert_eq!((&told["state"], told["problem"].is_string()), (&json!("INVALID"), true), "{operation}: {told}");
        }
        door.close().await;

        let production = Door::with(&world, Settings { mode: Mode::Production, ..Settings::default() }).await;
        assert_eq!(explained(&production, NAME, &variables).await, json!({"data": {"cacheExplain": null}}));
        production.ask(NAME, &variables, &[]).await;
        let bypass = production.ask(NAME, &variables, &[("Jiyue-Cache", "bypass")]).await;
        assert_eq!(state(&bypass), "HIT", "an execution is the operator's to ask for");
        production.close().await;
    });
}
