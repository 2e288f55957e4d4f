//! Fields of a site's own, and code lists.

use library::Caller;
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Keepers, unknown, with};

const FIELD: &str = "field { id key label help type required repeatable minimum maximum kinds filterable public rank retired choices { code } site { code } }";
const CODE: &str = "code { id list code name retired parent { code } }";

#[test]
fn a_field_is_defined_edited_and_retired() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (keeper, town) = (&keepers.keeper, &keepers.staff.town);
        let input = json!({"site": town.site.to_string(), "key": "area", "label": "面积", "type": "NUMBER", "minimum": "0", "maximum": "100",
            "kinds": ["NOTICE"], "filterable": true, "public": false, "help": "平方米"});
        let made = keepers.does(keeper, "defineField", FIELD, input.clone()).await["field"].clone();
        assert_eq!(
            (&made["type"], &made["public"], &made["site"]["code"]),
            (&json!("NUMBER"), &json!(false), &json!("town"))
        );
        let id = made["id"].clone();
        let public = "{ fieldDefinitions(site: {code: \"town\"}) { key label retired } }";
        assert_eq!(keepers.public(public, json!({})).await["fieldDefinitions"], json!([]));
        let edit =
            json!({"id": id, "label": "建筑面积", "help": null, "public": true, "maximum": "200.5", "kinds": []});
        let edited = keepers.does(keeper, "editField", FIELD, edit).await["field"].clone();
        assert_eq!(
            (&edited["label"], &edited["help"], &edited["minimum"]),
            (&json!("建筑面积"), &Json::Null, &json!("0"))
        );
        let shown = json!([{"key": "area", "label": "建筑面积", "retired": false}]);
        assert_eq!(keepers.public(public, json!({})).await["fieldDefinitions"], shown);
        let retire = |retired: bool| json!({"id": id, "retired": retired, "reason": "不再使用"});
        keepers.refused(keeper, "retireField", retire(false), "WRONG_STATE", "id").await;
        keepers.does(keeper, "retireField", FIELD, retire(true)).await;
        assert_eq!(keepers.public(public, json!({})).await["fieldDefinitions"], json!([]));
        keepers.refused(keeper, "retireField", retire(true), "WRONG_STATE", "id").await;
        keepers.refused(keeper, "editField", json!({"id": id, "label": "又来"}), "WRONG_STATE", "id").await;
        keepers.refused(keeper, "defineField", input, "DUPLICATE", "key").await;
        let desk = "query($site: ID) { desk { fieldDefinitions(site: $site) { key retired } } }";
        let own = keepers.reads(keeper, desk, json!({"site": town.site.to_string()})).await;
        assert_eq!(own["desk"]["fieldDefinitions"], json!([{"key": "area", "retired": true}]));
        let others = keepers.reads(&keepers.stranger, desk, json!({"site": town.site.to_string()})).await;
        assert_eq!(others["desk"]["fieldDefinitions"], json!([]));
        keepers.does(keeper, "retireField", FIELD, retire(false)).await;
        assert_eq!(keepers.public(public, json!({})).await["fieldDefinitions"], shown);

        // What all sites have is the platform's, and the same key stands beside a site's own.
        let everywhere = json!({"key": "area", "label": "面积", "type": "TEXT"});
        keepers.refused(keeper, "defineField", everywhere.clone(), "NOT_ALLOWED", "site").await;
        let made = keepers.does(&keepers.admin, "defineField", FIELD, everywhere).await["field"]["id"].clone();
        keepers.refused(keeper, "editField", json!({"id": made, "label": "新"}), "NOT_ALLOWED", "id").await;
        keepers.refused(keeper, "retireField", json!({"id": made}), "NOT_ALLOWED", "id").await;
        let all = keepers.reads(keeper, desk, json!({})).await["desk"]["fieldDefinitions"].clone();
        assert_eq!(all, json!([{"key": "area", "retired": false}]));
    });
}

