//! Redaction: personal data goes from every revision and from what is live, and the fact that it went stays.

use library::attachment::Upload;
use library::content::AttachmentUse;
use serde_json::json;
use tests::on_both;

use super::Newsroom;

const SECRET: &str = "110105194912310021";

#[test]
fn two_administrators_overwrite_what_was_published_by_mistake() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let library = town.library();
        let upload = Upload { name: "名单.txt".to_owned(), alt: None, bytes: SECRET.into() };
        let file = library.upload_attachment(&town.editor(), upload).await.expect("a file");
        let mut fields = room.fields("获奖名单");
        fields.body_html = format!("<p>张三（{SECRET}）获奖</p>");
        fields.description.summary = Some(format!("张三 {SECRET}"));
        let used = AttachmentUse { attachment: file.id, role: file.role, name: None, alt: None, caption: None };
        fields.attachments = vec![used];
        let id = town.publish(fields).await;
        town.edit(id, |fields| fields.description.subtitle = Some(format!("更正 {SECRET}"))).await;

        let other = room.staff.administrator("second-admin").await;
        let redact = json!({"id": id.to_string(), "texts": [SECRET], "attachments": [file.id.to_string()], "reason": "误公开身份证号"});
        let nowhere = json!({"id": id.to_string(), "texts": ["李四"], "reason": "误公开"});
        assert_eq!(room.refused(room.admin, "redactRevision", nowhere).await, ["NOT_FOUND"]);
        let nothing = json!({"id": id.to_string(), "reason": "误公开"});
        assert_eq!(room.refused(room.admin, "redactRevision", nothing).await, ["REQUIRED"]);
        let asked = room.done(room.admin, "redactRevision", redact.clone(), "done").await;
        assert_eq!(asked["done"], false);
        assert_eq!(
            room.refused(room.admin, "redactRevision", redact.clone()).await,
            ["NOT_ALLOWED"],
            "another one has to"
        );
        let live = town.live(id).await.expect("live");
        assert!(live.card.summary.as_deref().is_some_and(|summary| summary.contains(SECRET)), "not done yet");
        let done = room.done(other, "redactRevision", redact, "done desk { state }").await;
        assert_eq!((&done["done"], &done["desk"]["state"]), (&json!(true), &json!("DRAFT")));

        for table in ["revision", "content", "content_body", "content_detail", "working"] {
            let column = match table {
                "content" => "card",
                "content_body" => "html || text",
                "working" => "title",
                _ => "document",
            };
            let sql: &'static str = format!("select count(*) from {table} where {column} like '%{SECRET}%'").leak();
            assert_eq!(town.world.count(sql).await, 0, "{table}");
        }
        let live = town.live(id).await.expect("still live");
        assert_eq!(live.card.summary.as_deref(), Some(format!("张三 {}", "█".repeat(18)).as_str()));
        let found = library.scope(library::Audience::Public).file(file.id, None).await.expect("a read");
        assert!(found.is_none(), "the file is gone");
        let left = walk(&town.world.files).into_iter().filter(|bytes| bytes == SECRET.as_bytes()).count();
        assert_eq!(left, 0, "its bytes are gone");
        let query = "query($id: ID!) { desk { content(id: $id) { history(first: 2) { nodes { action reason } } } } }";
        let seen =
            room.ask(other, query, json!({"id": id.to_string()})).await["desk"]["content"]["history"]["nodes"].clone();
        assert_eq!(seen[0], json!({"action": "CONTENT_REDACTED", "reason": "误公开身份证号"}));
        assert_eq!(seen[1]["action"], "REDACTION_REQUESTED");
    });
}

#[test]
fn a_short_text_breaks_neither_identifiers_nor_days() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let other = room.staff.administrator("second-admin").await;
        // Every identifier begins with 01 behind its noun.
        let mut fields = room.fields("房号01的住户");
        fields.description.formed_on = "2026-10-31".parse().ok();
        let id = town.publish(fields).await;
        let day = json!({"id": id.to_string(), "texts": ["2026"], "reason": "误公开"});
        let refused = room.refused(room.admin, "redactRevision", day.clone()).await;
        let refused = if refused.is_empty() { room.refused(other, "redactRevision", day).await } else { refused };
        assert_eq!(refused, ["INVALID"]);
        let number = json!({"id": id.to_string(), "texts": ["号01"], "reason": "误公开"});
        room.done(room.admin, "redactRevision", number.clone(), "done").await;
        room.done(other, "redactRevision", number, "done").await;
        let live = town.live(id).await.expect("live");
        assert_eq!(live.card.title, "房███的住户");
        assert_eq!(live.card.tags, [room.tag]);
    });
}

/// The bytes of every file below a folder.
fn walk(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => all.extend(walk(&entry.path())),
            false => all.push(std::fs::read(entry.path()).expect("a file")),
        }
    }
    all
}
