//! Sites: from their preparation to their end, and who may do what to them.

use library::Caller;
use library::content::DisclosureKind;
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Keepers, unknown, with};

const SITE: &str = "site { id code name status statusNotice shortName hosts parent { code } sponsor { code } operators { code } \
    frontEndSettings indexNumberPattern errorReportUrl ipv6Ready timeZone language }";

fn new_site(keepers: &Keepers) -> Json {
    json!({"code": "new", "parent": keepers.staff.town.site.to_string(), "name": "新站", "hosts": ["NEW.example"], "level": "CITY",
        "kind": "DEPARTMENT", "sponsor": keepers.staff.bureau.to_string()})
}

#[test]
fn a_site_is_prepared_opened_suspended_and_closed() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, keeper) = (&keepers.admin, &keepers.keeper);
        let input = with(
            &new_site(&keepers),
            json!({"operators": [keepers.staff.other.to_string()], "errorReportUrl": "https://Error.example", "ipv6Ready": true,
                "frontEndSettings": {"colours": "blue"}, "shortName": "新"}),
        );
        let made = keepers.does(admin, "createSite", SITE, input).await["site"].clone();
        assert_eq!((&made["status"], &made["code"]), (&json!("PREPARING"), &json!("new")));
        assert_eq!(made["hosts"], json!(["new.example"]));
        assert_eq!(made["parent"], json!({"code": "town"}));
        assert_eq!(made["operators"], json!([{"code": "other"}]));
        assert_eq!(made["frontEndSettings"], json!({"colours": "blue"}));
        assert_eq!((&made["language"], &made["timeZone"]), (&json!("zh-CN"), &json!("Asia/Shanghai")));
        let id = json!({"id": made["id"]});

        // Nobody but who has a role over it knows of it.
        let find = "query($id: ID!) { site(by: {code: \"new\"}) { status statusNotice } node(id: $id) { id } desk { site(id: $id) { status } } }";
        let seen = json!({"site": null, "node": null, "desk": {"site": {"status": "PREPARING"}}});
        assert_eq!(keepers.reads(keeper, find, id.clone()).await, seen, "the site above is kept");
        let unseen = json!({"site": null, "node": null, "desk": {"site": null}});
        assert_eq!(keepers.reads(&keepers.stranger, find, id.clone()).await, unseen);
        assert_eq!(keepers.public(find, id.clone()).await, json!({"site": null, "node": null, "desk": null}));
        let list = "query($status: SiteStatus) { desk { sites(status: $status) { nodes { code status } } } }";
        let sites = keepers.reads(keeper, list, json!({})).await["desk"]["sites"]["nodes"].clone();
        let codes: Vec<_> = sites.as_array().unwrap().iter().map(|site| site["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["below", "new", "town"]);
        let county = keepers.reads(&keepers.stranger, list, json!({})).await["desk"]["sites"]["nodes"].clone();
        assert_eq!(county, json!([{"code": "county", "status": "RUNNING"}]));
        let prepared = keepers.reads(admin, list, json!({"status": "PREPARING"})).await;
        assert_eq!(prepared["desk"]["sites"]["nodes"].as_array().unwrap().len(), 2);

        let told = |extra: Json| with(&with(&id, json!({"notice": "维护中"})), extra);
        keepers.refused(keeper, "openSite", id.clone(), "NOT_ALLOWED", "id").await;
        keepers.refused(&keepers.stranger, "openSite", id.clone(), "NOT_FOUND", "id").await;
        keepers.refused(&keepers.stranger, "suspendSite", told(json!({})), "NOT_FOUND", "id").await;
        keepers.refused(keeper, "suspendSite", told(json!({})), "WRONG_STATE", "id").await;
        keepers.refused(admin, "closeSite", told(json!({})), "WRONG_STATE", "id").await;
        let open = keepers.does(admin, "openSite", SITE, id.clone()).await;
        assert_eq!(open["site"]["status"], "RUNNING");
        keepers.refused(admin, "openSite", id.clone(), "WRONG_STATE", "id").await;
        let running = json!({"status": "RUNNING", "statusNotice": null});
        assert_eq!(keepers.public(find, id.clone()).await["site"], running);

        for (asker, code) in [(&keepers.editor, "NOT_ALLOWED"), (&keepers.stranger, "NOT_ALLOWED")] {
            keepers.refused(asker, "suspendSite", told(json!({})), code, "id").await;
        }
        keepers.refused(keeper, "suspendSite", told(json!({"notice": " "})), "REQUIRED", "notice").await;
        keepers.refused(keeper, "suspendSite", told(json!({"notice": "长".repeat(501)})), "TOO_LONG", "notice").await;
        keepers.refused(keeper, "suspendSite", told(json!({"reason": "长".repeat(501)})), "TOO_LONG", "reason").await;
        keepers.does(keeper, "suspendSite", SITE, told(json!({"reason": "搬迁"}))).await;
        let reasons = "select count(*) from change where reason = '搬迁' and action = 'SITE_CHANGED'";
        assert_eq!(keepers.staff.town.world.count(reasons).await, 1);
        let public = keepers.public(find, id.clone()).await;
        assert_eq!(public["site"], json!({"status": "SUSPENDED", "statusNotice": "维护中"}));
        keepers.does(keeper, "suspendSite", SITE, told(json!({"notice": "明日恢复"}))).await;
        keepers.refused(keeper, "openSite", id.clone(), "NOT_ALLOWED", "id").await;
        let open = keepers.does(admin, "openSite", SITE, id.clone()).await;
        assert_eq!((&open["site"]["status"], &open["site"]["statusNotice"]), (&json!("RUNNING"), &Json::Null));

        let town = json!({"id": keepers.staff.town.site.to_string(), "notice": "关停"});
        keepers.refused(admin, "closeSite", town.clone(), "WRONG_STATE", "id").await;
        keepers.refused(keeper, "closeSite", told(json!({})), "NOT_ALLOWED", "id").await;
        keepers.refused(&Caller::nobody(), "closeSite", told(json!({})), "UNAUTHENTICATED", "").await;
        keepers.refused(admin, "closeSite", told(json!({"notice": ""})), "REQUIRED", "notice").await;
        let closed = keepers.does(admin, "closeSite", SITE, told(json!({"notice": "已并入门户"}))).await;
        assert_eq!(
            (&closed["site"]["status"], &closed["site"]["statusNotice"]),
            (&json!("CLOSED"), &json!("已并入门户"))
        );
        keepers.refused(admin, "closeSite", told(json!({})), "WRONG_STATE", "id").await;
        keepers.refused(admin, "openSite", id.clone(), "WRONG_STATE", "id").await;
        keepers.refused(admin, "suspendSite", told(json!({})), "WRONG_STATE", "id").await;
        keepers.refused(admin, "editSite", with(&id, json!({"name": "又来"})), "WRONG_STATE", "id").await;
        let site = made["id"].clone();
        let redirect = json!({"site": site, "path": "/old", "to": {"gone": true}});
        keepers.refused(admin, "createRedirect", redirect, "WRONG_STATE", "site").await;
        let panel = json!({"site": site, "code": "p", "name": "区块", "kind": "LINKS"});
        keepers.refused(admin, "createPanel", panel, "WRONG_STATE", "site").await;
        let field = json!({"site": site, "key": "k", "label": "字段", "type": "TEXT"});
        keepers.refused(admin, "defineField", field, "WRONG_STATE", "site").await;
        let below = with(&new_site(&keepers), json!({"code": "lower", "hosts": ["lower.example"], "parent": site}));
        keepers.refused(admin, "createSite", below, "WRONG_STATE", "parent").await;
        keepers.does(admin, "closeSite", SITE, town).await;
    });
}

