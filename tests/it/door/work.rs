//! Bounded work, requests that are given up, and the end of a server: with an object store that takes its time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use object_store::throttle::{ThrottleConfig, ThrottledStore};
use serde_json::json;
use server::App;
use server::http::Settings;
use tests::{Engine, World, on_both};

use super::http::{Door, rest};
use super::refused;

/// The city with a file that takes `wait` to be read, and its path.
async fn slow(engine: Engine, wait: Duration, settings: Settings) -> (World, Door, String) {
    slow_within(engine, wait, settings, server::http::REQUEST_TIMEOUT).await
}

async fn slow_within(engine: Engine, wait: Duration, settings: Settings, most: Duration) -> (World, Door, String) {
    let world = World::city(engine).await;
    let query = "{ contents(first: 50) { nodes { cover { url sha256 } } } }";
    let data = world.data(query, &json!({})).await;
    let nodes = data["contents"]["nodes"].as_array().expect("nodes");
    let cover = nodes.iter().map(|node| &node["cover"]).find(|cover| !cover.is_null()).expect("a cover");
    let path = cover["url"].as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:8080")).expect("of this server");
    let sha256 = cover["sha256"].as_str().expect("a hash");
    let key = format!("original/{}/{sha256}", &sha256[..2]);
    let bytes = std::fs::read(world.files.join(&key)).expect("the kept bytes");
    let memory = InMemory::new();
    memory.put(&key.into(), bytes.into()).await.expect("put");
    let config = ThrottleConfig { wait_get_per_call: wait, ..ThrottleConfig::default() };
    let store = Arc::new(ThrottledStore::new(memory, config));
    let library = World::node_over(&world.url, store, world.clock.clone()).await;
    let path = path.to_owned();
    let app = App::new(library).with_limits(server::http::BODY_LIMIT, most).with_settings(settings);
    let door = Door::of(app).await;
    (world, door, path)
}

fn one_at_a_time(turn_timeout: Duration) -> Settings {
    Settings { requests_at_once: 1, requests_waiting: 1, turn_timeout, ..Settings::default() }
}

/// Waits until so many requests are being answered, the one that asks included.
async fn in_flight(door: &Door, wanted: f64) {
    let begun = Instant::now();
    while door.metric("jiyue_http_requests_in_flight").await != Some(wanted) {
        assert!(begun.elapsed() < Duration::from_secs(5), "{wanted} requests are never in flight");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn beyond_the_places_to_work_and_to_wait_there_is_a_clear_refusal() {
    on_both(async |engine| {
        let settings = one_at_a_time(Duration::from_millis(200));
        let (_world, door, path) = slow(engine, Duration::from_secs(3), settings).await;
        let working = door.begin(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        in_flight(&door, 2.0).await;
        let begun = Instant::now();
        let answer = door.get(&path, &[]).await;
        refused(&answer, 503, "OVERLOADED");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(begun.elapsed() >= Duration::from_millis(200), "it waited for its turn");
        assert_eq!(door.ask("{ position }", &json!({}), &[]).await.status, 200, "questions have places of their own");
        for probe in ["/healthz", "/readyz", "/metrics"] {
            let begun = Instant::now();
            assert_eq!(door.get(probe, &[]).await.status, 200, "{probe}");
            assert!(begun.elapsed() < Duration::from_millis(100), "{probe}: {:?}", begun.elapsed());
        }
        assert_eq!(door.metric("jiyue_http_requests_shed_total").await, Some(1.0));
        assert_eq!(rest(working).await.status, 200, "who was first is answered");
        assert_eq!(door.ask("{ position }", &json!({}), &[]).await.status, 200);
        door.close().await;
    });
}

#[test]
fn a_request_that_its_client_gives_up_stops_and_leaves_its_place() {
    on_both(async |engine| {
        let settings = one_at_a_time(Duration::from_secs(5));
        let (_world, door, path) = slow(engine, Duration::from_secs(60), settings).await;
        let given_up = door.begin(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        in_flight(&door, 2.0).await;
        let begun = Instant::now();
        drop(given_up);
        let answer = door.get("/files/none/x", &[]).await;
        assert_eq!(answer.status, 404, "the place is free: {}", answer.text());
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        in_flight(&door, 1.0).await;
        let gone = "jiyue_http_requests_total{route=\"/files/{id}/{name}\",method=\"GET\",status=\"499\"}";
        assert_eq!(door.metric(gone).await, Some(1.0));
        door.close().await;
    });
}

#[test]
fn a_server_that_ends_answers_what_runs_and_takes_no_more() {
    on_both(async |engine| {
        let (_world, door, path) = slow(engine, Duration::from_secs(1), Settings::default()).await;
        let running = door.begin(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        let silent = door.connect().await;
        in_flight(&door, 2.0).await;
        let address = door.address();
        let begun = Instant::now();
        let (answer, ()) = tokio::join!(rest(running), door.close());
        assert_eq!(answer.status, 200);
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
        drop(silent);
    });
}

#[test]
fn a_request_that_never_ends_does_not_hold_up_the_end() {
    on_both(async |engine| {
        let most = Duration::from_secs(2);
        let (_world, door, path) = slow_within(engine, Duration::from_secs(60), Settings::default(), most).await;
        let running = door.begin(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        in_flight(&door, 2.0).await;
        let begun = Instant::now();
        let (answer, ()) = tokio::join!(rest(running), door.close());
        refused(&answer, 503, "TIMEOUT");
        assert!(begun.elapsed() < most + Duration::from_secs(1), "{:?}", begun.elapsed());
    });
}
