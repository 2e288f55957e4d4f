//! Panels: what editors arrange, when it is shown, and who may.

use library::Caller;
use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Keepers, PICTURE, unknown, with};
use crate::accounts::caller;

const PANEL: &str = "panel { id code name kind more archived revision columnId items { id title summary hidden shown startsAt endsAt targetId
    target { id } page { title url } bodyHtml image { id alt } children { id title children { id } } } }";
const PUBLIC: &str = "query($code: String!) { site(by: {code: \"town\"}) { panels(codes: [$code]) { name items(first: 20) { title url children { title } } } } }";

fn titles(panel: &Json) -> Vec<&str> {
    panel["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

#[test]
fn a_panel_is_made_arranged_and_archived() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (publisher, town) = (&keepers.publisher, &keepers.staff.town);
        let picture = keepers.file("横幅.png", PICTURE).await;
        let input = json!({"site": town.site.to_string(), "code": "banner", "name": "横幅", "kind": "BANNER", "more": "https://town.example/all",
            "items": [
                {"title": "甲", "target": {"column": town.news.to_string()}, "image": {"attachment": picture, "alt": "图"},
                 "bodyHtml": "<p style=x>文</p>", "children": [{"title": "甲一", "children": [{"title": "甲一一"}]}]},
                {"target": {"page": {"title": "乙", "url": "https://b.example"}}},
                {"title": "丙", "startsAt": "2026-12-01T00:00:00+08:00"}]});
        let made = keepers.does(publisher, "createPanel", PANEL, input.clone()).await["panel"].clone();
        let id = made["id"].clone();
        assert_eq!(made["items"][0]["bodyHtml"], "<p>文</p>");
        assert_eq!(made["items"][0]["image"], json!({"id": picture, "alt": "图"}));
        assert_eq!(made["items"][0]["target"]["id"], town.news.to_string());
        assert_eq!(made["items"][0]["children"][0]["children"][0]["id"], format!("{}:0.0.0", id.as_str().unwrap()));
        assert_eq!(made["items"][1]["page"], json!({"title": "乙", "url": "https://b.example/"}));
        assert_eq!((&made["items"][2]["shown"], &made["items"][2]["hidden"]), (&json!(false), &json!(false)));
        assert_eq!((&made["revision"], &made["archived"]), (&json!(0), &json!(false)));
        let shown = async || {
            let data = keepers.public(PUBLIC, json!({"code": "banner"})).await;
            data["site"]["panels"].as_array().unwrap().iter().map(|panel| titles(panel).join("、")).collect::<Vec<_>>()
        };
        assert_eq!(shown().await, ["甲、乙"]);

        // What is arranged: the order, which are shown, and when.
        let item = |at: usize| format!("{}:{at}", id.as_str().unwrap());
        let arrange = json!({"id": id, "expectedRevision": 0, "items": [
            {"item": item(2), "startsAt": null}, {"item": item(0), "hidden": true}, {"item": item(1), "endsAt": "2026-11-02T00:00:00+08:00"}]});
        let arranged = keepers.does(publisher, "arrangePanel", PANEL, arrange.clone()).await["panel"].clone();
        assert_eq!(arranged["revision"], 1);
        assert_eq!(arranged["items"][1]["title"], "甲");
        assert_eq!(arranged["items"][1]["hidden"], true);
        assert_eq!(shown().await, ["丙、乙"]);
        keepers.refused(publisher, "arrangePanel", arrange, "STALE_REVISION", "expectedRevision").await;
        town.pass("2026-11-02 00:00").await;
        assert_eq!(shown().await, ["丙"], "at its moment");
        let edit = json!({"id": id, "expectedRevision": 1, "name": "大横幅"});
        let edited = keepers.does(publisher, "editPanel", PANEL, edit).await["panel"].clone();
        assert_eq!((&edited["name"], &edited["more"]), (&json!("大横幅"), &json!("https://town.example/all")));
        assert_eq!(edited["items"].as_array().unwrap().len(), 3, "the clock counts for nobody, and items stay");
        let below = json!({"id": id, "expectedRevision": 2, "under": item(1), "items": [{"item": format!("{}.0", item(1)), "hidden": true}]});
        keepers.does(publisher, "arrangePanel", PANEL, below).await;
        let items = json!({"id": id, "more": null, "items": [{"title": "只有"}]});
        let edited = keepers.does(publisher, "editPanel", PANEL, items).await["panel"].clone();
        assert_eq!((&edited["more"], &edited["revision"]), (&Json::Null, &json!(4)));
        assert_eq!(shown().await, ["只有"]);

        let archive = |archived: bool| json!({"id": id, "archived": archived, "reason": "结束"});
        keepers.refused(publisher, "archivePanel", archive(false), "WRONG_STATE", "id").await;
        keepers.does(publisher, "archivePanel", PANEL, archive(true)).await;
        assert_eq!(shown().await, [""; 0]);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(keepers.public(node, json!({"id": id})).await["node"], Json::Null);
        keepers.refused(publisher, "archivePanel", archive(true), "WRONG_STATE", "id").await;
        keepers.refused(publisher, "editPanel", json!({"id": id, "name": "又来"}), "WRONG_STATE", "id").await;
        keepers.refused(publisher, "createPanel", input, "DUPLICATE", "code").await;
        let desk = "query($site: ID!) { desk { panels(site: $site) { code archived items { title } } } }";
        let own = keepers.reads(publisher, desk, json!({"site": town.site.to_string()})).await;
        assert_eq!(own["desk"]["panels"], json!([{"code": "banner", "archived": true, "items": [{"title": "只有"}]}]));
        let others = keepers.reads(&keepers.stranger, desk, json!({"site": town.site.to_string()})).await;
        assert_eq!(others["desk"]["panels"], json!([]));
        keepers.does(publisher, "archivePanel", PANEL, archive(false)).await;
        assert_eq!(shown().await, ["只有"]);
    });
}

