//! Bodies as they should not be: too large, without an end, stalled, compressed, of a type that nobody takes.

use std::time::{Duration, Instant};

use server::http::Settings;
use tests::{World, on_both};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::http::{Door, rest};
use super::refused;

const HEAD: &str = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

#[test]
fn a_body_that_is_announced_too_large_is_not_waited_for() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        let begun = Instant::now();
        let json = door.begin(&format!("{HEAD}Content-Length: 134217728\r\n\r\n")).await;
        refused(&rest(json).await, 413, "LIMIT_EXCEEDED");
        let other = HEAD.replace("application/json", "text/plain");
        let other = door.begin(&format!("{other}Content-Length: 134217728\r\n\r\n")).await;
        refused(&rest(other).await, 415, "UNSUPPORTED_MEDIA_TYPE");
        let asks_first = door.begin(&format!("{HEAD}Content-Length: 134217728\r\nExpect: 100-continue\r\n\r\n")).await;
        refused(&rest(asks_first).await, 413, "LIMIT_EXCEEDED");
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        assert_eq!(door.metric("jiyue_limits_total{limit=\"body_bytes\"}").await, Some(2.0));
        door.close().await;
    });
}

#[test]
fn a_body_without_an_end_is_refused_as_soon_as_it_is_too_large() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        let connection = door.begin(&format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n")).await;
        let (reading, mut writing) = connection.into_split();
        let sending = tokio::spawn(async move {
            let piece = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16));
            let mut sent = 0_usize;
            // Twice 128 MB: the server hangs up long before.
            while sent < 1 << 28 && writing.write_all(piece.as_bytes()).await.is_ok() {
                sent += piece.len();
            }
            (sent, writing)
        });
        let mut reading = reading;
        let mut first = [0; 12];
        reading.read_exact(&mut first).await.expect("an answer while it is still sent");
        assert_eq!(std::str::from_utf8(&first), Ok("HTTP/1.1 413"));
        let (sent, _) = sending.await.expect("no panic");
        assert!(sent < 1 << 27, "{sent} bytes were read");
        assert_eq!(door.get("/healthz", &[]).await.status, 200);
        door.close().await;
    });
}

#[test]
fn a_stalled_body_is_answered_in_time() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let settings = Settings { body_timeout: Duration::from_millis(300), ..Settings::default() };
        let door = Door::with(&world, settings).await;
        let begun = Instant::now();
        let connection = door.begin(&format!("{HEAD}Content-Length: 100\r\n\r\n{{\"query\":")).await;
        refused(&rest(connection).await, 408, "TIMEOUT");
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(2), "{took:?}");
        door.close().await;
    });
}

#[test]
fn compressed_bodies_are_not_taken() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        for encoding in ["gzip", "br", "zstd", "deflate", "nonsense"] {
            let headers = [("Content-Type", "application/json"), ("Content-Encoding", encoding)];
            let answer = door.send("POST", "/graphql", &headers, b"\x1f\x8b").await;
            refused(&answer, 415, "UNSUPPORTED_MEDIA_TYPE");
            assert_eq!(answer.header("accept-encoding"), "identity");
        }
        let plain = [("Content-Type", "application/json"), ("Content-Encoding", "identity")];
        let answer = door.send("POST", "/graphql", &plain, br#"{"query":"{ position }"}"#).await;
        assert_eq!(answer.status, 200);
        door.close().await;
    });
}
