//! Organisations: created, edited, moved, merged and closed by who keeps the platform.

use library::Caller;
use library::content::DisclosureKind;
use library::grant::{GrantScope, Role};
use library::may::{Right, Target, may};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Keepers, unknown, with};
use crate::accounts::caller;

const ORGANISATION: &str = "organisation { id code name state closedAt shortName telephone fax rank parent { code } ancestors { code }
    children { code } mergedInto { code } offices { name head } functions { html } url site { code } fields { key value } }";

#[test]
fn an_organisation_is_created_and_edited() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, town) = (&keepers.admin, &keepers.staff.town);
        let field = json!({"key": "seats", "label": "编制", "type": "NUMBER"});
        keepers.does(admin, "defineField", "", field).await;
        let input = json!({"code": "culture", "name": "文旅局", "level": "CITY", "parent": town.publisher.to_string(), "rank": 3,
            "creditCode": "11500900201999999X", "divisionCode": "500900", "functionsHtml": "<p onclick=x()>职能</p><script>y()</script>",
            "offices": [{"name": "办公室", "head": "张明"}, {"name": "艺术科"}], "telephone": "1", "fax": "2", "email": "a@b.example",
            "url": "https://Culture.example", "site": town.site.to_string(), "fields": [{"key": "seats", "value": 12}]});
        let made = keepers.does(admin, "createOrganisation", ORGANISATION, input).await["organisation"].clone();
        assert_eq!(made["functions"]["html"], "<p>职能</p>", "cleaned");
        assert_eq!(made["offices"], json!([{"name": "办公室", "head": "张明"}, {"name": "艺术科", "head": null}]));
        assert_eq!((&made["url"], &made["site"]["code"]), (&json!("https://culture.example/"), &json!("town")));
        assert_eq!(made["fields"], json!([{"key": "seats", "value": 12}]));
        assert_eq!(
            (&made["state"], &made["rank"], &made["parent"]["code"]),
            (&json!("ACTIVE"), &json!(3), &json!("town"))
        );
        let edit = json!({"id": made["id"], "name": "文化和旅游局", "fax": null, "offices": []});
        let edited = keepers.does(admin, "editOrganisation", ORGANISATION, edit).await["organisation"].clone();
        assert_eq!(
            (&edited["name"], &edited["telephone"], &edited["fax"]),
            (&json!("文化和旅游局"), &json!("1"), &Json::Null)
        );
        assert_eq!((&edited["offices"], &edited["functions"]["html"]), (&json!([]), &json!("<p>职能</p>")));
        assert_eq!(edited["parent"]["code"], "town");
        let found = "{ organisation(by: {creditCode: \"11500900201999999X\"}) { name } organisations(filter: {name: \"文化\"}) { nodes { code } } }";
        let expected =
            json!({"organisation": {"name": "文化和旅游局"}, "organisations": {"nodes": [{"code": "culture"}]}});
        assert_eq!(keepers.public(found, json!({})).await, expected);
    });
}

#[test]
fn moving_keeps_contents_and_index_numbers_and_moves_roles() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, staff) = (&keepers.admin, &keepers.staff);
        let town = &staff.town;
        let above =
            caller(staff.account("above", Some((Role::Publisher, GrantScope::Organisation(staff.other)))).await);
        let mut fields = town.policy("办法", Default::default());
        fields.publisher = staff.bureau;
        fields.disclosure = DisclosureKind::Proactive;
        let id = town.publish(fields).await;
        let number = town.live(id).await.unwrap().index_number;
        assert!(number.is_some());
        let holds = |asker: &Caller| {
            let directory = staff.library().directory();
            may(&directory, asker, Right::Arrange, &Target::site(&directory, staff.below).unwrap()).is_ok()
        };
        assert!(!holds(&above), "the bureau hangs under the town");
        let input =
            json!({"id": staff.bureau.to_string(), "parent": staff.other.to_string(), "rank": 7, "reason": "机构改革"});
        let moved = keepers.does(admin, "moveOrganisation", ORGANISATION, input).await["organisation"].clone();
        assert_eq!((&moved["ancestors"], &moved["rank"]), (&json!([{"code": "other"}]), &json!(7)));
        assert!(holds(&above), "the site of the bureau goes along");
        assert_eq!(town.live(id).await.unwrap().index_number, number);
        let listed = "query($id: ID!) { content(by: {id: $id}) { publisher { code } } organisation(by: {code: \"bureau\"}) { contents { nodes { id } } } }";
        let found = keepers.public(listed, json!({"id": id.to_string()})).await;
        let expected = json!({"content": {"publisher": {"code": "bureau"}},
            "organisation": {"contents": {"nodes": [{"id": id.to_string()}]}}});
        assert_eq!(found, expected);
        let reasons = "select count(*) from change where reason = '机构改革' and action = 'ORGANISATION_CHANGED'";
        assert_eq!(town.world.count(reasons).await, 1);
        for (parent, code) in [(json!(staff.bureau.to_string()), "LOOP"), (json!(unknown("organisation")), "NOT_FOUND")]
        {
            let input = json!({"id": staff.bureau.to_string(), "parent": parent});
            keepers.refused(admin, "moveOrganisation", input, code, "parent").await;
        }
        let circle = json!({"id": staff.other.to_string(), "parent": staff.bureau.to_string()});
        keepers.refused(admin, "moveOrganisation", circle, "LOOP", "parent").await;
        keepers.does(admin, "moveOrganisation", "", json!({"id": staff.bureau.to_string(), "parent": null})).await;
        assert!(!holds(&above));
    });
}

