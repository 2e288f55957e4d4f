//! What is scheduled happens at its moment, in order, and only if it still may.

use serde_json::json;
use tests::on_both;

use super::Newsroom;
use crate::town::at;

#[test]
fn a_content_appears_and_goes_at_its_moments() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let id = room.approved("限时公告").await;
        let schedule = |publish: &str, withdraw: &str| json!({"id": id.to_string(), "expectedRevision": 1, "publishAt": publish, "withdrawAt": withdraw});
        let past = schedule("2026-10-31T09:00:00Z", "2026-11-02T00:00:00Z");
        assert_eq!(room.refused(room.publisher, "scheduleContent", past).await, ["INVALID"]);
        let backwards = schedule("2026-11-03T00:00:00Z", "2026-11-02T00:00:00Z");
        assert_eq!(room.refused(room.publisher, "scheduleContent", backwards).await, ["INVALID"]);
        let set = schedule("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z");
        let scheduled =
            room.done(room.publisher, "scheduleContent", set, "desk { state can: viewerCan(action: PUBLISH) }").await;
        assert_eq!(scheduled["desk"], json!({"state": "SCHEDULED", "can": true}));

        town.pass("2026-11-01 07:59:59").await;
        assert!(town.live(id).await.is_none());
        town.pass("2026-11-01 08:00").await;
        let live = town.live(id).await.expect("it is there");
        assert_eq!(live.published_at, at("2026-11-01 08:00"), "the instant of the deed");
        // A correction in the meantime does not keep it longer.
        town.edit(id, |fields| fields.description.summary = Some("更正".to_owned())).await;
        town.publish_newest(id).await;
        // After a downtime it goes late, and the history says so.
        town.pass("2026-11-03 09:30").await;
        assert!(town.live(id).await.is_none());
        let query =
            "query($id: ID!) { desk { content(id: $id) { state history(first: 1) { nodes { action reason } } } } }";
        let seen = room.ask(room.editor, query, json!({"id": id.to_string()})).await["desk"]["content"].clone();
        assert_eq!(seen["state"], "WITHDRAWN");
        assert_eq!(
            seen["history"]["nodes"][0],
            json!({"action": "CONTENT_WITHDRAWN", "reason": "到期自动下线，比定时晚90分钟"})
        );
    });
}

#[test]
fn what_may_not_be_published_any_more_is_returned_at_its_moment_and_stops_nothing_else() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let (doomed, sound) = (room.approved("标签将停用").await, room.approved("照常发布").await);
        let other = library::tag::TagGroupFields {
            name: "另一组".to_owned(),
            sphere: library::tag::TagSphere::Person,
            rank: 1,
        };
        let group = town.library().create_tag_group(&town.editor(), "other", other).await.expect("a group").0;
        let kept = super::new_tag(&room.staff, group, "kept", "保留").await;
        for (id, minute) in [(doomed, "00"), (sound, "01")] {
            let at = format!("2026-11-01T00:{minute}:00Z");
            let set = json!({"id": id.to_string(), "expectedRevision": 1, "publishAt": at});
            room.done(room.publisher, "scheduleContent", set, "").await;
        }
        // The only tag of the first is retired; the second has got another one, and is scheduled anew.
        let retag = json!({"contents": [{"id": sound.to_string(), "expectedRevision": 1}], "add": [kept.to_string()]});
        assert_eq!(
            room.act(room.publisher, "retagContents", retag, "results { userErrors { code } }").await["results"][0]["userErrors"]
                [0]["code"],
            "WRONG_STATE",
            "what is scheduled is not changed behind its reviewers' backs"
        );
        let tag = town.library().directory().tags.get(room.tag).expect("a tag").clone();
        let edit =
            json!({"id": sound.to_string(), "expectedRevision": 1, "content": {"tags": [{"tag": kept.to_string()}]}});
        room.done(room.editor, "editContent", edit, "").await;
        room.approve(sound, 2).await;
        let set = json!({"id": sound.to_string(), "expectedRevision": 2, "publishAt": "2026-11-01T00:01:00Z"});
        room.done(room.publisher, "scheduleContent", set, "").await;
        town.library().edit_tag(&town.editor(), tag.id, false, tag.fields.clone()).await.expect("retired");

        town.pass("2026-11-01 08:05").await;
        assert!(town.live(doomed).await.is_none());
        assert!(town.live(sound).await.is_some());
        let query =
            "query($id: ID!) { desk { content(id: $id) { state returned history(first: 1) { nodes { reason } } } } }";
        let seen = room.ask(room.editor, query, json!({"id": doomed.to_string()})).await["desk"]["content"].clone();
        assert_eq!((&seen["state"], &seen["returned"]), (&json!("DRAFT"), &json!(true)));
        let reason = seen["history"]["nodes"][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("未打标"), "{reason}");
    });
}
