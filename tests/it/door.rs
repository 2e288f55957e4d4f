//! The door as clients meet it: a real server, asked over TCP.

mod answers;
mod bodies;
mod connections;
mod exhausted;
mod files;
mod given_up;
pub mod http;
pub mod log;
mod operator;
mod origins;
mod parts;
mod persisted;
mod pictures;
pub mod shown;
mod syndication;
mod work;

use serde_json::{Value as Json, json};
use server::App;
use tests::{Engine, World, on_both};

use self::http::{Answer, Door, escape};

const JSON: &str = "application/json; charset=utf-8";
const NEWER: &str = "application/graphql-response+json";

#[test]
fn a_question_is_answered_by_post_and_by_get() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let query = "query Name($code: String!) { site(by: {code: $code}) { name } }";
        let variables = json!({"code": "yunze"});
        let expected = json!({"data": world.data(query, &variables).await});
        assert!(expected["data"]["site"]["name"].as_str().is_some_and(|name| name.contains("云泽")), "{expected}");

        let posted = door.ask(query, &variables, &[]).await;
        let target = format!("/graphql?query={}&variables={}", escape(query), escape(&variables.to_string()));
        let got = door.get(&target, &[]).await;
        for answer in [&posted, &got] {
            assert_eq!(answer.status, 200);
            assert_eq!(answer.json(), expected);
            assert_eq!(answer.header("content-type"), JSON);
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }

        assert_eq!(posted.header("cache-control"), "no-store");
        assert_eq!(got.header("cache-control"), "public, max-age=0, s-maxage=0, stale-if-error=600");

        let two = "query A { site(by: {code: \"yunze\"}) { code } } query B { site(by: {code: \"zjj\"}) { code } }";
        let named = format!("/graphql?operationName=B&query={}", escape(two));
        assert_eq!(door.get(&named, &[]).await.json(), json!({"data": {"site": {"code": "zjj"}}}));
        let absent = door.ask(query, &json!({"code": "nowhere"}), &[]).await;
        assert_eq!(absent.json(), json!({"data": {"site": null}}));
        door.close().await;
    });
}

#[test]
fn every_operation_of_the_clients_is_answered_over_http() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        for (name, document, variables) in schema::operations() {
            let variables: Json = serde_json::from_str(variables).expect("JSON");
            let answer = door.ask(document, &variables, &[]).await;
            let json = answer.json();
            assert_eq!((answer.status, json.get("errors")), (200, None), "{name}");
            assert!(json["data"].as_object().is_some_and(|data| data.values().all(|v| !v.is_null())), "{name}: {json}");
        }
        door.close().await;
    });
}

/// Words that would tell of what the server is made of or where it lives.
pub const INTERNALS: [&str; 14] = [
    "serde",
    "axum",
    "hyper",
    "async_graphql",
    "sqlite",
    "postgres",
    "panicked",
    "src/",
    ".rs",
    "expected ident",
    "EOF",
    "Rejection",
    "jiyue-it",
    "select ",
];

/// Sees that a refusal has the shape of a GraphQL answer and says what is wrong in words of its own.
fn refused(answer: &Answer, status: u16, code: &str) {
    let json = answer.json();
    assert_eq!(answer.status, status, "{json}");
    assert_eq!(json.as_object().map(|members| members.len()), Some(1), "errors and nothing else: {json}");
    let errors = json["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{json}");
    assert_eq!(errors[0]["extensions"]["code"], code, "{json}");
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors");
    assert!(std::path::Path::new(page).join(format!("{code}.md")).exists(), "{code} has no page");
    assert!(errors[0]["message"].as_str().is_some_and(|message| message.len() > 10), "{json}");
    for word in INTERNALS {
        assert!(!answer.text().contains(word), "{word} in {json}");
    }
    assert_eq!(answer.header("cache-control"), "private, no-store", "a refusal is not kept");
}

