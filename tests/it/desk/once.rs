//! `Idempotency-Key`: a deed is done once however often it is sent, and answers what it answered first.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::Newsroom;
use crate::accounts::PASSWORD;
use crate::door::http::Door;

const DRAFT: &str = "mutation($input: DraftContentInput!) { draftContent(input: $input) { content { id title } position \
    userErrors { code message } } }";

async fn token(door: &Door, name: &str) -> String {
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }";
    let answer = door.ask(query, &json!({"input": {"name": name, "password": PASSWORD}}), &[]).await.json();
    format!("Bearer {}", answer["data"]["signIn"]["accessToken"].as_str().expect("a token"))
}

async fn send(door: &Door, bearer: &str, key: &str, query: &str, variables: &Json) -> Json {
    let headers = [("Authorization", bearer), ("Idempotency-Key", key)];
    door.ask(query, variables, &headers).await.json()
}

#[test]
fn a_deed_that_is_sent_again_is_not_done_again() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let door = Door::open(&town.world).await;
        let (editor, colleague) = (token(&door, "editor").await, token(&door, "colleague").await);
        let input = |title: &str| json!({"input": {"kind": "ARTICLE", "column": town.news.to_string(), "content": {"title": title}}});
        let first = send(&door, &editor, "key-1", DRAFT, &input("只写一次")).await;
        assert_eq!(first["data"]["draftContent"]["userErrors"], json!([]), "{first}");
        let position = town.position().await;
        for _ in 0..3 {
            assert_eq!(send(&door, &editor, "key-1", DRAFT, &input("只写一次")).await, first);
        }
        assert_eq!(town.position().await, position);
        assert_eq!(town.world.count("select count(*) from working where title = '只写一次'").await, 1);
        // Another deed under the same key is no repeat, another account's key is another key.
        let other = send(&door, &editor, "key-1", DRAFT, &input("换了内容")).await;
        assert_eq!(other["data"]["draftContent"]["userErrors"][0]["code"], "IDEMPOTENCY_MISMATCH");
        let theirs = send(&door, &colleague, "key-1", DRAFT, &input("只写一次")).await;
        assert_eq!(theirs["data"]["draftContent"]["userErrors"], json!([]));
        assert_ne!(theirs["data"]["draftContent"]["content"]["id"], first["data"]["draftContent"]["content"]["id"]);

        // What was refused did nothing and may be sent again; several deeds of one document are several.
        let refused = send(&door, &editor, "key-2", DRAFT, &input("")).await;
        assert_eq!(refused["data"]["draftContent"]["userErrors"][0]["code"], "REQUIRED");
        let done = send(&door, &editor, "key-2", DRAFT, &input("补上标题")).await;
        assert_eq!(done["data"]["draftContent"]["userErrors"], json!([]));
        let two = "mutation($a: DraftContentInput!, $b: DraftContentInput!) { a: draftContent(input: $a) { content { id } } \
            b: draftContent(input: $b) { content { id } } }";
        let variables = json!({"a": input("其一")["input"], "b": input("其二")["input"]});
        let both = send(&door, &editor, "key-3", two, &variables).await;
        assert_ne!(both["data"]["a"]["content"]["id"], both["data"]["b"]["content"]["id"]);
        assert_eq!(send(&door, &editor, "key-3", two, &variables).await, both);

        // Sent side by side, it is done once as well.
        let again = input("并发提交");
        let many = futures::future::join_all((0..8).map(|_| send(&door, &editor, "key-4", DRAFT, &again))).await;
        assert!(many.iter().all(|answer| answer == &many[0]), "{many:?}");
        assert_eq!(town.world.count("select count(*) from working where title = '并发提交'").await, 1);

        // A day later the key is free.
        town.pass("2026-11-01 18:01").await;
        let editor = token(&door, "editor").await;
        let next = send(&door, &editor, "key-1", DRAFT, &input("换了内容")).await;
        assert_eq!(next["data"]["draftContent"]["userErrors"], json!([]), "{next}");
        let malformed = door.ask("{ position }", &json!({}), &[("Idempotency-Key", &"k".repeat(201))]).await;
        assert_eq!(malformed.status, 400);
        door.close().await;
    });
}

#[test]
fn a_draft_with_a_token_of_its_client_is_begun_once() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let input = json!({"kind": "ARTICLE", "clientToken": "offline-7", "content": {"title": "离线草稿"}});
        let first = room.done(room.editor, "draftContent", input.clone(), "content { id }").await;
        assert_eq!(room.done(room.editor, "draftContent", input, "content { id }").await, first);
    });
}

#[test]
fn many_under_one_key_are_each_done_once() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let (one, two) = (room.approved("一").await, room.approved("二").await);
        let bare = room.draft("未审").await;
        let all = json!([one.to_string(), two.to_string(), bare]);
        let contents: Vec<_> =
            all.as_array().expect("a list").iter().map(|id| json!({"id": id, "expectedRevision": 1})).collect();
        let door = Door::open(&room.staff.town.world).await;
        let bearer = token(&door, "publisher").await;
        let query = "mutation($input: PublishContentsInput!) { publishContents(input: $input) { results { id desk { state } \
            userErrors { code } } userErrors { code } } }";
        let variables = json!({"input": {"contents": contents}});
        let first = send(&door, &bearer, "many", query, &variables).await;
        let results = first["data"]["publishContents"]["results"].clone();
        let states: Vec<_> = (0..2).map(|at| results[at]["desk"]["state"].clone()).collect();
        assert_eq!(states, [json!("PUBLISHED"), json!("PUBLISHED")], "{first}");
        assert_eq!(results[2]["userErrors"][0]["code"], "WRONG_STATE");
        let position = room.staff.town.position().await;
        assert_eq!(send(&door, &bearer, "many", query, &variables).await, first);
        assert_eq!(room.staff.town.position().await, position);
        door.close().await;
    });
}