#[test]
fn what_is_below_a_closed_site_is_not_opened() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let admin = &keepers.admin;
        let (town, below) = (keepers.staff.town.site.to_string(), keepers.staff.below.to_string());
        keepers.does(admin, "closeSite", SITE, json!({"id": town, "notice": "关停"})).await;
        keepers.refused(admin, "openSite", json!({"id": below}), "WRONG_STATE", "id").await;
        keepers.does(admin, "editSite", SITE, json!({"id": below, "parent": null})).await;
        keepers.does(admin, "openSite", SITE, json!({"id": below})).await;
        keepers.refused(admin, "editSite", json!({"id": below, "parent": town}), "WRONG_STATE", "parent").await;
    });
}

#[test]
fn nobody_loses_content_by_closing_a_site() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let town = &keepers.staff.town;
        let mut fields = town.policy("留下的办法", Default::default());
        fields.columns = vec![town.news];
        fields.disclosure = DisclosureKind::Proactive;
        let id = town.publish(fields).await;
        let find = "query($id: ID!) { content(by: {id: $id}) { id title indexNumber homeSite { status } }
            town: site(by: {code: \"town\"}) { placements { nodes { title } } column(path: \"/news\") { placements { nodes { title } } } }
            county: site(by: {code: \"county\"}) { placements { nodes { title content { id } } } }
            resolve(site: {code: \"town\"}, path: \"/news\") { __typename } }";
        let variables = json!({"id": id.to_string()});
        let before = keepers.public(find, variables.clone()).await;
        assert_eq!(before["resolve"]["__typename"], "Page");
        let close = json!({"id": town.site.to_string(), "notice": "关停", "reason": "整合"});
        keepers.does(&keepers.admin, "closeSite", SITE, close).await;
        let after = keepers.public(find, variables).await;
        assert_eq!(after["county"], before["county"], "who shows it goes on showing it");
        assert_eq!(after["content"]["indexNumber"], before["content"]["indexNumber"]);
        assert!(before["content"]["indexNumber"].is_string());
        assert_eq!(after["content"]["homeSite"]["status"], "CLOSED");
        assert_eq!(after["town"]["placements"]["nodes"], json!([]));
        assert_eq!(after["town"]["column"]["placements"]["nodes"], json!([]));
        assert_eq!(after["resolve"], Json::Null);
        let kept = "select (select count(*) from content) + (select count(*) from placement)";
        assert_eq!(town.world.count(kept).await, 3, "the content and its two showings");
    });
}

#[test]
fn an_edit_changes_what_is_given_and_nothing_else() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, keeper) = (&keepers.admin, &keepers.keeper);
        let id = keepers.staff.town.site.to_string();
        let edit = |more: Json| with(&json!({"id": id}), more);
        let given = json!({"shortName": "镇", "frontEndSettings": {"a": 1, "b": {"c": [2]}}, "elderMode": true,
            "indexNumberPattern": "{org9}/{year}-{serial6}", "contact": "0900", "siteIdCode": "5009000001"});
        keepers.does(keeper, "editSite", SITE, edit(given)).await;
        let next = json!({"name": "新名", "contact": null, "frontEndSettings": {"a": null, "d": "x"}});
        let site = keepers.does(keeper, "editSite", SITE, edit(next)).await["site"].clone();
        assert_eq!((&site["name"], &site["shortName"]), (&json!("新名"), &json!("镇")));
        assert_eq!(site["frontEndSettings"], json!({"b": {"c": [2]}, "d": "x"}));
        assert_eq!(site["indexNumberPattern"], "{org9}/{year}-{serial6}");
        let public = "{ site(by: {host: \"town.example\"}) { name contact elderMode siteIdCode } }";
        let expected = json!({"name": "新名", "contact": null, "elderMode": true, "siteIdCode": "5009000001"});
        assert_eq!(keepers.public(public, json!({})).await["site"], expected);
        let hosts = json!({"hosts": ["www.town.example", "town.example"]});
        keepers.does(admin, "editSite", SITE, edit(hosts)).await;
        let public = "{ site(by: {host: \"www.town.example\"}) { code } }";
        assert_eq!(keepers.public(public, json!({})).await["site"]["code"], "town");
    });
}

