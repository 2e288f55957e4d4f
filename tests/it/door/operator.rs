//! What a production server shows to the operator and hides from everybody else.

use server::http::{Mode, OperatorKey, Settings};
use tests::{World, on_both};

use super::http::Door;
use super::refused;

const KEY: &str = "0123456789abcdef0123456789abcdef-and-more";
const HIDDEN: [&str; 4] = ["/", "/playground/start.js", "/playground/graphiql-3.9.0.css", "/metrics"];

fn production(key: Option<&str>) -> Settings {
    let operator_key = key.map(|key| OperatorKey::of(key).expect("a key"));
    Settings { mode: Mode::Production, operator_key, ..Settings::default() }
}

#[test]
fn in_production_the_operator_alone_sees_what_tells_of_the_inside() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let key = KEY;
        let door = Door::with(&world, production(Some(key))).await;
        for path in HIDDEN {
            refused(&door.get(path, &[]).await, 404, "NOT_FOUND");
            refused(&door.get(path, &[("Jiyue-Operator-Key", &key[1..])]).await, 404, "NOT_FOUND");
            assert_eq!(door.get(path, &[("Jiyue-Operator-Key", key)]).await.status, 200, "{path}");
        }
        let bearer = format!("Bearer {key}");
        assert_eq!(door.get("/metrics", &[("Authorization", &bearer)]).await.status, 200);
        refused(&door.get("/", &[("Authorization", &bearer)]).await, 404, "NOT_FOUND");
        for path in ["/schema.graphql", "/healthz", "/readyz"] {
            assert_eq!(door.get(path, &[]).await.status, 200, "{path}");
        }
        door.close().await;

        let closed = Door::with(&world, production(None)).await;
        for path in HIDDEN {
            refused(&closed.get(path, &[("Jiyue-Operator-Key", "")]).await, 404, "NOT_FOUND");
        }
        closed.close().await;
        let open = Door::open(&world).await;
        for path in HIDDEN {
            assert_eq!(open.get(path, &[]).await.status, 200, "{path}");
        }
        open.close().await;
    });
}

#[test]
fn in_production_questions_about_the_schema_are_the_operators() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::with(&world, production(Some(KEY))).await;
        let operator = [("Jiyue-Operator-Key", KEY)];
        let none = serde_json::json!({});
        let hidden = "{ position ... { x: __type(name: \"Site\") { name } } }";
        let error = door.ask(hidden, &none, &[]).await.json()["errors"][0].clone();
        assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{error}");
        assert_eq!(door.ask(hidden, &none, &operator).await.json()["data"]["x"]["name"], "Site");
        assert_eq!(door.ask("{ __typename }", &none, &[]).await.json()["data"]["__typename"], "Query");

        let misspelt = "{ positon }";
        let message = async |headers| {
            let answer = door.ask(misspelt, &none, headers).await.json();
            answer["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
        };
        assert!(message(&operator).await.ends_with("did you mean `position`?"));
        assert!(!message(&[]).await.contains("did you mean"));
        door.close().await;
    });
}

#[test]
fn an_answer_tells_on_request_what_it_cost_and_depended_on() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let query = "{ site(by: {code: \"yunze\"}) { contents(first: 3) { nodes { title } } } }";
        let none = serde_json::json!({});
        let door = Door::with(&world, production(Some(KEY))).await;
        let explain = ("Jiyue-Explain", "1");
        for headers in
            [&[explain][..], &[("Jiyue-Operator-Key", KEY)], &[("Jiyue-Explain", "0"), ("Jiyue-Operator-Key", KEY)]]
        {
            assert!(door.ask(query, &none, headers).await.json().get("extensions").is_none(), "{headers:?}");
        }
        let explained = door.ask(query, &none, &[explain, ("Jiyue-Operator-Key", KEY)]).await.json();
        let told = &explained["extensions"];
        assert_eq!(told["cost"], serde_json::json!({"requested": 1 + 1 + 3, "limit": 300_000}));
        assert_eq!(told["sql"]["statements"], 1, "{told}");
        // The clock of a test stands still.
        assert_eq!(told["sql"]["milliseconds"], 0.0, "{told}");
        let subjects = told["cache"]["subjects"].as_array().expect("a list");
        assert!(subjects.len() >= 2 && subjects.iter().all(|subject| subject.is_string()), "{told}");
        door.close().await;
    });
}

#[test]
fn the_metrics_tell_operations_apart_that_the_server_knows() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let (_, home, variables) = schema::operations()[0];
        let variables: serde_json::Value = serde_json::from_str(variables).expect("JSON");
        assert!(home.contains("query SiteHome("));
        let none = serde_json::json!({});
        assert!(door.ask(home, &variables, &[]).await.json()["errors"].is_null());
        door.ask("query Strange { position }", &none, &[]).await;
        door.ask("{ position", &none, &[]).await;
        door.ask(&format!("{{{}}}", " a: position".repeat(300)), &none, &[]).await;
        door.ask("{ contents(first: 999) { nodes { id } } }", &none, &[]).await;
        let text = door.get("/metrics", &[]).await.text().to_owned();
        for line in [
            "jiyue_operations_total{operation=\"SiteHome\",outcome=\"answered\"} 1",
            "jiyue_operations_total{operation=\"other\",outcome=\"answered\"} 1",
            "jiyue_operations_total{operation=\"anonymous\",outcome=\"refused\"} 1",
            "jiyue_operations_total{operation=\"anonymous\",outcome=\"limited\"} 1",
            "jiyue_operations_total{operation=\"anonymous\",outcome=\"partly\"} 1",
            "jiyue_limits_total{limit=\"root_fields\"} 1",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(!text.contains("Strange"));
        assert!(door.metric("jiyue_sql_statements_total{operation=\"SiteHome\"}").await.is_some_and(|n| n > 0.0));
        door.close().await;
    });
}

#[test]
fn the_metrics_tell_what_happened_and_never_in_the_words_of_strangers() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        for path in ["/nothing/of/this/name", "/files/x/y", "/healthz"] {
            door.get(path, &[]).await;
        }
        door.send("BREW", "/graphql", &[], b"").await;
        let answer = door.get("/metrics", &[]).await;
        assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
        let text = answer.text();
        for line in [
            "jiyue_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
            "jiyue_http_requests_total{route=\"/files/{id}/{name}\",method=\"GET\",status=\"404\"} 1",
            "jiyue_http_requests_total{route=\"/graphql\",method=\"other\",status=\"405\"} 1",
            "jiyue_http_requests_in_flight 1",
            "jiyue_build_info{version=",
            "jiyue_start_time_seconds ",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(!text.contains("BREW") && !text.contains("of/this/name"));
        let newest = world.library.newest_position().await.expect("a position");
        for line in ["jiyue_change_log_position", "jiyue_directory_position"] {
            assert_eq!(door.metric(line).await, Some(newest as f64), "{line}");
        }
        assert!(text.ends_with("# EOF\n"));
        door.close().await;
    });
}