#[test]
fn what_is_no_question_is_refused_in_the_shape_of_an_answer() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let is_json: &[(&str, &str)] = &[("Content-Type", "application/json")];
        let good = br#"{"query":"{ position }"}"#;
        for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
            let answer = door.send("POST", "/graphql", &[("Content-Type", media_type)], good).await;
            refused(&answer, 415, "UNSUPPORTED_MEDIA_TYPE");
        }
        let form = door.send("POST", "/graphql", &[("Content-Type", "multipart/form-data; boundary=x")], good).await;
        refused(&form, 403, "PREFLIGHT_REQUIRED");
        refused(&door.send("POST", "/graphql", &[], good).await, 415, "UNSUPPORTED_MEDIA_TYPE");
        let malformed: [&[u8]; 10] = [
            b"",
            b"{",
            b"{\"query\":\"{ position }\"",
            b"null",
            b"[{\"query\":\"{ position }\"}]",
            b"{}",
            b"{\"query\":1}",
            b"{\"query\":\"{ position }\",\"variables\":[]}",
            b"\xff\xfe{}",
            b"{\"query\":\"{ position }\",\"extensions\":\"x\"}",
        ];
        for body in malformed {
            refused(&door.send("POST", "/graphql", is_json, body).await, 400, "BAD_REQUEST");
        }
        for query in ["", "?variables={}", "?query=%7Ba%7D&variables=%7B", "?query=%7Ba%7D&query=%7Ba%7D"] {
            refused(&door.get(&format!("/graphql{query}"), &[]).await, 400, "BAD_REQUEST");
        }
        refused(&door.get("/nothing", &[]).await, 404, "NOT_FOUND");
        refused(&door.send("PUT", "/graphql", is_json, good).await, 405, "METHOD_NOT_ALLOWED");
        refused(&door.send("DELETE", "/schema.graphql", &[], b"").await, 405, "METHOD_NOT_ALLOWED");
        assert_eq!(door.send("POST", "/graphql", is_json, good).await.status, 200, "it still answers");
        door.close().await;
    });
}

#[test]
fn a_get_changes_nothing() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let mutation = "mutation { withdrawContent(input: {}) { __typename } }";
        let by_get = door.get(&format!("/graphql?query={}", escape(mutation)), &[]).await;
        refused(&by_get, 405, "METHOD_NOT_ALLOWED");
        assert_eq!(by_get.header("allow"), "POST");
        let two = format!("query A {{ position }} {mutation}").replace("mutation", "mutation B");
        let target = format!("/graphql?query={}&operationName=", escape(&two));
        assert_eq!(door.get(&format!("{target}A"), &[]).await.status, 200, "the query beside it may be asked");
        refused(&door.get(&format!("{target}B"), &[]).await, 405, "METHOD_NOT_ALLOWED");
        door.close().await;
    });
}

#[test]
fn a_large_body_is_refused_before_it_is_read() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let app = App::new(world.library.clone()).with_limits(1000, std::time::Duration::from_secs(10));
        let door = Door::of(app).await;
        let of_size = |size: usize| format!("{{\"query\":\"{{ position }}{}\"}}", " ".repeat(size - 24));
        let is_json: &[(&str, &str)] = &[("Content-Type", "application/json")];
        assert_eq!(of_size(1000).len(), 1000);
        assert_eq!(door.send("POST", "/graphql", is_json, of_size(1000).as_bytes()).await.status, 200);
        let answer = door.send("POST", "/graphql", is_json, of_size(1001).as_bytes()).await;
        refused(&answer, 413, "LIMIT_EXCEEDED");
        door.close().await;
    });
}

#[test]
fn the_newer_media_type_is_for_who_asks_by_name() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let newer = format!("{NEWER}; charset=utf-8");
        // (Accept, media type, status of a question that is refused before it is run)
        let cases = [
            ("*/*", JSON, 200),
            ("text/html, application/*", JSON, 200),
            ("application/json", JSON, 200),
            (NEWER, newer.as_str(), 400),
            ("application/graphql-response+json, application/json;q=0.9", newer.as_str(), 400),
            ("application/json, application/graphql-response+json;q=0.5", JSON, 200),
        ];
        for (accept, media_type, status) in cases {
            let headers = [("Accept", accept)];
            let good = door.ask("{ position }", &json!({}), &headers).await;
            assert_eq!((good.status, good.header("content-type")), (200, media_type), "{accept}");
            assert_eq!(good.header("vary"), "Accept");
            for question in ["{ nothingOfThisName }", "{ position", "query A { position } query B { position }"] {
                let bad = door.ask(question, &json!({}), &headers).await;
                assert_eq!((bad.status, bad.header("content-type")), (status, media_type), "{accept}: {question}");
                let json = bad.json();
                assert!(json.get("data").is_none(), "it was not run: {json}");
                assert!(json["errors"][0]["extensions"]["code"].is_string(), "{json}");
            }
            let refusal = door.get("/graphql", &headers).await;
            assert_eq!((refusal.status, refusal.header("content-type")), (400, media_type), "{accept}");
        }
        door.close().await;
    });
}