#[test]
fn the_rules_of_fields_are_kept() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, staff, town) = (&keepers.admin, &keepers.staff, &keepers.staff.town);
        let new =
            json!({"site": town.site.to_string(), "key": "k", "label": "字段", "type": "NUMBER", "repeatable": true});
        let id = keepers.does(&keepers.keeper, "defineField", FIELD, new.clone()).await["field"]["id"].clone();
        let hidden = with(&new, json!({"site": staff.below.to_string()}));
        for (asker, input, code, path) in [
            (&keepers.editor, with(&new, json!({"key": "x"})), "NOT_ALLOWED", "site"),
            (&keepers.stranger, with(&new, json!({"key": "x"})), "NOT_ALLOWED", "site"),
            (&keepers.stranger, hidden, "NOT_FOUND", "site"),
            (&Caller::nobody(), new.clone(), "UNAUTHENTICATED", ""),
        ] {
            keepers.refused(asker, "defineField", input, code, path).await;
        }
        for asker in [&keepers.editor, &keepers.publisher, &keepers.stranger] {
            keepers.refused(asker, "editField", json!({"id": id, "label": "新"}), "NOT_ALLOWED", "id").await;
            keepers.refused(asker, "retireField", json!({"id": id}), "NOT_ALLOWED", "id").await;
        }
        keepers.refused(&Caller::nobody(), "editField", json!({"id": unknown("field")}), "UNAUTHENTICATED", "").await;
        keepers.refused(&Caller::nobody(), "retireField", json!({"id": id}), "UNAUTHENTICATED", "").await;
        keepers.refused(admin, "editField", json!({"id": unknown("field")}), "NOT_FOUND", "id").await;
        for (more, code, path) in [
            (json!({"key": "K"}), "INVALID", "key"),
            (json!({"key": "k"}), "DUPLICATE", "key"),
            (json!({"type": "CODE"}), "REQUIRED", "list"),
            (json!({"list": "THEME"}), "INVALID", "list"),
            (json!({"type": "TEXT", "minimum": "1"}), "INVALID", "minimum"),
            (json!({"type": "DATE", "maximum": "2026-02-30"}), "INVALID", "maximum"),
            (json!({"site": unknown("site")}), "NOT_FOUND", "site"),
            (json!({"column": unknown("column")}), "NOT_FOUND", "column"),
            (json!({"column": town.town_news.to_string()}), "NOT_FOUND", "column"),
        ] {
            let new = with(&with(&new, json!({"key": "new"})), more);
            keepers.refused(admin, "defineField", new, code, path).await;
        }
        for (more, code, path) in [
            (json!({"label": ""}), "REQUIRED", "label"),
            (json!({"help": "长".repeat(501)}), "TOO_LONG", "help"),
            (json!({"minimum": "many"}), "INVALID", "minimum"),
            (json!({"minimum": "10", "maximum": "9"}), "INVALID", "maximum"),
            (json!({"repeatable": false}), "WRONG_STATE", "repeatable"),
            (json!({"filterable": true}), "WRONG_STATE", "filterable"),
        ] {
            keepers.refused(admin, "editField", with(&json!({"id": id}), more), code, path).await;
        }
    });
}

