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
