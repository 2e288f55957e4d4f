//! `/files`: originals and renditions as browsers fetch them, for as long as something public shows them.

use library::id::{AttachmentId, ContentId};
use serde_json::{Value as Json, json};
use tests::{World, on_both};

use super::http::Door;
use super::refused;

const FILES: &str = "query Files($after: String) { contents(first: 50, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { id cover { ...F } attachments { ...F } } } }
fragment F on Attachment { id name url downloadUrl mediaType size sha256 width height
  renditions { preset url width height mediaType } }";

/// Every file of every content, with the id of the content.
pub async fn files(world: &World) -> Vec<(String, Json)> {
    let (mut files, mut after) = (Vec::new(), Json::Null);
    loop {
        let data = world.data(FILES, &json!({ "after": after })).await;
        for node in data["contents"]["nodes"].as_array().expect("nodes") {
            let all = node["attachments"].as_array().expect("attachments").iter().chain([&node["cover"]]);
            let id = node["id"].as_str().expect("an id");
            files.extend(all.filter(|file| !file.is_null()).map(|file| (id.to_owned(), file.clone())));
        }
        let page = &data["contents"]["pageInfo"];
        if page["hasNextPage"] == false {
            return files;
        }
        after = page["endCursor"].clone();
    }
}

/// The path of an address on this server.
pub fn path(url: &Json) -> &str {
    url.as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:8080")).expect("an address of this server")
}

pub fn of_type<'f>(files: &'f [(String, Json)], media_type: &str) -> &'f (String, Json) {
    let is = |file: &&(String, Json)| file.1["mediaType"].as_str().is_some_and(|known| known.starts_with(media_type));
    files.iter().find(is).unwrap_or_else(|| panic!("the city has no {media_type}"))
}

#[test]
fn every_file_of_the_city_is_served_as_it_was_uploaded() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        assert!(files.len() > 20, "{}", files.len());
        for (_, file) in &files {
            let answer = door.get(path(&file["url"]), &[]).await;
            let sha256 = file["sha256"].as_str().expect("a hash");
            let kept = world.files.join("original").join(&sha256[..2]).join(sha256);
            assert_eq!(answer.status, 200, "{file}");
            assert!(answer.body == std::fs::read(kept).expect("the kept bytes"), "other bytes: {file}");
            assert_eq!(file["size"], answer.body.len());
            assert_eq!(answer.header("content-type"), file["mediaType"].as_str().unwrap_or_default());
            assert_eq!(answer.header("etag"), format!("\"{sha256}\""));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
            assert!(answer.header("cache-control").contains("no-cache"), "who keeps it asks again");
        }
        door.close().await;
    });
}

#[test]
fn only_what_is_safe_to_show_is_shown() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        for (media_type, magic, word) in [
            ("image/png", b"\x89PNG\r\n\x1a\n".as_slice(), "inline"),
            ("application/pdf", b"%PDF-", "inline"),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml", b"PK\x03\x04", "attachment"),
        ] {
            let (_, file) = of_type(&files, media_type);
            let shown = door.get(path(&file["url"]), &[]).await;
            assert!(shown.body.starts_with(magic), "{media_type}");
            let disposition = shown.header("content-disposition");
            assert!(disposition.starts_with(&format!("{word}; filename=\"")), "{media_type}: {disposition}");
            assert!(disposition.contains("; filename*=UTF-8''") && disposition.is_ascii(), "{disposition}");
            let saved = door.get(path(&file["downloadUrl"]), &[]).await;
            assert!(saved.header("content-disposition").starts_with("attachment; "), "{media_type}");
            assert_eq!(saved.body, shown.body);
        }
        door.close().await;
    });
}

#[test]
fn a_rendition_is_a_smaller_picture() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let (_, picture) = of_type(&files, "image/png");
        let renditions = picture["renditions"].as_array().expect("renditions");
        assert_eq!(renditions.len(), 8);
        for rendition in renditions {
            let target = path(&rendition["url"]);
            let made = door.get(target, &[]).await;
            let kind = rendition["mediaType"].as_str().expect("a media type");
            assert_eq!((made.status, made.header("content-type")), (200, kind), "{target}");
            let (width, height) = match kind {
                "image/jpeg" => jpeg_size(&made.body).expect("a JPEG"),
                _ => webp_size(&made.body).expect("a WebP"),
            };
            assert_eq!((json!(width), json!(height)), (rendition["width"].clone(), rendition["height"].clone()));
            assert!(picture["width"].as_u64() >= Some(u64::from(width)), "never larger");
            assert_eq!(made.header("content-security-policy"), "sandbox; default-src 'none'");
            assert_eq!(made.header("x-content-type-options"), "nosniff");
            let again = door.get(target, &[]).await;
            assert_eq!((again.header("etag"), &again.body), (made.header("etag"), &made.body), "made once");
            assert!(!made.header("etag").contains(&format!("{}\"", picture["sha256"].as_str().expect("a hash"))));
            let known = door.get(target, &[("If-None-Match", made.header("etag"))]).await;
            assert_eq!((known.status, known.body.len()), (304, 0));
        }
        let tags: std::collections::BTreeSet<_> = renditions.iter().map(|r| r["url"].to_string()).collect();
        assert_eq!(tags.len(), 8);
        let of = |kind: &str| renditions.iter().filter(|r| r["mediaType"] == kind).count();
        assert_eq!((of("image/jpeg"), of("image/webp")), (4, 4));
        door.close().await;
    });
}

