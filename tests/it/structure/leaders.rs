//! Leaders: kept by the platform, and by who keeps a site that their organisation sponsors.

use library::Caller;
use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Keepers, PICTURE, unknown, with};
use crate::accounts::caller;

const LEADER: &str = "leader { id name position rank duties biography { html } photo { id alt width mediaType } activities { path } organisation { code } }";

#[test]
fn a_leader_is_appointed_edited_and_removed() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (keeper, town) = (&keepers.keeper, &keepers.staff.town);
        let photo = keepers.file("照片.png", PICTURE).await;
        let input = json!({"organisation": town.publisher.to_string(), "name": "张三", "position": "镇长", "rank": 2,
            "photo": {"attachment": photo, "caption": "张三"}, "biographyHtml": "<p onclick=x()>简历</p>", "duties": "全面工作",
            "activities": town.news.to_string()});
        let made = keepers.does(keeper, "appointLeader", LEADER, input).await["leader"].clone();
        assert_eq!(made["photo"], json!({"id": photo, "alt": "替代文本", "width": 1, "mediaType": "image/png"}));
        assert_eq!((&made["biography"]["html"], &made["activities"]["path"]), (&json!("<p>简历</p>"), &json!("/news")));
        assert_eq!(made["organisation"]["code"], "town");
        let public = "query($id: ID!) { organisation(by: {code: \"town\"}) { leaders { name duties } } node(id: $id) { ... on Attachment { alt } } }";
        let seen = keepers.public(public, json!({ "id": photo })).await;
        let leaders = json!([{"name": "张三", "duties": "全面工作"}]);
        assert_eq!((&seen["organisation"]["leaders"], &seen["node"]["alt"]), (&leaders, &json!("替代文本")));
        let edit = json!({"id": made["id"], "duties": "分管", "photo": null, "rank": 1});
        let edited = keepers.does(keeper, "editLeader", LEADER, edit).await["leader"].clone();
        assert_eq!((&edited["name"], &edited["duties"], &edited["rank"]), (&json!("张三"), &json!("分管"), &json!(1)));
        assert_eq!((&edited["photo"], &edited["activities"]["path"]), (&Json::Null, &json!("/news")));
        let remove = json!({"id": made["id"], "reason": "调任"});
        keepers.does(keeper, "removeLeader", "", remove.clone()).await;
        keepers.refused(keeper, "removeLeader", remove, "NOT_FOUND", "id").await;
        assert_eq!(town.world.count("select count(*) from change where reason = '调任'").await, 1);
        let seen = keepers.public(public, json!({ "id": photo })).await;
        assert_eq!(seen, json!({"organisation": {"leaders": []}, "node": null}), "and the photo is closed");
    });
}

#[test]
fn leaders_are_kept_with_the_sites_that_their_organisation_sponsors() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let staff = &keepers.staff;
        let leader = |organisation: String| json!({"organisation": organisation, "name": "张三", "position": "局长"});
        let of_bureau = caller(staff.account("below", Some((Role::SiteAdmin, GrantScope::Site(staff.below)))).await);
        let government = staff.town.publisher.to_string();
        let known = keepers.does(&keepers.admin, "appointLeader", LEADER, leader(government.clone())).await;
        let id = known["leader"]["id"].clone();
        // The government sponsors the sites of town and county; the bureau the one below; the other one none.
        keepers.does(&keepers.stranger, "editLeader", LEADER, json!({"id": id, "duties": "一"})).await;
        keepers.does(&of_bureau, "appointLeader", LEADER, leader(staff.bureau.to_string())).await;
        keepers.does(&keepers.keeper, "appointLeader", LEADER, leader(staff.bureau.to_string())).await;
        for (asker, organisation, code) in [
            (&of_bureau, government.clone(), "NOT_ALLOWED"),
            (&keepers.editor, government.clone(), "NOT_ALLOWED"),
            (&keepers.publisher, government.clone(), "NOT_ALLOWED"),
            (&keepers.keeper, staff.other.to_string(), "NOT_ALLOWED"),
            (&keepers.keeper, unknown("organisation"), "NOT_FOUND"),
        ] {
            keepers.refused(asker, "appointLeader", leader(organisation), code, "organisation").await;
        }
        for asker in [&of_bureau, &keepers.editor] {
            keepers.refused(asker, "editLeader", json!({"id": id, "duties": "二"}), "NOT_ALLOWED", "id").await;
            keepers.refused(asker, "removeLeader", json!({"id": id}), "NOT_ALLOWED", "id").await;
        }
        keepers.refused(&Caller::nobody(), "editLeader", json!({"id": id}), "UNAUTHENTICATED", "").await;
        keepers
            .refused(&Caller::nobody(), "removeLeader", json!({"id": unknown("leader")}), "UNAUTHENTICATED", "")
            .await;
        keepers.refused(&Caller::nobody(), "appointLeader", leader(government.clone()), "UNAUTHENTICATED", "").await;

        let text = keepers.file("说明.txt", b"text").await;
        for (more, code, path) in [
            (json!({"name": ""}), "REQUIRED", "name"),
            (json!({"position": "长".repeat(201)}), "TOO_LONG", "position"),
            (json!({"activities": unknown("column")}), "NOT_FOUND", "activities"),
            (json!({"photo": {"attachment": unknown("attachment")}}), "NOT_FOUND", "photo"),
            (json!({"photo": {"attachment": text}}), "INVALID", "photo"),
            (json!({"duties": "长".repeat(2001)}), "TOO_LONG", "duties"),
        ] {
            let new = with(&leader(government.clone()), more.clone());
            keepers.refused(&keepers.admin, "appointLeader", new, code, path).await;
            keepers.refused(&keepers.admin, "editLeader", with(&json!({"id": id}), more), code, path).await;
        }
    });
}
