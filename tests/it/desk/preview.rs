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

const LISTS: &str = "query($column: ID!, $tag: ID!, $first: Int, $after: String) { column(by: {id: $column}) { placements(first: $first, after: $after) { \
    nodes { id title url column { path } content { title state } } pageInfo { hasNextPage endCursor } } \
    last: placements(last: 1) { nodes { title } } offset: placements(first: 2, offset: 1) { nodes { title } } } \
    tagged: contents(filter: {allTags: [$tag]}, first: 10) { nodes { title } } \
    edited: contents(first: 10, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { title } } \
    tag(by: {id: $tag}) { byKind(first: 5) { kind contents { title } } } site(by: {code: \"town\"}) { placements(first: 10) { nodes { title } } } }";

fn titles(nodes: &Json) -> Vec<&str> {
    let nodes = nodes["nodes"].as_array().or(nodes.as_array()).expect("nodes");
    nodes.iter().map(|node| node["title"].as_str().expect("a title")).collect()
}

#[test]
fn a_preview_link_shows_its_revision_in_lists_where_it_would_stand() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let mut live = Vec::new();
        for (title, day) in [("一", "2026-11-01 08:00"), ("二", "2026-11-01 09:00"), ("三", "2026-11-01 10:00")] {
            town.world.clock.set(at(day));
            live.push(room.published(title).await.to_string());
        }
        town.world.clock.set(at("2026-11-01 11:00"));
        let door = Door::open(&town.world).await;
        let lists = async |token: Option<&str>, page: Json| {
            let mut variables = json!({"column": town.news.to_string(), "tag": room.tag.to_string()});
            variables.as_object_mut().expect("an object").extend(page.as_object().expect("an object").clone());
            let headers: Vec<_> = token.iter().map(|token| ("Jiyue-Preview", *token)).collect();
            let json = door.ask(LISTS, &variables, &headers).await.json();
            assert!(json.get("errors").is_none(), "{json}");
            json["data"].clone()
        };
        let linked = async |id: &str, revision: i64| {
            let link = json!({"id": id, "revision": revision, "site": town.site.to_string()});
            let made = room.done(room.first, "previewLink", link, "token").await;
            made["token"].as_str().expect("a token").to_owned()
        };

        // What was never live stands first, as it would if it were published now.
        let draft = room.draft("待看的草稿").await;
        let token = linked(&draft, 1).await;
        let all = json!({"first": 10});
        let public = lists(None, all.clone()).await;
        assert_eq!(titles(&public["column"]["placements"]), ["三", "二", "一"]);
        let seen = lists(Some(&token), all.clone()).await;
        for list in [
            &seen["column"]["placements"],
            &seen["tagged"],
            &seen["edited"],
            &seen["tag"]["byKind"][0]["contents"],
            &seen["site"]["placements"],
        ] {
            assert_eq!(titles(list), ["待看的草稿", "三", "二", "一"]);
        }
        let first = &seen["column"]["placements"]["nodes"][0];
        assert_eq!((&first["content"]["state"], &first["column"]["path"]), (&json!("DRAFT"), &json!("/news")));
        assert_eq!(titles(&seen["column"]["last"]), ["一"]);
        // Page by page, nothing is left out and nothing comes twice.
        let (mut walked, mut after) = (Vec::new(), Json::Null);
        loop {
            let page = lists(Some(&token), json!({"first": 1, "after": after})).await["column"]["placements"].clone();
            walked.extend(titles(&page).into_iter().map(str::to_owned));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(walked, ["待看的草稿", "三", "二", "一"]);
        assert_eq!(lists(None, all.clone()).await, public, "the public sees nothing of it");

        // What is corrected stands where it stood, and where it is not any more it does not stand.
        let edit = json!({"id": live[1], "expectedRevision": 1, "content": {"title": "二（更正）"}});
        room.done(room.editor, "editContent", edit, "").await;
        let token = linked(&live[1], 2).await;
        let seen = lists(Some(&token), all.clone()).await;
        assert_eq!(titles(&seen["column"]["placements"]), ["三", "二（更正）", "一"]);
        assert_eq!(titles(&seen["column"]["offset"]), ["二（更正）", "一"]);
        assert_eq!(titles(&seen["tagged"]), ["三", "二（更正）", "一"]);
        assert_eq!(titles(&seen["edited"]), ["二（更正）", "三", "一"], "the newest change");
        let edit = json!({"id": live[1], "expectedRevision": 2, "content": {"tags": []}});
        room.done(room.editor, "editContent", edit, "").await;
        let token = linked(&live[1], 3).await;
        let seen = lists(Some(&token), all.clone()).await;
        assert_eq!(titles(&seen["tagged"]), ["三", "一"]);
        assert_eq!(titles(&seen["tag"]["byKind"][0]["contents"]), ["三", "一"]);
        assert_eq!(titles(&seen["column"]["placements"]), ["三", "二（更正）", "一"]);
        let page = lists(Some(&token), json!({"first": 2})).await["column"]["placements"].clone();
        assert_eq!((titles(&page), &page["pageInfo"]["hasNextPage"]), (vec!["三", "二（更正）"], &json!(true)));
        door.close().await;
    });
}

#[test]
fn what_is_live_is_not_moved_to_where_more_levels_of_review_are_demanded() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let library = town.library();
        let strict = library::column::CreateColumn {
            site: town.site,
            path: "/strict".to_owned(),
            fields: library::column::ColumnFields {
                review: Some(library::column::ReviewPolicy { levels: 3, exempt_sources: Vec::new() }),
                ..crate::town::column_fields("严审")
            },
        };
        let (strict, _) = library.create_column(&town.editor(), strict).await.expect("a column");
        let live = room.published("已审一级").await;
        let input = json!({"id": live.to_string(), "column": strict.to_string(), "expectedRevision": 1});
        let refused = room.act(room.publisher, "moveContent", input.clone(), "").await;
        let error = &refused["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!("GATE_REFUSED"), &json!(["column"])), "{refused}");
        room.demand(3, &[]).await;
        room.done(room.publisher, "moveContent", input, "").await;
    });
}
