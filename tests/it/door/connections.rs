//! Connections as they should not be: slow, silent, too many, too large; and the other protocols and addresses.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value as Json, json};
use server::App;
use server::http::Settings;
use tests::{World, on_both};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::http::{Door, rest};

const SECOND: Duration = Duration::from_secs(1);

/// Settings whose times a test can wait for.
fn hasty() -> Settings {
    Settings { header_timeout: SECOND, idle_timeout: 5 * SECOND, ..Settings::default() }
}

/// How long the server takes to hang up on a connection.
async fn hung_up(connection: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(10 * SECOND, connection.read_to_end(&mut bytes)).await;
    assert!(ended.is_ok(), "it is held for ever");
    begun.elapsed()
}

async fn health_is_quick(door: &Door) {
    for _ in 0..5 {
        let begun = Instant::now();
        assert_eq!(door.get("/healthz", &[]).await.status, 200);
        let took = begun.elapsed();
        assert!(took < Duration::from_millis(100), "{took:?}");
    }
}

#[test]
fn slow_connections_hold_up_nobody_and_are_cut() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::with(&world, hasty()).await;
        let mut slow = Vec::new();
        for number in 0..200 {
            // Nothing, the beginning of both protocols, half a head.
            let text = ["", "P", "GET / HTT", "GET / HTTP/1.1\r\nHost: x\r\nA: "][number % 4];
            slow.push(door.begin(text).await);
        }
        health_is_quick(&door).await;
        assert!(door.metric("jiyue_http_connections").await > Some(199.0));
        for connection in &mut slow {
            assert!(hung_up(connection).await < 3 * SECOND);
        }
        door.close().await;
    });
}

#[test]
fn a_connection_is_kept_for_a_while_and_its_next_head_must_come_in_time() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::with(&world, hasty()).await;
        let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut idle = door.begin(request).await;
        let mut slow = door.begin(request).await;
        slow.read_exact(&mut [0; 20]).await.expect("an answer");
        tokio::time::sleep(SECOND / 5).await;
        slow.write_all(b"GET /healthz HTTP/1.1\r\n").await.expect("half a head");
        let cut = hung_up(&mut slow).await;
        assert!(cut >= Duration::from_millis(900) && cut < 3 * SECOND, "{cut:?}");
        idle.write_all(request.as_bytes()).await.expect("it is kept longer than a head may take");
        let closed = hung_up(&mut idle).await;
        assert!(closed >= 4 * SECOND && closed < 8 * SECOND, "{closed:?}");
        door.close().await;
    });
}

#[test]
fn more_connections_than_places_wait_until_the_silent_ones_are_closed() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::with(&world, Settings { connections: 3, ..Settings::default() }).await;
        let mut kept = Vec::new();
        for _ in 0..3 {
            let mut connection = door.begin("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
            connection.read_exact(&mut [0; 20]).await.expect("an answer");
            kept.push(connection);
        }
        let begun = Instant::now();
        assert_eq!(door.get("/healthz", &[]).await.status, 200);
        let took = begun.elapsed();
        assert!(took < 5 * SECOND, "{took:?}: not for the whole time that a connection may be kept");
        door.close().await;
    });
}

#[test]
fn heads_and_addresses_have_an_end() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        let large = "a".repeat(1 << 20);
        let head = door.get("/healthz", &[("X-Large", &large)]).await;
        assert_eq!(head.status, 431);
        let address = door.get(&format!("/healthz?{large}"), &[]).await;
        assert!([400, 414, 431].contains(&address.status), "{}", address.status);
        let many: Vec<_> = (0..1000).map(|number| format!("X-{number}: 1\r\n")).collect();
        let many = door.begin(&format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n", many.concat())).await;
        assert_eq!(rest(many).await.status, 431);
        for broken in ["\r\n\r\n\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n"] {
            let mut connection = door.begin(broken).await;
            assert!(hung_up(&mut connection).await < SECOND, "{broken:?}");
        }
        health_is_quick(&door).await;
        door.close().await;
    });
}

#[test]
fn the_newer_protocol_is_spoken_to_who_begins_with_it() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let io = TokioIo::new(door.connect().await);
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.expect("a handshake");
        let speaking = tokio::spawn(connection);
        let mut asked = tokio::task::JoinSet::new();
        for number in 0..50 {
            let mut sender = sender.clone();
            asked.spawn(async move {
                let query = json!({ "query": format!("{{ site(by: {{code: \"yunze\"}}) {{ a{number}: code }} }}") });
                let request = hyper::Request::post("http://jiyue/graphql")
                    .header("content-type", "application/json")
                    .body(Full::new(Bytes::from(query.to_string())))
                    .expect("a request");
                let answer = sender.send_request(request).await.expect("an answer");
                assert_eq!((answer.status().as_u16(), answer.version()), (200, hyper::Version::HTTP_2));
                let body = answer.into_body().collect().await.expect("a body").to_bytes();
                let body: Json = serde_json::from_slice(&body).expect("JSON");
                assert_eq!(body["data"]["site"][format!("a{number}")], "yunze");
            });
        }
        while let Some(done) = asked.join_next().await {
            done.expect("answered");
        }
        drop(sender);
        let ended = tokio::time::timeout(5 * SECOND, speaking).await;
        assert!(ended.is_ok(), "the connection ends with its last request");
        door.close().await;
    });
}

#[test]
fn addresses_of_the_newer_kind_are_listened_on() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::at("[::1]:0", App::new(world.library.clone())).await;
        assert_eq!(door.get("/healthz", &[]).await.status, 200);
        door.close().await;
    });
}
