//! Preview links and the editorial audience, at the door.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::Newsroom;
use crate::accounts::PASSWORD;
use crate::door::http::{Answer, Door};
use crate::town::at;

const PAGE: &str = "query($site: String!, $path: String!, $id: ID!) { resolve(site: {code: $site}, path: $path) { __typename \
    ... on Page { content { title state body { html } tags { name } } } } content(by: {id: $id}) { title } node(id: $id) { id } }";

async fn bearer(door: &Door, name: &str) -> String {
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }";
    let answer = door.ask(query, &json!({"input": {"name": name, "password": PASSWORD}}), &[]).await.json();
    format!("Bearer {}", answer["data"]["signIn"]["accessToken"].as_str().expect("a token"))
}

fn title(answer: &Answer) -> Json {
    let json = answer.json();
    assert!(json.get("errors").is_none(), "{json}");
    json["data"]["content"]["title"].clone()
}

#[test]
fn a_preview_link_shows_one_revision_in_its_place_and_nothing_else() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let (id, other) = (room.draft("待看的草稿").await, room.draft("别的草稿").await);
        let link = json!({"id": id, "revision": 1, "site": town.site.to_string(), "expiresAt": "2026-11-02T00:00:00Z"});
        let made = room.done(room.first, "previewLink", link, "link url token expiresAt").await;
        let (url, token) = (made["url"].as_str().expect("an address"), made["token"].as_str().expect("a token"));
        let path = url.strip_prefix("https://town.example").and_then(|rest| rest.split_once('?')).expect("a path");
        assert_eq!(path.1, format!("preview={token}"));
        let kept = town.world.count("select count(*) from preview_link where digest like 'jiyue%'").await;
        assert_eq!(kept, 0, "the token itself is kept nowhere");

        let door = Door::open(&town.world).await;
        let page = json!({"site": "town", "path": path.0, "id": id});
        let preview = [("Jiyue-Preview", token)];
        let shown = door.ask(PAGE, &page, &preview).await;
        assert_eq!(shown.header("cache-control"), "private, no-store");
        let content = &shown.json()["data"]["resolve"]["content"];
        let expected = json!({"title": "待看的草稿", "state": "DRAFT", "body": {"html": "<p>待看的草稿的正文</p>"}, "tags": [{"name": "住房"}]});
        assert_eq!(content, &expected);
        assert_eq!(title(&shown), "待看的草稿");
        // Nothing but that: neither another draft, nor the desk, nor anything without the token.
        let elsewhere = json!({"site": "town", "path": path.0, "id": other});
        assert_eq!(title(&door.ask(PAGE, &elsewhere, &preview).await), Json::Null);
        let desk =
            door.ask("{ desk { counts { drafts } } viewer { account { name } } }", &json!({}), &preview).await.json();
        assert_eq!(desk["data"], json!({"desk": null, "viewer": null}));
        let bare = door.ask(PAGE, &page, &[]).await;
        assert_eq!((title(&bare), &bare.json()["data"]["resolve"]), (Json::Null, &Json::Null));

        // It stays with its revision, whatever is saved after it.
        let edit = json!({"id": id, "expectedRevision": 1, "content": {"title": "后来的版本"}});
        room.done(room.editor, "editContent", edit, "").await;
        assert_eq!(title(&door.ask(PAGE, &page, &preview).await), "待看的草稿");

        // Mistyped, revoked and expired are all the same.
        let refused = async |token: &str| {
            let answer = door.ask(PAGE, &page, &[("Jiyue-Preview", token)]).await;
            let json = answer.json();
            assert_eq!(
                (answer.status, &json["errors"][0]["extensions"]["code"]),
                (401, &json!("UNAUTHENTICATED")),
                "{json}"
            );
            json["errors"][0]["message"].clone()
        };
        let mistyped = refused(&format!("{token}x")).await;
        let second = json!({"id": id, "revision": 2, "site": town.site.to_string()});
        let second = room.done(room.editor, "previewLink", second, "link token").await;
        let revoke = json!({"link": second["link"]});
        assert_eq!(room.done(room.editor, "revokePreview", revoke, "revoked").await["revoked"], 1);
        assert_eq!(refused(second["token"].as_str().expect("a token")).await, mistyped);
        town.world.clock.set(at("2026-11-02 08:00"));
        assert_eq!(refused(token).await, mistyped);
        door.close().await;
    });
}

#[test]
fn the_editorial_audience_overlays_what_its_editor_works_on() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let live = room.published("已发布的标题").await.to_string();
        let edit = json!({"id": live, "expectedRevision": 1, "content": {"title": "修改中的标题"}});
        room.done(room.editor, "editContent", edit, "").await;
        let door = Door::open(&town.world).await;
        let variables = json!({"site": "town", "path": "/news", "id": live});
        let (editor, stranger) = (bearer(&door, "editor").await, bearer(&door, "stranger").await);
        let editorial = ("Jiyue-Audience", "editorial");
        let seen = door.ask(PAGE, &variables, &[("Authorization", &editor), editorial]).await;
        assert_eq!((title(&seen), seen.header("cache-control")), (json!("修改中的标题"), "private, no-store"));
        // Public by default, even with a token; and never for who has no role over it.
        assert_eq!(title(&door.ask(PAGE, &variables, &[("Authorization", &editor)]).await), "已发布的标题");
        assert_eq!(
            title(&door.ask(PAGE, &variables, &[("Authorization", &stranger), editorial]).await),
            "已发布的标题"
        );
        let nobody = door.ask(PAGE, &variables, &[editorial]).await;
        assert_eq!(nobody.status, 401);
        assert_eq!(door.ask(PAGE, &variables, &[("Jiyue-Audience", "everything")]).await.status, 400);
        // Lists are those of the public.
        let list = "query($id: ID!) { column(by: {id: $id}) { placements(first: 5) { nodes { title content { title body { html } } } } } }";
        let listed = door
            .ask(list, &json!({"id": town.news.to_string()}), &[("Authorization", &editor), editorial])
            .await
            .json();
        assert_eq!(listed["data"]["column"]["placements"]["nodes"][0]["title"], "已发布的标题");
        door.close().await;
    });
}