#[test]
fn panels_are_for_who_arranges_their_page() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (staff, town) = (&keepers.staff, &keepers.staff.town);
        let of_news = caller(staff.account("news", Some((Role::Publisher, GrantScope::Column(town.news)))).await);
        let panel = |code: &str| json!({"site": town.site.to_string(), "code": code, "name": "区块", "kind": "LINKS"});
        let made = keepers.does(&keepers.keeper, "createPanel", PANEL, panel("a")).await["panel"]["id"].clone();
        let of_column = with(&panel("a"), json!({"column": town.news.to_string()}));
        let column = keepers.does(&of_news, "createPanel", PANEL, of_column).await["panel"].clone();
        assert_eq!(column["columnId"], town.news.to_string());
        keepers.does(&of_news, "editPanel", PANEL, json!({"id": column["id"], "name": "新"})).await;
        let arrange = |id: &Json| json!({"id": id, "expectedRevision": 0, "items": []});
        for (asker, code) in [
            (&keepers.editor, "NOT_ALLOWED"),
            (&keepers.stranger, "NOT_ALLOWED"),
            (&of_news, "NOT_ALLOWED"),
            (&Caller::nobody(), "UNAUTHENTICATED"),
        ] {
            let path = |path| if code == "NOT_ALLOWED" { path } else { "" };
            keepers.refused(asker, "createPanel", panel("b"), code, path("site")).await;
            keepers.refused(asker, "editPanel", json!({"id": made, "name": "新"}), code, path("id")).await;
            keepers.refused(asker, "arrangePanel", arrange(&made), code, path("id")).await;
            keepers.refused(asker, "archivePanel", json!({"id": made}), code, path("id")).await;
        }
        let hidden = with(&panel("b"), json!({"site": staff.below.to_string()}));
        keepers.refused(&keepers.stranger, "createPanel", hidden.clone(), "NOT_FOUND", "site").await;
        let hidden = keepers.does(&keepers.keeper, "createPanel", PANEL, hidden).await["panel"]["id"].clone();
        keepers.refused(&keepers.stranger, "editPanel", json!({"id": hidden, "name": "新"}), "NOT_FOUND", "id").await;
        keepers.refused(&keepers.admin, "editPanel", json!({"id": unknown("panel")}), "NOT_FOUND", "id").await;
    });
}

