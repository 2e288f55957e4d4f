//! Files that come with their request: who may send them, in which form, how large, and what is taken.

use std::time::Duration;

use library::grant::{GrantScope, Role};
use serde_json::json;
use tests::{World, files_in, on_both};

use super::{Desk, TYPE, UPLOAD, body, code, form, map, operations, part};
use crate::door::http::{Door, rest};

#[test]
fn who_may_not_upload_is_refused_before_the_body_is_read() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        desk.staff.account("nobody", None).await;
        desk.staff.account("reviewer", Some((Role::Reviewer, GrantScope::Site(desk.staff.town.site)))).await;
        let (nobody, reviewer) = (desk.staff.sign_in("nobody").await, desk.staff.sign_in("reviewer").await);
        let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
        let multipart = "Content-Type: multipart/form-data; boundary=b\r\n".to_owned();
        let preflight = "GraphQL-Require-Preflight: 1\r\n".to_owned();
        let own = bearer(&desk.token);
        for (what, headers, length, expected) in [
            ("no preflight", multipart.clone() + &own, 9000, (403, "PREFLIGHT_REQUIRED")),
            ("no token", multipart.clone() + &preflight, 9000, (401, "UNAUTHENTICATED")),
            ("a wrong token", multipart.clone() + &preflight + &bearer("x"), 9000, (401, "UNAUTHENTICATED")),
            ("no role", multipart.clone() + &preflight + &bearer(&nobody.access.0), 9000, (403, "NOT_ALLOWED")),
            ("another role", multipart.clone() + &preflight + &bearer(&reviewer.access.0), 9000, (403, "NOT_ALLOWED")),
            ("too large", multipart.clone() + &preflight + &own, 21 << 20, (413, "LIMIT_EXCEEDED")),
            (
                "compressed",
                multipart.clone() + &preflight + &own + "Content-Encoding: gzip\r\n",
                9000,
                (415, "UNSUPPORTED_MEDIA_TYPE"),
            ),
            (
                "no boundary",
                "Content-Type: multipart/form-data\r\n".to_owned() + &preflight + &own,
                9000,
                (400, "BAD_REQUEST"),
            ),
            (
                "another type",
                "Content-Type: application/octet-stream\r\n".to_owned() + &preflight + &own,
                9000,
                (415, "UNSUPPORTED_MEDIA_TYPE"),
            ),
        ] {
            // Nothing of the body is sent, and the answer comes all the same.
            let head = format!(
                "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
            );
            let answer = rest(desk.door.begin(&head).await).await;
            assert_eq!(code(&answer), (expected.0, expected.1.to_owned()), "{what}");
            assert_eq!(answer.header("cache-control"), "private, no-store", "{what}");
        }
        let elsewhere = desk.door.send("POST", "/healthz", &[TYPE], b"x").await;
        assert_eq!(elsewhere.status, 405);
        desk.door.close().await;
    });
}

#[test]
fn a_file_that_is_sent_is_an_attachment() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let position = desk.staff.library().newest_position().await.expect("the position");
        let made = desk.upload("公告.pdf", b"%PDF-1.7 text").await;
        assert_eq!(made["userErrors"], json!([]), "{made}");
        let file = &made["attachment"];
        assert_eq!(
            (&file["name"], &file["mediaType"], &file["size"]),
            (&json!("公告.pdf"), &json!("application/pdf"), &json!(13))
        );
        assert_eq!(made["position"], (position + 1).to_string());
        // Equal bytes are another file, and nobody learns that they were there.
        let again = desk.upload("再次.pdf", b"%PDF-1.7 text").await;
        assert_ne!(again["attachment"]["id"], file["id"]);
        assert_eq!(again["attachment"]["name"], "再次.pdf");
        // Without a name it is called as it was sent.
        let unnamed = form(UPLOAD, &json!({"file": null}), "sent.txt", b"text");
        let unnamed = desk.send(&unnamed, &[]).await.json();
        assert_eq!(unnamed["data"]["uploadAttachment"]["attachment"]["name"], "sent.txt", "{unnamed}");
        // As JSON there is no file, whatever stands in its place.
        let input = json!({"input": {"file": "0", "name": "a.txt"}});
        let asked = desk.ask(&desk.token, UPLOAD, &input).await;
        assert_eq!(asked["data"]["uploadAttachment"]["userErrors"][0]["code"], "REQUIRED", "{asked}");
        let left = World::uploads(&desk.staff.town.world.url).folder.join("passing");
        assert_eq!(std::fs::read_dir(left).expect("the spool").count(), 0, "nothing is left behind");
        desk.door.close().await;
    });
}

