//! Who may not do a deed is refused, whatever the deed: what is not seen is not found, what is seen is not allowed.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::Newsroom;

/// Every deed on a content, with what it is given beside the content.
fn deeds(room: &Newsroom, id: &str) -> Vec<(&'static str, Json)> {
    let column = room.staff.town.news.to_string();
    let one = json!([{"id": id, "expectedRevision": 1}]);
    vec![
        ("editContent", json!({"id": id, "expectedRevision": 1, "content": {"title": "改"}})),
        ("discardDraft", json!({"id": id, "expectedRevision": 1})),
        ("copyContent", json!({"id": id, "column": column})),
        ("restoreRevision", json!({"id": id, "revision": 1, "expectedRevision": 1})),
        ("takeEditLease", json!({"id": id})),
        ("checkContent", json!({"id": id})),
        ("submitContent", json!({"id": id, "expectedRevision": 1})),
        ("reviewContent", json!({"id": id, "expectedRevision": 1, "decision": "APPROVE", "proofreading": "APPROVE"})),
        ("publishContent", json!({"id": id, "expectedRevision": 1})),
        ("scheduleContent", json!({"id": id, "expectedRevision": 1, "publishAt": "2027-01-01T00:00:00Z"})),
        ("withdrawContent", json!({"id": id, "reason": "试验"})),
        ("archiveContent", json!({"id": id, "reason": "试验"})),
        ("setValidity", json!({"id": id, "validity": "EFFECTIVE"})),
        ("moveContent", json!({"id": id, "column": column, "expectedRevision": 1})),
        ("previewLink", json!({"id": id, "revision": 1, "site": room.staff.town.site.to_string()})),
        ("revokePreview", json!({"content": id})),
        ("publishContents", json!({"contents": one})),
        ("retagContents", json!({"contents": one, "add": [room.tag.to_string()]})),
        ("moveContents", json!({"contents": one, "column": column})),
    ]
}

/// The codes of a payload, also those of each of many.
fn codes(payload: &Json) -> Vec<String> {
    let own = payload["userErrors"].as_array().cloned().unwrap_or_default();
    let each = payload["results"].as_array().cloned().unwrap_or_default();
    let each = each.iter().flat_map(|result| result["userErrors"].as_array().cloned().unwrap_or_default());
    own.into_iter().chain(each).map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn what_is_not_seen_is_not_found_and_what_is_seen_is_not_allowed() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let draft = room.draft("与他人无关").await;
        let live = room.published("人人可见").await.to_string();
        for (deed, input) in deeds(&room, &draft) {
            let shown = if deed.ends_with("Contents") { "results { userErrors { code } }" } else { "" };
            let payload = room.act(room.stranger, deed, input, shown).await;
            assert_eq!(codes(&payload), ["NOT_FOUND"], "{deed} on what the asker does not see: {payload}");
        }
        for (deed, input) in deeds(&room, &live) {
            let shown = if deed.ends_with("Contents") { "results { userErrors { code } }" } else { "" };
            let payload = room.act(room.stranger, deed, input, shown).await;
            assert_eq!(codes(&payload), ["NOT_ALLOWED"], "{deed} on what everybody sees: {payload}");
        }
        // Who writes does not publish, who publishes does not write, and a reviewer does neither.
        let writes = [
            "editContent",
            "discardDraft",
            "copyContent",
            "restoreRevision",
            "takeEditLease",
            "checkContent",
            "submitContent",
        ];
        let publishes = [
            "publishContent",
            "scheduleContent",
            "withdrawContent",
            "archiveContent",
            "setValidity",
            "moveContent",
            "publishContents",
            "retagContents",
            "moveContents",
        ];
        for (deed, input) in deeds(&room, &draft) {
            let shown = if deed.ends_with("Contents") { "results { userErrors { code } }" } else { "" };
            for (who, name, refused) in [
                (room.editor, "the editor", publishes.contains(&deed) || deed == "reviewContent"),
                (room.publisher, "the publisher", writes.contains(&deed) || deed == "reviewContent"),
                (room.second, "a reviewer", writes.contains(&deed) || publishes.contains(&deed)),
            ] {
                if refused {
                    let payload = room.act(who, deed, input.clone(), shown).await;
                    assert_eq!(codes(&payload), ["NOT_ALLOWED"], "{deed} by {name}: {payload}");
                    let hint = payload["userErrors"][0]["hint"].as_str();
                    assert!(shown.len() > 2 || hint.is_some_and(|hint| hint.contains("角色")), "{deed}: {payload}");
                }
            }
        }
        assert_eq!(room.state(&draft).await, "DRAFT", "nothing was done by all that");
        let redact = json!({"id": live, "texts": ["正文"], "reason": "试验"});
        assert_eq!(room.refused(room.publisher, "redactRevision", redact).await, ["NOT_ALLOWED"]);
        let elsewhere =
            json!({"kind": "ARTICLE", "column": room.staff.town.policies.to_string(), "content": {"title": "甲"}});
        assert_eq!(room.refused(room.editor, "draftContent", elsewhere).await, ["NOT_ALLOWED"]);
    });
}

#[test]
fn bad_input_is_told_where_and_nothing_is_written() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let position = town.position().await;
        for (content, code, path) in [
            (json!({"title": ""}), "REQUIRED", json!(["title"])),
            (json!({"title": "长".repeat(301)}), "TOO_LONG", json!(["title"])),
            (json!({"title": null}), "REQUIRED", json!(["title"])),
            (json!({"title": "甲", "themes": ["不存在"]}), "NOT_FOUND", json!(["themes"])),
            (json!({"title": "甲", "sourceUrl": "javascript:alert(1)"}), "INVALID", json!(["source_url"])),
            (
                json!({"title": "甲", "tags": [{"tag": room.tag.to_string()}, {"tag": room.tag.to_string()}]}),
                "DUPLICATE",
                json!(["tags"]),
            ),
            (
                json!({"title": "甲", "details": {"notice": {"feedback": "电话"}}}),
                "INVALID",
                json!(["content", "details"]),
            ),
        ] {
            let input = json!({"kind": "ARTICLE", "content": content});
            let payload = room.act(room.editor, "draftContent", input, "content { id }").await;
            let error = &payload["userErrors"][0];
            assert_eq!(error["code"], code, "{content}: {payload}");
            assert_eq!(error["path"].as_array().map(Vec::len), path.as_array().map(Vec::len), "{content}: {payload}");
        }
        assert_eq!(town.position().await, position, "nothing was written");
        // An editor of a whole site has to say which column.
        let input = json!({"kind": "ARTICLE", "content": {"title": "甲"}});
        assert_eq!(room.refused(room.colleague, "draftContent", input).await, ["REQUIRED"]);
    });
}