#[test]
fn the_rules_of_panels_are_kept() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, town) = (&keepers.admin, &keepers.staff.town);
        let new = json!({"site": town.site.to_string(), "code": "p", "name": "区块", "kind": "LIST"});
        let two = with(&new, json!({"code": "known", "items": [{"title": "一"}, {"title": "二"}]}));
        let id = keepers.does(admin, "createPanel", PANEL, two).await["panel"]["id"].clone();
        let text = keepers.file("说明.txt", b"text").await;
        let item = |item: Json| json!({"items": [{"title": "好"}, item]});
        for (more, code, path) in [
            (json!({"name": " "}), "REQUIRED", "name"),
            (json!({"more": "x"}), "INVALID", "more"),
            (item(json!({"summary": "无题"})), "REQUIRED", "items.1.title"),
            (item(json!({"title": "长".repeat(201)})), "TOO_LONG", "items.1.title"),
            (
                item(json!({"title": "x", "target": {"page": {"title": "t", "url": "data:x"}}})),
                "INVALID",
                "items.1.target.page.url",
            ),
            (item(json!({"title": "x", "summary": "长".repeat(501)})), "TOO_LONG", "items.1.summary"),
            (
                item(json!({"target": {"page": {"title": " ", "url": "https://x.example"}}})),
                "REQUIRED",
                "items.1.target.page.title",
            ),
            (item(json!({"target": {"column": unknown("column")}})), "NOT_FOUND", "items.1.target"),
            (item(json!({"target": {"placement": unknown("placement")}})), "NOT_FOUND", "items.1.target"),
            (
                item(json!({"title": "x", "children": [{"target": {"tag": unknown("tag")}}]})),
                "NOT_FOUND",
                "items.1.children.0.target",
            ),
            (item(json!({"title": "x", "image": {"attachment": unknown("attachment")}})), "NOT_FOUND", "items.1.image"),
            (item(json!({"title": "x", "image": {"attachment": text}})), "INVALID", "items.1.image"),
            (
                item(json!({"title": "x", "startsAt": "2026-12-01T00:00:00Z", "endsAt": "2026-12-01T08:00:00+08:00"})),
                "INVALID",
                "items.1.endsAt",
            ),
            (
                item(
                    json!({"title": "1", "children": [{"title": "2", "children": [{"title": "3", "children": [{"title": "4"}]}]}]}),
                ),
                "TOO_LONG",
                "items",
            ),
        ] {
            keepers.refused(admin, "createPanel", with(&new, more.clone()), code, path).await;
            keepers.refused(admin, "editPanel", with(&json!({"id": id}), more), code, path).await;
        }
        for (more, code, path) in [
            (json!({"code": "known"}), "DUPLICATE", "code"),
            (json!({"code": "N"}), "INVALID", "code"),
            (json!({"column": town.town_news.to_string()}), "NOT_FOUND", "column"),
            (json!({"site": unknown("site")}), "NOT_FOUND", "site"),
        ] {
            keepers.refused(admin, "createPanel", with(&new, more), code, path).await;
        }
        let at = |at: usize| json!({"item": format!("{}:{at}", id.as_str().unwrap())});
        let arrange = |items: Vec<Json>| json!({"id": id, "expectedRevision": 0, "items": items});
        for items in [vec![at(0)], vec![at(0), at(0)], vec![at(0), at(1), at(2)], Vec::new()] {
            keepers.refused(admin, "arrangePanel", arrange(items), "INVALID", "items").await;
        }
        let nowhere = with(&arrange(Vec::new()), json!({"under": format!("{}:7", id.as_str().unwrap())}));
        keepers.refused(admin, "arrangePanel", nowhere, "NOT_FOUND", "under").await;
        let document = "mutation($input: ArrangePanelInput!) { arrangePanel(input: $input) { position } }";
        for item in ["x", "panel_01h455vb4pex5vsknk084sn02q:0", &format!("{}:0.0", id.as_str().unwrap())] {
            let input = json!({"input": arrange(vec![json!({"item": item})])});
            let (answer, _) = town.world.ask_as(admin, document, &input).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{item}");
        }
    });
}
