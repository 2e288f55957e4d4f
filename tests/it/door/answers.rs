//! What every answer has in common: headers, compression, methods, the id of its request.

use std::io::Read as _;

use serde_json::json;
use server::http::{Settings, TrustedProxies};
use tests::{World, on_both};

use super::http::Door;
use super::refused;

#[test]
fn large_answers_are_compressed_for_who_takes_it() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let plain = door.get("/schema.graphql", &[]).await;
        assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "accept-encoding"));
        for (asked, given) in [
            ("gzip", "gzip"),
            ("br", "br"),
            ("zstd", "zstd"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip;q=1, br;q=0.5, zstd;q=0", "gzip"),
            ("compress", ""),
            ("identity", ""),
        ] {
            let answer = door.get("/schema.graphql", &[("Accept-Encoding", asked)]).await;
            assert_eq!((answer.status, answer.header("content-encoding")), (200, given), "{asked}");
            assert_eq!(answer.body.len() < plain.body.len() / 2, !given.is_empty(), "{asked}");
            if given == "gzip" {
                let mut text = Vec::new();
                flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_end(&mut text).expect("gzip");
                assert!(text == plain.body, "another text");
            }
        }
        let query = "{ contents(first: 50) { nodes { id title publishedAt } } }";
        let question = door.ask(query, &json!({}), &[("Accept-Encoding", "br")]).await;
        assert_eq!((question.header("content-encoding"), question.header("vary")), ("br", "Accept, accept-encoding"));
        let small = door.ask("{ position }", &json!({}), &[("Accept-Encoding", "br")]).await;
        assert_eq!((small.header("content-encoding"), small.header("vary")), ("", "Accept"));
        door.close().await;
    });
}

#[test]
fn files_keep_their_bytes_and_their_tag() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let data = world.data("{ contents(first: 50) { nodes { cover { url size } } } }", &json!({})).await;
        let nodes = data["contents"]["nodes"].as_array().expect("nodes");
        let cover = nodes.iter().map(|node| &node["cover"]).find(|cover| !cover.is_null()).expect("a cover");
        let path = cover["url"].as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:8080")).expect("ours");
        let file = door.get(path, &[("Accept-Encoding", "gzip, br, zstd")]).await;
        assert_eq!((file.status, file.header("content-encoding")), (200, ""));
        assert!(file.header("etag").starts_with('"'));
        assert_eq!(cover["size"], file.body.len());
        door.close().await;
    });
}

#[test]
fn every_answer_has_the_id_of_its_request_and_may_not_be_guessed_at() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        let mut ids = Vec::new();
        for path in ["/", "/healthz", "/graphql", "/nothing", "/schema.graphql", "/files/a/b", "/metrics"] {
            let answer = door.get(path, &[("X-Request-Id", "given-by-anybody")]).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
            ids.push(answer.header("x-request-id").to_owned());
        }
        assert!(ids.iter().all(|id| id.len() == 32 && id != "given-by-anybody"), "{ids:?}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 7);
        door.close().await;

        let trusted_proxies = TrustedProxies::read("127.0.0.0/8").expect("a network");
        let door = Door::with(&world, Settings { trusted_proxies, ..Settings::default() }).await;
        let answer = door.get("/healthz", &[("X-Request-Id", "given-by-the-proxy")]).await;
        assert_eq!(answer.header("x-request-id"), "given-by-the-proxy");
        let spoilt = door.get("/healthz", &[("X-Request-Id", "a b")]).await;
        assert_eq!(spoilt.header("x-request-id").len(), 32);
        door.close().await;
    });
}

#[test]
fn methods_are_answered_by_the_book() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = Door::open(&world).await;
        for path in ["/", "/schema.graphql", "/healthz", "/readyz", "/graphql?query=%7Bposition%7D", "/metrics"] {
            let (head, get) = (door.send("HEAD", path, &[], b"").await, door.get(path, &[]).await);
            assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
            if path != "/metrics" {
                assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
            }
        }
        for (method, path, allowed) in [
            ("PUT", "/graphql", "GET,HEAD,POST"),
            ("POST", "/healthz", "GET,HEAD"),
            ("DELETE", "/files/a/b", "GET,HEAD"),
            ("OPTIONS", "/schema.graphql", "GET,HEAD"),
            ("BREW", "/metrics", "GET,HEAD"),
        ] {
            let answer = door.send(method, path, &[], b"").await;
            refused(&answer, 405, "METHOD_NOT_ALLOWED");
            assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        }
        refused(&door.send("PUT", "/nothing", &[], b"").await, 404, "NOT_FOUND");
        door.close().await;
    });
}
