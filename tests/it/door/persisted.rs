//! Questions by the hash of their text.

use serde_json::{Value as Json, json};
use tests::{World, on_both};

use super::http::{Answer, Door};

const TEXT: &str = "query Position { position }";
/// By sha256sum.
const HASH: &str = "0fbf2c7825166f9c5bede474edfa0a86e5b8e6d0db5a4da5e9396e6d1c0da4a7";

fn body(text: Option<&str>, hash: &str) -> String {
    let mut body = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}});
    if let Some(text) = text {
        body["query"] = text.into();
    }
    body.to_string()
}

async fn post(door: &Door, text: Option<&str>, hash: &str) -> Answer {
    door.send("POST", "/graphql", &[("Content-Type", "application/json")], body(text, hash).as_bytes()).await
}

fn code(answer: &Answer) -> Json {
    answer.json()["errors"][0]["extensions"]["code"].clone()
}

#[test]
fn a_question_is_asked_by_its_hash_once_its_text_is_known() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let extensions =
            format!("%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22{HASH}%22%7D%7D");
        let address = format!("/graphql?extensions={extensions}");

        let unknown = post(&door, None, HASH).await;
        assert_eq!((unknown.status, code(&unknown)), (200, json!("PERSISTED_QUERY_NOT_FOUND")));
        let unknown = door.send("GET", &address, &[], b"").await;
        assert_eq!((unknown.status, code(&unknown)), (200, json!("PERSISTED_QUERY_NOT_FOUND")));
        assert_eq!(unknown.header("cache-control"), "private, no-store");

        let wrong = post(&door, Some("{ __typename }"), HASH).await;
        assert_eq!((wrong.status, code(&wrong)), (400, json!("BAD_REQUEST")));
        assert_eq!(code(&post(&door, None, HASH).await), json!("PERSISTED_QUERY_NOT_FOUND"), "nothing is kept of it");
        let short = post(&door, None, &HASH[1..]).await;
        assert_eq!((short.status, code(&short)), (400, json!("BAD_REQUEST")));

        let plain = door.ask(TEXT, &json!({}), &[]).await;
        for answer in [
            post(&door, Some(TEXT), HASH).await,
            post(&door, None, HASH).await,
            door.send("GET", &address, &[], b"").await,
        ] {
            assert_eq!((answer.status, answer.json()), (200, plain.json()));
        }

        // By GET nothing is done, by hash as by text.
        let deed = "mutation SignOut { signOut(input: {}) { position } }";
        let hash = "20866f1188d03030fd8f2bf115df138c1b32a75f6d8f2b73e60842c45ac1cb1f";
        post(&door, Some(deed), hash).await;
        let by_get = door.send("GET", &address.replace(HASH, hash), &[], b"").await;
        assert_eq!(by_get.status, 405);
        door.close().await;
    });
}