#[test]
fn what_was_merged_is_found_under_both() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, staff) = (&keepers.admin, &keepers.staff);
        let town = &staff.town;
        let section = json!({"code": "section", "name": "科", "level": "CITY", "parent": staff.bureau.to_string()});
        keepers.does(admin, "createOrganisation", "", section).await;
        let mut fields = town.article("局发的");
        fields.publisher = staff.bureau;
        let id = town.publish(fields).await;
        town.pass("2026-10-31 18:01").await;
        let mut fields = town.article("另一个发的");
        fields.publisher = staff.other;
        let own = town.publish(fields).await;
        let merge = |id: String, into: String| json!({"id": id, "into": into, "reason": "机构改革"});
        let (bureau, other) = (staff.bureau.to_string(), staff.other.to_string());
        for (input, code, path) in [
            (merge(bureau.clone(), bureau.clone()), "LOOP", "into"),
            (merge(town.publisher.to_string(), bureau.clone()), "LOOP", "into"),
            (merge(bureau.clone(), unknown("organisation")), "NOT_FOUND", "into"),
            (merge(unknown("organisation"), bureau.clone()), "NOT_FOUND", "id"),
        ] {
            keepers.refused(admin, "mergeOrganisation", input, code, path).await;
        }
        let shows = format!("{ORGANISATION} into {{ code children {{ code }} }}");
        let merged = keepers.does(admin, "mergeOrganisation", &shows, merge(bureau.clone(), other.clone())).await;
        assert_eq!(merged["organisation"]["state"], "MERGED");
        assert_eq!(merged["organisation"]["mergedInto"], json!({"code": "other"}));
        let find = "query($id: ID!) { content(by: {id: $id}) { publisher { name state mergedInto { code } } }
            bureau: organisation(by: {code: \"bureau\"}) { name contents { nodes { title } totalCount } }
            other: organisation(by: {code: \"other\"}) { children { code } contents { nodes { title } totalCount } }
            filtered: contents(filter: {publisher: \"OTHER\", columns: [\"NEWS\"]}) { nodes { title } }
            column(by: {id: \"NEWS\"}) { placements(filter: {publisher: \"OTHER\"}) { nodes { title } totalCount } }
            organisations { nodes { code } } }";
        let find = find.replace("OTHER", &other).replace("NEWS", &town.news.to_string());
        let found = keepers.public(&find, json!({"id": id.to_string()})).await;
        let publisher = json!({"name": "bureau", "state": "MERGED", "mergedInto": {"code": "other"}});
        assert_eq!(found["content"]["publisher"], publisher, "the publisher keeps its name");
        let both = json!([{"title": "另一个发的"}, {"title": "局发的"}]);
        assert_eq!(found["other"]["contents"], json!({"nodes": both, "totalCount": 2}));
        assert_eq!(found["bureau"]["contents"], json!({"nodes": [{"title": "局发的"}], "totalCount": 1}));
        assert_eq!(found["filtered"]["nodes"], both);
        assert_eq!(found["column"]["placements"], json!({"nodes": both, "totalCount": 2}));
        assert_eq!(found["other"]["children"], json!([{"code": "section"}]), "what hung under it");
        let listed = found["organisations"]["nodes"].clone();
        assert!(!listed.as_array().unwrap().contains(&json!({"code": "bureau"})), "{listed}");
        assert!(town.live(own).await.is_some());

        for (deed, input, path) in [
            ("editOrganisation", json!({"id": bureau, "name": "又来"}), "id"),
            ("moveOrganisation", json!({"id": bureau, "parent": null}), "id"),
            ("closeOrganisation", json!({"id": bureau}), "id"),
            ("mergeOrganisation", merge(bureau.clone(), other.clone()), "id"),
            ("mergeOrganisation", merge(town.publisher.to_string(), bureau.clone()), "into"),
            ("moveOrganisation", json!({"id": other, "parent": bureau}), "parent"),
            ("appointLeader", json!({"organisation": bureau, "name": "张三", "position": "局长"}), "organisation"),
        ] {
            keepers.refused(admin, deed, input, "WRONG_STATE", path).await;
        }
        // Merged on, all of it is found under the last.
        keepers.does(admin, "mergeOrganisation", "", merge(other, town.publisher.to_string())).await;
        let last = "{ organisation(by: {code: \"town\"}) { contents { totalCount } children { code } } }";
        let found = keepers.public(last, json!({})).await["organisation"].clone();
        assert_eq!(found, json!({"contents": {"totalCount": 2}, "children": [{"code": "section"}]}));
        let desk = "{ desk { organisations(state: MERGED) { nodes { code } } } }";
        let merged = keepers.reads(admin, desk, json!({})).await["desk"]["organisations"]["nodes"].clone();
        assert_eq!(merged.as_array().unwrap().len(), 2);
    });
}

#[test]
fn an_organisation_that_is_needed_is_not_closed() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, staff) = (&keepers.admin, &keepers.staff);
        let close = |id: String| json!({"id": id, "reason": "撤销"});
        let government = staff.town.publisher.to_string();
        keepers.refused(admin, "closeOrganisation", close(government.clone()), "WRONG_STATE", "id").await;
        // The bureau sponsors a site, though one that nobody knows of yet.
        keepers.refused(admin, "closeOrganisation", close(staff.bureau.to_string()), "WRONG_STATE", "id").await;
        let mut fields = staff.town.article("甲");
        fields.publisher = staff.other;
        let id = staff.town.publish(fields).await;
        let closed = keepers.does(admin, "closeOrganisation", ORGANISATION, close(staff.other.to_string())).await;
        assert_eq!(closed["organisation"]["state"], "CLOSED");
        assert!(closed["organisation"]["closedAt"].is_string());
        keepers.refused(admin, "closeOrganisation", close(staff.other.to_string()), "WRONG_STATE", "id").await;
        let find = "{ organisation(by: {code: \"other\"}) { state contents { nodes { id } } } organisations { nodes { code } } }";
        let found = keepers.public(find, json!({})).await;
        assert_eq!(
            found["organisation"]["contents"]["nodes"],
            json!([{"id": id.to_string()}]),
            "what it published stays"
        );
        assert_eq!(found["organisations"]["nodes"], json!([{"code": "bureau"}, {"code": "town"}]));
        let new = json!({"code": "x", "name": "新", "level": "CITY", "parent": staff.other.to_string()});
        keepers.refused(admin, "createOrganisation", new, "WRONG_STATE", "parent").await;
    });
}