#[test]
fn how_grave_content_checks_are_is_set_and_told() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let id = keepers.staff.town.site.to_string();
        let query = "query($site: ID!) { desk { checkSettings(site: $site) { rule severity defaultSeverity } } }";
        let told = async |caller: &Caller| {
            let (answer, _) = keepers.staff.town.world.ask_as(caller, query, &json!({"site": id})).await;
            answer["data"]["desk"]["checkSettings"].clone()
        };
        let of = |told: &Json, rule: &str| {
            let rules = told.as_array().expect("all rules");
            rules.iter().find(|it| it["rule"] == rule).map(|it| it["severity"].clone()).expect("the rule")
        };
        let before = told(&keepers.keeper).await;
        assert!(before.as_array().expect("all rules").iter().all(|it| it["severity"] == it["defaultSeverity"]));
        let set = json!({"id": id, "checks": [{"rule": "TYPO", "severity": "ERROR"}, {"rule": "EMPTY_LINK", "severity": null}]});
        keepers.does(&keepers.keeper, "editSite", SITE, set).await;
        let after = told(&keepers.keeper).await;
        assert_eq!((of(&after, "TYPO"), of(&after, "EMPTY_LINK")), (json!("ERROR"), Json::Null));
        assert_eq!(of(&after, "BANK_CARD"), "ERROR");
        // An edit of something else leaves it; a new list stands instead of the old one.
        keepers.does(&keepers.keeper, "editSite", SITE, json!({"id": id, "name": "新名"})).await;
        assert_eq!(told(&keepers.keeper).await, after);
        let set = json!({"id": id, "checks": [{"rule": "BANK_CARD", "severity": "WARNING"}]});
        keepers.does(&keepers.keeper, "editSite", SITE, set).await;
        let last = told(&keepers.keeper).await;
        assert_eq!((of(&last, "TYPO"), of(&last, "BANK_CARD")), (json!("WARNING"), json!("WARNING")));
        assert_eq!(told(&keepers.stranger).await, Json::Null);
    });
}