#[test]
fn only_one_upload_in_the_right_form_is_taken() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let input = json!({"input": {"file": null, "name": "a.txt"}});
        let question = || operations(UPLOAD, &input);
        let file = || part("0", Some("a.txt"), b"text");
        let two = br#"{"0": ["variables.input.file"], "1": ["variables.input.other"]}"#;
        let other = "mutation($input: UploadAttachmentInput!) { a: uploadAttachment(input: $input) { position } \
                     b: uploadAttachment(input: $input) { position } }";
        let query = "query($input: String) { position }";
        let out = "mutation($input: SignOutInput!) { signOut(input: $input) { position } }";
        let named = |name: &str| json!({"input": {"file": null, "name": name}});
        for (what, sent, expected) in [
            ("the file first", body(&[file(), question(), map()]), (400, "BAD_REQUEST")),
            ("the map first", body(&[map(), question(), file()]), (400, "BAD_REQUEST")),
            ("no map", body(&[question(), file()]), (400, "BAD_REQUEST")),
            ("no file", body(&[question(), map()]), (400, "BAD_REQUEST")),
            ("nothing", body(&[]), (400, "BAD_REQUEST")),
            ("no end", [question(), map(), file()].concat(), (400, "BAD_REQUEST")),
            ("another file", body(&[question(), map(), part("1", Some("a.txt"), b"text")]), (400, "BAD_REQUEST")),
            ("two files", body(&[question(), map(), file(), file()]), (400, "LIMIT_EXCEEDED")),
            ("two files in the map", body(&[question(), part("map", None, two), file()]), (400, "LIMIT_EXCEEDED")),
            ("an empty map", body(&[question(), part("map", None, b"{}"), file()]), (400, "BAD_REQUEST")),
            (
                "a place that is no null",
                body(&[question(), part("map", None, br#"{"0": ["variables.input.name"]}"#), file()]),
                (400, "BAD_REQUEST"),
            ),
            ("a batch", body(&[part("operations", None, b"[]"), map(), file()]), (400, "BAD_REQUEST")),
            (
                "a long question",
                body(&[operations(UPLOAD, &named(&"x".repeat(140_000))), map(), file()]),
                (413, "LIMIT_EXCEEDED"),
            ),
            ("twice", body(&[operations(other, &input), map(), file()]), (400, "BAD_REQUEST")),
            (
                "a query",
                body(&[
                    operations(query, &json!({"input": null})),
                    part("map", None, br#"{"0": ["variables.input"]}"#),
                    file(),
                ]),
                (200, "GRAPHQL_VALIDATION_FAILED"),
            ),
            (
                "another deed",
                body(&[operations(out, &json!({"input": {"file": null}})), map(), file()]),
                (200, "BAD_USER_INPUT"),
            ),
            ("too large", form(UPLOAD, &input["input"], "a.txt", &vec![b'a'; (20 << 20) + 1]), (413, "LIMIT_EXCEEDED")),
        ] {
            let answer = desk.send(&sent, &[]).await;
            assert_eq!(code(&answer), (expected.0, expected.1.to_owned()), "{what}: {}", answer.text());
            assert!(answer.json().get("data").is_none(), "{what}");
        }
        assert_eq!(desk.staff.town.world.count("select count(*) from attachment").await, 0);
        let full = form(UPLOAD, &input["input"], "a.txt", &vec![b'a'; 20 << 20]);
        let answer = desk.send(&full, &[]).await.json();
        assert_eq!(answer["data"]["uploadAttachment"]["attachment"]["size"], 20 << 20, "{answer}");
        desk.door.close().await;
    });
}

#[test]
fn what_a_file_is_must_be_what_its_name_says() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let bomb = {
            let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec();
            png.extend([0; 64]);
            png
        };
        for (name, bytes, expected) in [
            ("a.png", b"%PDF-1.7".as_slice(), ("INVALID", "file")),
            ("a.pdf", b"<!doctype html><script>", ("INVALID", "file")),
            ("a.txt", b"MZ\x90\0", ("INVALID", "file")),
            ("a.svg", b"<svg/>", ("INVALID", "file")),
            ("a.html", b"text", ("INVALID", "file")),
            ("a.png", b"\x89PNG\r\n\x1a\n broken", ("INVALID", "file")),
            ("a.png", &bomb, ("INVALID", "file")),
            ("a.txt", b"", ("REQUIRED", "file")),
            (" ", b"text", ("REQUIRED", "name")),
        ] {
            let refused = desk.upload(name, bytes).await;
            let error = &refused["userErrors"][0];
            assert_eq!(
                (error["code"].as_str(), error["path"][0].as_str()),
                (Some(expected.0), Some(expected.1)),
                "{name}: {refused}"
            );
            assert_eq!(refused["attachment"], json!(null));
        }
        let refused = desk.upload("a.png", b"%PDF-1.7").await;
        assert!(refused["userErrors"][0]["hint"].as_str().is_some_and(|hint| hint.contains("另存")), "{refused}");
        assert_eq!(desk.upload("a.csv", b"a,b").await["attachment"]["mediaType"], "text/csv");
        desk.door.close().await;
    });
}