#[test]
fn organisations_are_for_who_keeps_the_platform() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let bureau = keepers.staff.bureau.to_string();
        let other = keepers.staff.other.to_string();
        for (asker, code) in
            [(&keepers.keeper, "NOT_ALLOWED"), (&keepers.editor, "NOT_ALLOWED"), (&Caller::nobody(), "UNAUTHENTICATED")]
        {
            let path = if code == "NOT_ALLOWED" { "id" } else { "" };
            let new = json!({"code": "x", "name": "新", "level": "CITY"});
            keepers.refused(asker, "createOrganisation", new, code, "").await;
            keepers.refused(asker, "editOrganisation", json!({"id": bureau, "name": "新"}), code, path).await;
            keepers.refused(asker, "moveOrganisation", json!({"id": bureau, "parent": null}), code, path).await;
            keepers.refused(asker, "mergeOrganisation", json!({"id": bureau, "into": other}), code, path).await;
            keepers.refused(asker, "closeOrganisation", json!({"id": other}), code, path).await;
        }
        let new = json!({"code": "x", "name": "新", "level": "CITY"});
        let admin = &keepers.admin;
        for (more, code, path) in [
            (json!({"code": "town"}), "DUPLICATE", "code"),
            (json!({"code": "X"}), "INVALID", "code"),
            (json!({"parent": unknown("organisation")}), "NOT_FOUND", "parent"),
        ] {
            keepers.refused(admin, "createOrganisation", with(&new, more), code, path).await;
        }
        for (more, code, path) in [
            (json!({"name": ""}), "REQUIRED", "name"),
            (json!({"creditCode": "115090000100012345"}), "DUPLICATE", "creditCode"),
            (json!({"creditCode": "11509"}), "INVALID", "creditCode"),
            (json!({"divisionCode": "50x"}), "INVALID", "divisionCode"),
            (json!({"email": "nobody"}), "INVALID", "email"),
            (json!({"url": "//x"}), "INVALID", "url"),
            (json!({"site": unknown("site")}), "NOT_FOUND", "site"),
            (json!({"offices": [{"name": "一"}, {"name": " "}]}), "REQUIRED", "offices.1.name"),
            (json!({"offices": [{"name": "一", "head": "长".repeat(201)}]}), "TOO_LONG", "offices.0.head"),
            (json!({"fields": [{"key": "none", "value": 1}]}), "NOT_FOUND", "fields"),
            (json!({"telephone": "长".repeat(201)}), "TOO_LONG", "telephone"),
        ] {
            keepers.refused(admin, "createOrganisation", with(&new, more.clone()), code, path).await;
            keepers.refused(admin, "editOrganisation", with(&json!({"id": bureau}), more), code, path).await;
        }
    });
}