#[test]
fn who_may_not_edit_a_site_is_told_so() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let town = &keepers.staff.town;
        let named = json!({"id": town.site.to_string(), "name": "新名"});
        let hidden = json!({"id": keepers.staff.below.to_string(), "name": "新名"});
        for (asker, input, code, path) in [
            (&keepers.editor, &named, "NOT_ALLOWED", "id"),
            (&keepers.publisher, &named, "NOT_ALLOWED", "id"),
            (&keepers.stranger, &named, "NOT_ALLOWED", "id"),
            (&keepers.stranger, &hidden, "NOT_FOUND", "id"),
            (&Caller::nobody(), &named, "UNAUTHENTICATED", ""),
            (&Caller::nobody(), &json!({"id": unknown("site")}), "UNAUTHENTICATED", ""),
            (&keepers.keeper, &json!({"id": unknown("site")}), "NOT_FOUND", "id"),
        ] {
            keepers.refused(asker, "editSite", input.clone(), code, path).await;
        }
        // What gives rights or readers away is not decided by who keeps the site.
        for (field, value) in [
            ("sponsor", json!(keepers.staff.bureau.to_string())),
            ("hosts", json!(["town.example", "next.example"])),
            ("parent", json!(town.county.to_string())),
        ] {
            let input = json!({"id": town.site.to_string(), field: value});
            keepers.refused(&keepers.keeper, "editSite", input.clone(), "NOT_ALLOWED", field).await;
            keepers.does(&keepers.admin, "editSite", SITE, input).await;
        }
        for asker in [&keepers.keeper, &keepers.editor] {
            keepers.refused(asker, "createSite", new_site(&keepers), "NOT_ALLOWED", "").await;
        }
        keepers.refused(&Caller::nobody(), "createSite", new_site(&keepers), "UNAUTHENTICATED", "").await;
    });
}

#[test]
fn the_rules_of_sites_are_kept() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (admin, town) = (&keepers.admin, &keepers.staff.town);
        let (id, below) = (town.site.to_string(), keepers.staff.below.to_string());
        for (more, code, path) in [
            (json!({"code": "town"}), "DUPLICATE", "code"),
            (json!({"code": "No Code"}), "INVALID", "code"),
            (json!({"parent": unknown("site")}), "NOT_FOUND", "parent"),
        ] {
            keepers.refused(admin, "createSite", with(&new_site(&keepers), more), code, path).await;
        }
        for (more, code, path) in [
            (json!({"hosts": ["TOWN.example."]}), "DUPLICATE", "hosts"),
            (json!({"hosts": []}), "INVALID", "hosts"),
            (json!({"hosts": ["https://x.example/"]}), "INVALID", "hosts"),
            (json!({"name": " "}), "REQUIRED", "name"),
            (json!({"language": ""}), "REQUIRED", "language"),
            (json!({"siteIdCode": "12345"}), "INVALID", "siteIdCode"),
            (json!({"shortName": "长".repeat(51)}), "TOO_LONG", "shortName"),
            (json!({"errorReportUrl": "javascript:alert(1)"}), "INVALID", "errorReportUrl"),
            (json!({"sponsor": unknown("organisation")}), "NOT_FOUND", "sponsor"),
            (json!({"operators": [unknown("organisation")]}), "NOT_FOUND", "operators"),
            (json!({"editionOf": unknown("site")}), "NOT_FOUND", "editionOf"),
            (json!({"indexNumberPattern": "{org9}"}), "INVALID", "indexNumberPattern"),
            (json!({"frontEndSettings": {"map": {"apiToken": "x"}}}), "INVALID", "frontEndSettings"),
            (json!({"frontEndSettings": {"x": "y".repeat(70_000)}}), "TOO_LONG", "frontEndSettings"),
        ] {
            keepers.refused(admin, "createSite", with(&new_site(&keepers), more.clone()), code, path).await;
            let edit = with(&json!({"id": town.county.to_string()}), more);
            keepers.refused(admin, "editSite", edit, code, path).await;
        }
        for parent in [&id, &below] {
            keepers.refused(admin, "editSite", json!({"id": id, "parent": parent}), "LOOP", "parent").await;
        }
        keepers.refused(admin, "editSite", json!({"id": id, "editionOf": id}), "LOOP", "editionOf").await;
        let close = json!({"id": keepers.staff.other.to_string()});
        keepers.does(admin, "closeOrganisation", "organisation { state }", close).await;
        let sponsor = json!({"id": id, "sponsor": keepers.staff.other.to_string()});
        keepers.refused(admin, "editSite", sponsor, "WRONG_STATE", "sponsor").await;
        let document = "mutation($input: EditSiteInput!) { editSite(input: $input) { position } }";
        let input = json!({"input": {"id": id, "frontEndSettings": [1]}});
        let (answer, _) = town.world.ask_as(admin, document, &input).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    });
}