#[test]
fn the_schema_is_served_as_it_is() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        let answer = door.get("/schema.graphql", &[]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(answer.text() == schema::sdl(), "another schema than the one that answers");
        assert!(answer.text().contains("type Query"));
        door.close().await;
    });
}

#[test]
fn health_tells_a_living_process_from_a_ready_one() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let alive = door.get("/healthz", &[]).await;
        assert_eq!((alive.status, alive.text()), (200, "ok"));
        let ready = door.get("/readyz", &[]).await;
        assert_eq!((ready.status, ready.json()), (200, json!({"status": "ready"})));
        spoil(&world).await;
        let broken = door.get("/readyz", &[]).await;
        assert_eq!((broken.status, broken.json()), (503, json!({"status": "unavailable"})));
        assert_eq!(broken.header("cache-control"), "no-store");
        let question = door.ask("{ contents(first: 1) { nodes { id } } }", &json!({}), &[]).await;
        assert_eq!(question.json()["errors"][0]["extensions"]["code"], "INTERNAL");
        for word in INTERNALS.into_iter().filter(|word| *word != "EOF") {
            assert!(!question.text().contains(word), "{word} in {}", question.text());
        }
        assert_eq!(door.get("/healthz", &[]).await.status, 200, "the process lives on");
        door.close().await;
    });
}

/// Makes the database of a test unreadable.
async fn spoil(world: &World) {
    match world.engine {
        Engine::Sqlite => {
            use std::io::Write as _;
            let path = world.url.strip_prefix("sqlite://").expect("a file");
            let length = std::fs::metadata(path).expect("the file").len() as usize;
            let mut file = std::fs::OpenOptions::new().write(true).open(path).expect("the file");
            file.write_all(&vec![0xff; length]).expect("spoilt");
        }
        Engine::Postgres => {
            for sql in ["drop table change_counter", "drop table placement_reason", "drop table content cascade"] {
                let sql = library::database::Sql::new(sql);
                world.library.database().rows(&sql, &[]).await.expect("dropped");
            }
        }
    }
}

#[test]
fn the_playground_needs_no_other_host() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        let page = door.get("/", &[]).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("http"), "{policy}");

        let (before, rest) = page.text().split_once("id=\"tabs\">").expect("the tabs");
        let (tabs, after) = rest.split_once("</script>").expect("their end");
        let frame = format!("{before}{after}");
        for external in ["http:", "https:", "\"//", "'//", "url(", "@import"] {
            assert!(!frame.contains(external), "{external}");
        }
        let tabs: Json = serde_json::from_str(tabs).expect("JSON");
        let titles: Vec<_> = tabs.as_array().expect("tabs").iter().map(|tab| tab["title"].clone()).collect();
        let names: Vec<_> = schema::operations().iter().map(|(name, _, _)| json!(name)).collect();
        assert_eq!(titles, names);

        let mut assets = Vec::new();
        for attribute in ["src=\"", "href=\""] {
            let found = frame.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
            assets.extend(found.filter(|target| target.starts_with("playground/")));
        }
        assert_eq!(assets.len(), 5, "{assets:?}");
        for asset in assets {
            let answer = door.get(&format!("/{asset}"), &[]).await;
            let media_type = if asset.ends_with(".css") { "text/css" } else { "text/javascript" };
            assert_eq!(answer.status, 200, "{asset}");
            assert_eq!(answer.header("content-type"), format!("{media_type}; charset=utf-8"), "{asset}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            let versioned = asset != "playground/start.js";
            assert_eq!(answer.header("cache-control").contains("immutable"), versioned, "{asset}");
            assert!(answer.body.len() > 500, "{asset}");
            if media_type == "text/css" {
                for external in ["url(http", "url(//", "url(\"http", "@import"] {
                    assert!(!answer.text().contains(external), "{external} in {asset}");
                }
            }
        }
        refused(&door.get("/playground/none.js", &[]).await, 404, "NOT_FOUND");
        door.close().await;
    });
}
