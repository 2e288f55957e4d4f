//! What is not public is seen by its uploader and by who may edit what uses it, by addresses that expire.

use library::Instant;
use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Desk, path};
use crate::door::shown::{fresh_picture, with_file};

const NODE: &str = "query($id: ID!) { node(id: $id) { id ... on Attachment { url downloadUrl renditions { preset url mediaType } } } }";

#[test]
fn a_signed_address_shows_one_file_for_ten_minutes() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let picture = fresh_picture(&desk.staff.town).await;
        let file = desk.upload("图.png", &picture).await["attachment"].clone();
        let other = desk.upload("b.txt", b"text").await["attachment"].clone();
        let url = path(&file["url"]);
        let shown = desk.door.get(url, &[]).await;
        assert_eq!((shown.status, shown.header("cache-control")), (200, "private, no-store"));
        assert!(shown.body == picture, "other bytes");
        let saved = desk.door.get(path(&file["downloadUrl"]), &[]).await;
        assert!(saved.header("content-disposition").starts_with("attachment"), "{}", file["downloadUrl"]);
        let renditions = file["renditions"].as_array().expect("renditions");
        assert_eq!(renditions.len(), 8);
        for rendition in renditions {
            let made = desk.door.get(path(&rendition["url"]), &[]).await;
            assert_eq!(
                (made.status, made.header("content-type")),
                (200, rendition["mediaType"].as_str().expect("a type"))
            );
            assert_eq!(made.header("cache-control"), "private, no-store");
        }

        let (bare, proof) = url.split_once('?').expect("a query");
        let expires =
            proof.split_once('&').expect("two").0.trim_start_matches("expires=").parse::<i64>().expect("a time");
        let others = path(&other["url"]).split_once('?').expect("a query").1;
        let small = path(&renditions[0]["url"]);
        for wrong in [
            bare.to_owned(),
            format!("{bare}?{others}"),
            format!("{bare}?{}", small.split_once('?').expect("a query").1),
            format!("{}?{proof}", small.split_once('?').expect("a query").0),
            url.replace(&format!("expires={expires}"), &format!("expires={}", expires + 1)),
            url.replace("signature=", "signature=A"),
            format!("{bare}?signature="),
            format!("{bare}?expires={expires}"),
            format!("{bare}?signature=x&expires=x"),
        ] {
            let answer = desk.door.get(&wrong, &[]).await;
            assert_eq!((answer.status, super::code(&answer).1.as_str()), (404, "NOT_FOUND"), "{wrong}");
        }

        // A key that was replaced still proves what it signed.
        let library = desk.staff.library().clone();
        library.rotate_signing_key(&desk.staff.town.editor()).await.expect("rotated");
        assert_eq!(desk.door.get(url, &[]).await.status, 200);
        let clock = &desk.staff.town.world.clock;
        clock.set(Instant(expires * 1_000_000 - 1_000_000));
        assert_eq!(desk.door.get(url, &[]).await.status, 200);
        clock.set(Instant(expires * 1_000_000));
        assert_eq!(desk.door.get(url, &[]).await.status, 404);
        desk.door.close().await;
    });
}

#[test]
fn who_may_not_see_a_file_gets_no_address() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let staff = &desk.staff;
        staff.account("near", Some((Role::Editor, GrantScope::Site(staff.town.site)))).await;
        staff.account("far", Some((Role::Editor, GrantScope::Column(staff.town.policies)))).await;
        let (near, far) = (staff.sign_in("near").await.access.0, staff.sign_in("far").await.access.0);
        let file = desk.upload("a.txt", b"text").await["attachment"].clone();
        let input = json!({"id": file["id"]});
        let seen = async |token: &str| desk.ask(token, NODE, &input).await["data"]["node"].clone();
        assert_eq!(seen(&desk.token).await["id"], file["id"]);
        for token in [&near, &far] {
            assert_eq!(seen(token).await, Json::Null);
        }
        let nobody = desk.door.ask(NODE, &input, &[]).await;
        assert_eq!(
            (nobody.json()["data"]["node"].clone(), nobody.header("cache-control")),
            (Json::Null, "private, no-store")
        );

        let id = file["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let content = staff.town.draft(with_file(staff.town.article("甲"), id)).await;
        let shown = seen(&near).await;
        assert_eq!(desk.door.get(path(&shown["url"]), &[]).await.status, 200);
        assert_eq!(seen(&far).await, Json::Null, "it edits nothing that uses the file");

        staff.town.publish_newest(content).await;
        let public = desk.door.ask(NODE, &input, &[]).await.json()["data"]["node"]["url"].clone();
        assert!(public.as_str().is_some_and(|url| !url.contains("signature")), "{public}");
        assert_eq!(desk.door.get(path(&public), &[]).await.status, 200);
        desk.door.close().await;
    });
}

#[test]
fn addresses_in_a_body_are_signed_for_who_may_see_it() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let file = desk.upload("a.txt", b"text").await["attachment"].clone();
        let library = desk.staff.library();
        let bare = file["url"].as_str().and_then(|url| url.split('?').next()).expect("an address");
        let html =
            format!("<p><img src=\"{bare}\"> <a href=\"{bare}\">正文</a> <a href=\"https://x.cn/files/a\">b</a></p>");
        let signed = library.sign_html(&html, library.signed_until());
        let addresses: Vec<&str> = signed.split('"').filter(|part| part.contains("signature=")).collect();
        assert_eq!(addresses.len(), 2, "{signed}");
        for address in addresses {
            let address = address.replace("&amp;", "&");
            assert_eq!(desk.door.get(path(&json!(address)), &[]).await.status, 200, "{address}");
        }
        assert!(signed.contains("\"https://x.cn/files/a\"") && signed.ends_with("</p>"));
        assert_eq!(library.sign_html("<p>正文</p>", library.signed_until()), "<p>正文</p>");
        desk.door.close().await;
    });
}