#[test]
fn an_account_may_upload_so_much_and_a_deed_is_done_once() {
    on_both(async |engine| {
        let mut desk = Desk::on(engine).await;
        let world = &desk.staff.town.world;
        let mut uploads = World::uploads(&world.url);
        uploads.quota_bytes = 10;
        let library = World::node_with(&world.url, files_in(&world.files), world.clock.clone(), uploads).await;
        let small = Door::of(server::App::new(library)).await;
        let wide = std::mem::replace(&mut desk.door, small);

        let eight = form(UPLOAD, &json!({"file": null, "name": "a.txt"}), "a.txt", b"12345678");
        let once = [("Idempotency-Key", "one")];
        let first = desk.send(&eight, &once).await.json();
        assert_eq!(first["data"]["uploadAttachment"]["userErrors"], json!([]), "{first}");
        // The room is taken now, and the same deed is answered again.
        assert_eq!(
            desk.send(&eight, &once).await.json()["data"]["uploadAttachment"]["attachment"]["id"],
            first["data"]["uploadAttachment"]["attachment"]["id"]
        );
        let other = form(UPLOAD, &json!({"file": null, "name": "a.txt"}), "a.txt", b"1");
        let other = desk.send(&other, &once).await.json();
        assert_eq!(other["data"]["uploadAttachment"]["userErrors"][0]["code"], "IDEMPOTENCY_MISMATCH", "{other}");
        // Equal bytes count as any.
        let refused = desk.upload("b.txt", b"12345678").await;
        assert_eq!(refused["userErrors"][0]["code"], "TOO_LONG", "{refused}");
        assert_eq!(desk.upload("c.txt", b"12").await["userErrors"], json!([]));
        assert_eq!(desk.upload("d.txt", b"1").await["userErrors"][0]["code"], "TOO_LONG");
        desk.door.close().await;
        wide.close().await;
    });
}

#[test]
fn an_upload_that_stalls_is_given_up_and_leaves_nothing() {
    on_both(async |engine| {
        let mut desk = Desk::on(engine).await;
        let settings = server::http::Settings {
            body_timeout: Duration::from_millis(700),
            uploads_at_once: 1,
            ..server::http::Settings::default()
        };
        let patient = std::mem::replace(&mut desk.door, Door::with(&desk.staff.town.world, settings).await);
        let whole = form(UPLOAD, &json!({"file": null, "name": "a.txt"}), "a.txt", &[b'a'; 50_000]);
        let begun = |bytes: &[u8]| {
            let head = format!(
                "POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
                 GraphQL-Require-Preflight: 1\r\n{}: {}\r\nContent-Length: {}\r\n\r\n",
                desk.token,
                TYPE.0,
                TYPE.1,
                whole.len()
            );
            head + std::str::from_utf8(bytes).expect("text")
        };
        let folder = World::uploads(&desk.staff.town.world.url).folder.join("passing");
        let passing = || std::fs::read_dir(&folder).map_or(0, |entries| entries.count());
        for part in [10, 300, 20_000] {
            let stalled = desk.door.begin(&begun(&whole[..part])).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            assert_eq!(passing(), usize::from(part > 1000), "a file lies there while it comes");
            // There is one place, and it is taken.
            let full = desk.send(&whole, &[]).await;
            assert_eq!(code(&full), (503, "OVERLOADED".to_owned()));
            let answer = rest(stalled).await;
            assert_eq!(code(&answer), (408, "TIMEOUT".to_owned()), "after {part} bytes");
            assert_eq!(passing(), 0, "after {part} bytes");
        }
        // Who hangs up leaves nothing, either, and its place is free at once.
        let until = async |lying: usize| {
            for _ in 0..200 {
                if passing() == lying {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            panic!("not {lying} files lie there");
        };
        let hangs_up = desk.door.begin(&begun(&whole[..20_000])).await;
        until(1).await;
        drop(hangs_up);
        until(0).await;
        assert_eq!(desk.upload("a.txt", b"text").await["userErrors"], json!([]));
        desk.door.close().await;
        patient.close().await;
    });
}