#[test]
fn a_code_list_is_imported_edited_and_retired() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let admin = &keepers.admin;
        let entry =
            |code: &str, name: &str, parent: Option<&str>| json!({"code": code, "name": name, "parent": parent});
        let import = |items: Vec<Json>| json!({"list": "LOCAL", "items": items});
        let items =
            vec![entry("10", "本地", None), entry("1001", "活动", Some("10")), entry("1002", "展览", Some("10"))];
        let done = keepers.does(admin, "importCodes", "imported", import(items.clone())).await;
        assert_eq!(done["imported"], 3);
        let list = "{ codes(list: LOCAL) { id code name retired children { id code name retired parent { code } } } }";
        let codes = keepers.public(list, json!({})).await["codes"].clone();
        let (top, first) = (codes[0]["id"].clone(), codes[0]["children"][0]["id"].clone());
        assert_eq!(codes[0]["children"][0]["name"], "活动");
        let edit = json!({"id": first, "name": "群众活动", "rank": 9});
        let edited = keepers.does(admin, "editCode", CODE, edit).await["code"].clone();
        assert_eq!((&edited["name"], &edited["parent"]["code"]), (&json!("群众活动"), &json!("10")));
        let codes = keepers.public(list, json!({})).await["codes"].clone();
        assert_eq!(codes[0]["children"][1]["name"], "群众活动", "behind the other one");
        let retire = |retired: bool| json!({"id": first, "retired": retired, "reason": "调整"});
        keepers.refused(admin, "retireCode", retire(false), "WRONG_STATE", "id").await;
        let retired = keepers.does(admin, "retireCode", CODE, retire(true)).await["code"].clone();
        assert_eq!(retired["retired"], true);
        keepers.refused(admin, "retireCode", retire(true), "WRONG_STATE", "id").await;
        keepers.refused(admin, "editCode", json!({"id": first, "name": "又来"}), "WRONG_STATE", "id").await;
        keepers.does(admin, "importCodes", "imported", import(items)).await;
        let codes = keepers.public(list, json!({})).await["codes"].clone();
        let known = codes[0]["children"].as_array().unwrap().iter().find(|item| item["id"] == first).unwrap();
        assert_eq!((&known["name"], &known["retired"]), (&json!("活动"), &json!(true)), "an import revives nothing");
        keepers.does(admin, "retireCode", CODE, retire(false)).await;
        let moved = keepers.does(admin, "editCode", CODE, json!({"id": first, "parent": null})).await;
        assert_eq!(moved["code"]["parent"], Json::Null);

        let many = (0..2_001).map(|n| entry(&format!("n{n}"), "多", None)).collect();
        for (input, code, path) in [
            (import(many), "TOO_LONG", "items"),
            (import(vec![entry("20", "好", None), entry("", "无码", None)]), "REQUIRED", "items.1.code"),
            (import(vec![entry("20", "好", Some("99"))]), "NOT_FOUND", "items.0.parent"),
            (import(vec![entry("10", "本地", Some("1002"))]), "LOOP", "items.0.parent"),
        ] {
            keepers.refused(admin, "importCodes", input, code, path).await;
        }
        keepers.does(admin, "importCodes", "", json!({"list": "THEME", "items": [entry("10", "主题", None)]})).await;
        let theme = keepers.public("{ codes(list: THEME) { id } }", json!({})).await["codes"][0]["id"].clone();
        for (input, code, path) in [
            (json!({"id": first, "name": ""}), "REQUIRED", "name"),
            (json!({"id": first, "parent": theme}), "NOT_FOUND", "parent"),
            (json!({"id": first, "parent": unknown("code")}), "NOT_FOUND", "parent"),
            (json!({"id": top, "parent": top}), "LOOP", "parent"),
            (json!({"id": top, "parent": codes[0]["children"][1]["id"]}), "LOOP", "parent"),
            (json!({"id": unknown("code"), "name": "新"}), "NOT_FOUND", "id"),
        ] {
            keepers.refused(admin, "editCode", input, code, path).await;
        }
        for (asker, code) in
            [(&keepers.keeper, "NOT_ALLOWED"), (&keepers.editor, "NOT_ALLOWED"), (&Caller::nobody(), "UNAUTHENTICATED")]
        {
            let path = if code == "NOT_ALLOWED" { "id" } else { "" };
            keepers.refused(asker, "importCodes", import(Vec::new()), code, "").await;
            keepers.refused(asker, "editCode", json!({"id": top, "name": "新"}), code, path).await;
            keepers.refused(asker, "retireCode", json!({"id": top}), code, path).await;
        }
    });
}
