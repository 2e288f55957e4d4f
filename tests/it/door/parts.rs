//! Parts of files, tags and names in addresses, by RFC 9110.

use library::attachment::Upload;
use tests::{World, on_both};

use super::files::{files, of_type, path};
use super::http::{Answer, Door};
use super::refused;
use crate::town::Town;

fn says_how_it_may_be_used(answer: &Answer) {
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("cache-control"), "public, no-cache");
}

#[test]
fn a_part_of_a_file_is_those_bytes_of_it() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let target = path(&of_type(&files, "application/pdf").1["url"]);
        let whole = door.get(target, &[]).await;
        let (size, tag) = (whole.body.len(), whole.header("etag").to_owned());
        says_how_it_may_be_used(&whole);
        assert_eq!(whole.header("content-length"), size.to_string());
        for (range, from, to) in [
            ("bytes=0-0".to_owned(), 0, 1),
            ("bytes=5-99".to_owned(), 5, 100),
            (format!("bytes=10-{}", size * 2), 10, size),
            (format!("bytes={}-", size - 3), size - 3, size),
            ("bytes=-7".to_owned(), size - 7, size),
            (format!("bytes=-{}", size * 2), 0, size),
        ] {
            let part = door.get(target, &[("Range", &range), ("If-Range", &tag)]).await;
            assert_eq!(part.status, 206, "{range}");
            assert!(part.body == whole.body[from..to], "{range}");
            assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{size}", to - 1));
            assert_eq!(part.header("content-length"), (to - from).to_string());
            assert_eq!((part.header("etag"), part.header("content-type")), (&*tag, "application/pdf"));
            says_how_it_may_be_used(&part);
        }
        for range in [format!("bytes={size}-"), format!("bytes={size}-{}", size + 9), "bytes=-0".to_owned()] {
            let beyond = door.get(target, &[("Range", &range)]).await;
            refused(&beyond, 416, "RANGE_NOT_SATISFIABLE");
            assert_eq!(beyond.header("content-range"), format!("bytes */{size}"), "{range}");
        }
        for range in ["bytes=0-1,4-5", "bytes=9-3", "bytes=x", "lines=0-1", "bytes=0-1, 99999999-"] {
            let answer = door.get(target, &[("Range", range)]).await;
            assert_eq!((answer.status, answer.body.len(), answer.header("content-range")), (200, size, ""), "{range}");
        }
        for other in ["\"other\"", &format!("W/{tag}"), "Sat, 31 Oct 2026 10:00:00 GMT"] {
            let answer = door.get(target, &[("Range", "bytes=0-1"), ("If-Range", other)]).await;
            assert_eq!((answer.status, answer.body.len()), (200, size), "{other}");
        }
        door.close().await;
    });
}

#[test]
fn the_head_of_a_file_promises_what_is_sent() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let (_, picture) = of_type(&files, "image/png");
        let targets = [path(&picture["url"]), path(&picture["renditions"][0]["url"])];
        for target in targets {
            let whole = door.get(target, &[("Accept-Encoding", "gzip, br, zstd")]).await;
            assert_eq!(whole.header("content-encoding"), "", "a tag and a range mean these very bytes");
            for headers in [&[][..], &[("Range", "bytes=0-1")]] {
                let head = door.send("HEAD", target, headers, b"").await;
                assert_eq!((head.status, head.body.len()), (200, 0));
                for name in ["content-length", "content-type", "etag", "content-disposition"] {
                    assert!(!head.header(name).is_empty(), "{name}");
                    assert_eq!(head.header(name), whole.header(name), "{name}");
                }
                says_how_it_may_be_used(&head);
            }
            let known = door.send("HEAD", target, &[("If-None-Match", whole.header("etag"))], b"").await;
            assert_eq!(known.status, 304);
            let expected = door.get(target, &[("If-Match", whole.header("etag"))]).await;
            assert_eq!(expected.status, 200);
            for other in ["\"other\"", &format!("W/{}", whole.header("etag"))] {
                refused(&door.get(target, &[("If-Match", other)]).await, 412, "PRECONDITION_FAILED");
            }
        }
        let target = targets[0];
        refused(&door.send("POST", target, &[("Content-Type", "text/plain")], b"x").await, 405, "METHOD_NOT_ALLOWED");
        refused(&door.send("DELETE", target, &[], b"").await, 405, "METHOD_NOT_ALLOWED");
        door.close().await;
    });
}

#[test]
fn no_address_leads_out_of_the_files() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let id = of_type(&files, "image/png").1["id"].as_str().expect("an id");
        let long = "a".repeat(2000);
        for target in [
            format!("/files/{id}/.."),
            format!("/files/{id}/."),
            format!("/files/{id}/%2e%2e"),
            format!("/files/{id}/..%2f..%2f..%2fetc%2fpasswd"),
            format!("/files/{id}/..%5c..%5cwindows%5cwin.ini"),
            format!("/files/{id}/a%00.png"),
            format!("/files/{id}/a%0d%0aSet-Cookie:x=1"),
            format!("/files/{id}/%ff.png"),
            format!("/files/{id}/%c0%ae%c0%ae"),
            format!("/files/{id}/{long}"),
            format!("/files/{id}/"),
            format!("/files/{id}/thumbnail/..%2fa"),
            format!("/files/{id}/thumbnail/"),
            format!("/files/{id}/thumbnail/a/b"),
            format!("/files/{id}/..%2fthumbnail/a.png"),
            format!("/files/{id}/%ff/a.png"),
            format!("/files/{id}/THUMBNAIL/a.png"),
            format!("/files/{id}%00/a.png"),
            format!("/files/{id}%2fthumbnail/a.png"),
            format!("/files/{long}/a.png"),
            "/files/%ff/a.png".to_owned(),
            "/files/..%2f..%2foriginal/a.png".to_owned(),
            "/files/../../../etc/passwd".to_owned(),
            "/files/original/aa/bb".to_owned(),
            "/files/".to_owned(),
            "/files//a.png".to_owned(),
            "/files".to_owned(),
        ] {
            refused(&door.get(&target, &[]).await, 404, "NOT_FOUND");
        }
        door.close().await;
    });
}

#[test]
fn a_large_file_is_sent_piece_by_piece() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        // A film of 24 MB in which every place says where it is.
        let mut film = b"\0\0\0\x20ftypisom".to_vec();
        while film.len() < 24 << 20 {
            film.extend_from_slice(&u32::try_from(film.len()).expect("short").to_be_bytes());
        }
        let upload = Upload { name: "宣传片.mp4".to_owned(), alt: None, bytes: film.clone().into() };
        let uploaded = town.library().upload_attachment(&town.editor(), upload).await.expect("a file");
        town.publish(super::shown::with_file(town.article("宣传"), uploaded.id)).await;
        let target = format!("/files{}", uploaded.path());
        let whole = door.get(&target, &[]).await;
        assert!(whole.body == film, "all of it");
        assert_eq!(whole.header("content-type"), "video/mp4");
        assert!(whole.header("content-disposition").starts_with("inline"));
        let middle = door.get(&target, &[("Range", "bytes=20000000-20000099")]).await;
        assert!(middle.status == 206 && middle.body == film[20_000_000..20_000_100]);
        for _ in 0..20 {
            // Who leaves in the middle leaves nothing behind that hinders the next.
            door.leave(&target).await;
        }
        assert_eq!(door.get(&target, &[("Range", "bytes=-4")]).await.body, film[film.len() - 4..]);
        door.close().await;
    });
}