/// Width and height by the frame header of a WebP with loss (RFC 9649, RFC 6386 9.1).
fn webp_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let side = |at: usize| Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]) & 0x3fff);
    let is = bytes.starts_with(b"RIFF")
        && bytes.get(8..16) == Some(b"WEBPVP8 ")
        && bytes.get(23..26) == Some(&[0x9d, 1, 0x2a]);
    Some((side(26)?, side(28)?)).filter(|_| is)
}

/// Width and height by the frame header of a JPEG (ITU-T T.81, B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut at = bytes.starts_with(b"\xff\xd8").then_some(2)?;
    loop {
        let [0xff, marker, high, low] = *bytes.get(at..at + 4)? else { return None };
        if matches!(marker, 0xc0..=0xc2) {
            let [h1, h0, w1, w0] = *bytes.get(at + 5..at + 9)? else { return None };
            return Some((u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

#[test]
fn who_has_a_file_gets_no_second_copy() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let target = path(&of_type(&files, "application/pdf").1["url"]);
        let tag = door.get(target, &[]).await.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let answer = door.get(target, &[("If-None-Match", &known)]).await;
            assert_eq!((answer.status, answer.body.len()), (304, 0), "{known}");
            assert_eq!(answer.header("etag"), tag);
            assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
        }
        for other in ["\"other\"", "W/\"other\"", tag.trim_matches('"')] {
            let answer = door.get(target, &[("If-None-Match", other)]).await;
            assert_eq!(answer.status, 200, "{other}");
            assert!(answer.body.starts_with(b"%PDF-"));
        }
        door.close().await;
    });
}

#[test]
fn a_file_that_is_not_there_is_not_found() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let id = |media_type: &str| of_type(&files, media_type).1["id"].as_str().expect("an id").to_owned();
        let (pdf, picture) = (id("application/pdf"), id("image/png"));
        let content = &files[0].0;
        let nobody = AttachmentId(Default::default());
        for target in [
            format!("/files/{nobody}/a.pdf"),
            format!("/files/{content}/a.pdf"),
            "/files/x/a.pdf".to_owned(),
            "/files/..%2F..%2Fetc/passwd".to_owned(),
            format!("/files/{picture}/enormous/a.png"),
            format!("/files/{pdf}/thumbnail/a.pdf"),
            format!("/files/{pdf}"),
        ] {
            refused(&door.get(&target, &[]).await, 404, "NOT_FOUND");
        }
        assert_eq!(door.get(&format!("/files/{pdf}/any-name"), &[]).await.status, 200, "the id decides");
        door.close().await;
    });
}

#[test]
fn a_file_goes_with_the_content_that_shows_it() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let files = files(&world).await;
        let with_cover = &of_type(&files, "image/png").0;
        let with_file = &of_type(&files, "application/pdf").0;
        let (going, staying): (Vec<_>, Vec<_>) =
            files.iter().partition(|(content, _)| content == with_cover || content == with_file);
        let mut tags = Vec::new();
        for (_, file) in &going {
            let answer = door.get(path(&file["url"]), &[]).await;
            assert_eq!(answer.status, 200);
            tags.push(answer.header("etag").to_owned());
        }
        let picture = going.iter().find(|(_, file)| !file["width"].is_null()).expect("a picture");
        let small = path(&picture.1["renditions"][0]["url"]);
        assert_eq!(door.get(small, &[]).await.status, 200);

        for content in std::collections::BTreeSet::from([with_cover, with_file]) {
            let id: ContentId = content.parse().expect("an id");
            world.library.withdraw_content(&world.editor(), id, "内容有误", None).await.expect("withdrawn");
        }
        for ((_, file), tag) in going.iter().zip(&tags) {
            refused(&door.get(path(&file["url"]), &[]).await, 404, "NOT_FOUND");
            refused(&door.get(path(&file["url"]), &[("If-None-Match", tag)]).await, 404, "NOT_FOUND");
        }
        refused(&door.get(small, &[]).await, 404, "NOT_FOUND");
        let other = staying.first().expect("another file");
        assert_eq!(door.get(path(&other.1["url"]), &[]).await.status, 200, "the files of others stay");
        door.close().await;
    });
}
