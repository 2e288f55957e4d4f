//! The line of the log that each request gets, and what is not in it.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use serde_json::{Value as Json, json};
use server::http::{Settings, TrustedProxies};
use tests::{World, on_both};
use tracing_subscriber::filter::LevelFilter;

use super::http::Door;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Every line of this process is kept: tests that run beside write there, too.
pub fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let log = tracing_subscriber::fmt().json().flatten_event(true).with_writer(|| Log);
        log.with_max_level(LevelFilter::INFO).init();
    });
}

/// All that was written until now.
pub fn written() -> String {
    String::from_utf8(WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("text")
}

/// The line of the request with this id, when it has been written.
pub async fn line(id: &str) -> (Json, String) {
    let mark = format!("\"id\":\"{id}\"");
    for _ in 0..100 {
        let written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let written = String::from_utf8(written).expect("text");
        if let Some(line) = written.lines().find(|line| line.contains(&mark)) {
            return (serde_json::from_str(line).expect("JSON"), line.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing was logged of {id}");
}

#[test]
fn a_request_gets_one_line_without_personal_data() {
    begin();
    on_both(async |engine| {
        let world = World::city(engine).await;
        let trusted_proxies = TrustedProxies::read("127.0.0.1").expect("an address");
        let door = Door::with(&world, Settings { trusted_proxies, ..Settings::default() }).await;
        let id = format!("line-{engine:?}-1");
        let headers =
            [("X-Request-Id", id.as_str()), ("X-Forwarded-For", "6.6.6.6, 203.0.113.77"), ("User-Agent", "a-browser")];
        let query = "query Name($code: String!) { site(by: {code: $code}) { name } }";
        let answer = door.ask(query, &json!({"code": "yunze"}), &headers).await;
        assert_eq!((answer.status, answer.header("x-request-id")), (200, id.as_str()));
        let (json, text) = line(&id).await;
        assert_eq!(
            (&json["method"], &json["route"], &json["status"]),
            (&json!("POST"), &json!("/graphql"), &json!(200))
        );
        assert_eq!((&json["outcome"], &json["network"]), (&json!("OK"), &json!("203.0.113.0/24")));
        assert_eq!(json["bytes"], answer.body.len());
        assert!(json["milliseconds"].as_f64().is_some_and(|took| took > 0.0), "{text}");
        for personal in ["203.0.113.77", "6.6.6.6", "yunze", "a-browser", "127.0.0.1"] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }

        let id = format!("line-{engine:?}-2");
        let path = "/files/a/secret-name?token=secret-token";
        door.get(path, &[("X-Request-Id", &id)]).await;
        let (json, text) = line(&id).await;
        assert_eq!((&json["route"], &json["outcome"]), (&json!("/files/{id}/{name}"), &json!("NOT_FOUND")));
        assert!(!text.contains("secret"), "{text}");
        door.close().await;
    });
}
