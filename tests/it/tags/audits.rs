//! Audits of tags: drawn without favour, judged, counted, and seen by whom they concern.

use std::collections::BTreeMap;

use library::Caller;
use library::RefusalCode::{Duplicate, Invalid, NotAllowed, NotFound, Required, TooLong, Unauthenticated, WrongState};
use library::grant::{GrantScope, Role};
use library::id::{ContentId, TagAuditId, TagId};
use library::tag_audit::{DrawTagAudit, TagVerdict, Verdict};
use serde_json::{Value as Json, json};
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::sharing::sources::{tagged, tags};
use crate::town::Town;

fn of_site(town: &Town, size: i64) -> DrawTagAudit {
    DrawTagAudit { organisation: None, site: Some(town.site), size, published_from: None, published_before: None }
}

fn verdict(content: ContentId, verdict: Verdict) -> TagVerdict {
    TagVerdict { content, verdict, wrong: Vec::new(), missing: Vec::new(), note: None }
}

/// The contents that were drawn.
async fn drawn(town: &Town, office: &Caller, audit: TagAuditId) -> Vec<ContentId> {
    let document = "query($id: ID!) { desk { tagAudit(id: $id) { items(first: 100) { nodes { contentId } } } } }";
    let (answer, _) = town.world.ask_as(office, document, &json!({"id": audit.to_string()})).await;
    let nodes = answer["data"]["desk"]["tagAudit"]["items"]["nodes"].as_array().expect("what was drawn").clone();
    nodes.iter().map(|node| node["contentId"].as_str().expect("an id").parse().expect("an id")).collect()
}

#[test]
fn every_content_of_a_unit_is_drawn_as_often_as_any_other() {
    on_both(async |engine| {
        const DRAWS: usize = 240;
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let office = caller(staff.account("office", Some((Role::TagSteward, GrantScope::Platform))).await);
        let mut all = Vec::new();
        for number in 0..12 {
            // Some stand at the same instant, some do not.
            if number % 3 == 0 {
                town.pass(&format!("2026-11-01 10:{number:02}")).await;
            }
            all.push(town.publish(town.article(&format!("第{number}条"))).await);
        }
        // What is not live is not drawn: a draft, and what was withdrawn.
        town.draft(town.article("未发布的")).await;
        let gone = town.publish(town.article("撤下的")).await;
        town.withdraw(gone, None).await;

        let mut times: BTreeMap<ContentId, usize> = BTreeMap::new();
        for _ in 0..DRAWS {
            let (audit, _) = library.draw_tag_audit(&office, of_site(town, 4)).await.expect("drawn");
            let mut sample = drawn(town, &office, audit).await;
            assert_eq!(sample.len(), 4);
            sample.sort_unstable();
            sample.dedup();
            assert_eq!(sample.len(), 4, "nothing is drawn twice");
            sample.into_iter().for_each(|content| *times.entry(content).or_default() += 1);
        }
        assert_eq!(times.keys().copied().collect::<Vec<_>>(), {
            all.sort_unstable();
            all.clone()
        });
        // A third of the draws each, 80; five standard deviations of a binomial count are 36.5.
        assert!(times.values().all(|count| (44..=116).contains(count)), "{times:?}");

        let (audit, _) = library.draw_tag_audit(&office, of_site(town, 500)).await.expect("drawn");
        let mut whole = drawn(town, &office, audit).await;
        whole.sort_unstable();
        assert_eq!(whole, all, "who asks for more than there is gets all");
        // The time of publication narrows it: from a day on, before a day.
        let range = |from: &str, before: &str| DrawTagAudit {
            published_from: Some(from.parse().expect("a day")),
            published_before: Some(before.parse().expect("a day")),
            ..of_site(town, 500)
        };
        town.pass("2026-11-05 09:00").await;
        let later = town.publish(town.article("后来的")).await;
        let (audit, _) = library.draw_tag_audit(&office, range("2026-11-05", "2026-11-06")).await.expect("drawn");
        assert_eq!(drawn(town, &office, audit).await, [later]);
        let (audit, _) = library.draw_tag_audit(&office, range("2026-11-01", "2026-11-05")).await.expect("drawn");
        assert_eq!(drawn(town, &office, audit).await.len(), 12);
        let of_publisher = DrawTagAudit { organisation: Some(town.publisher), site: None, ..of_site(town, 500) };
        let (audit, _) = library.draw_tag_audit(&office, of_publisher).await.expect("drawn");
        assert_eq!(drawn(town, &office, audit).await.len(), 13);
    });
}

const SHOWN: &str = "{ organisation { code } site { code } publishedFrom population drawnCount judged right wrong missing shareRight shareWrong \
    shareMissing drawnBy { name } tags { tag { name } wrong missing }
    items { totalCount nodes { content { title } tags { name } verdict wrong { name } missing { name } note judgedBy { name } } } }";

async fn seen(town: &Town, who: &Caller, audit: &str) -> Json {
    let document = format!(
        "query($id: ID!) {{ desk {{ tagAudit(id: $id) {SHOWN} tagAudits {{ totalCount }} }} node(id: $id) {{ id }} }}"
    );
    let (answer, scope) = town.world.ask_as(who, &document, &json!({"id": audit})).await;
    assert!(answer.get("errors").is_none() && scope.is_private(), "{answer}");
    answer["data"].clone()
}

#[test]
fn the_office_draws_judges_and_counts_and_the_unit_sees_what_came_of_it() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let office = caller(staff.account("office", Some((Role::TagSteward, GrantScope::Platform))).await);
        let writer = caller(staff.account("writer", Some((Role::Editor, GrantScope::Site(town.site)))).await);
        let elsewhere = GrantScope::Organisation(staff.other);
        let stranger = caller(staff.account_of("stranger", Some(staff.other), Some((Role::Editor, elsewhere))).await);
        let [housing, traffic, health] = tags(town, &["住房", "交通", "医疗"]).await[..] else {
            panic!("three tags")
        };
        let right = town.publish(tagged(town, "对的", &[housing])).await;
        let wrong = town.publish(tagged(town, "错的", &[housing, traffic])).await;
        let lacking = town.publish(tagged(town, "漏的", &[traffic])).await;

        let draw = "mutation($input: DrawTagAuditInput!) { drawTagAudit(input: $input) { tagAudit { id } position userErrors { code } } }";
        let input =
            json!({"input": {"organisation": town.publisher.to_string(), "size": 10, "publishedFrom": "2026-10-01"}});
        let (made, _) = town.world.ask_as(&office, draw, &input).await;
        let audit =
            made["data"]["drawTagAudit"]["tagAudit"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        let before = seen(town, &office, &audit).await;
        let it = &before["desk"]["tagAudit"];
        assert_eq!((&it["population"], &it["drawnCount"], &it["judged"]), (&json!(3), &json!(3), &json!(0)));
        assert_eq!((&it["shareRight"], &it["items"]["totalCount"]), (&json!(null), &json!(3)));
        assert_eq!(
            (&it["organisation"]["code"], &it["site"], &it["publishedFrom"]),
            (&json!("town"), &json!(null), &json!("2026-10-01"))
        );

        let record = "mutation($input: RecordTagVerdictsInput!) { recordTagVerdicts(input: $input) { tagAudit { judged } userErrors { code path } } }";
        let judge = async |verdicts: Json| {
            let input = json!({"input": {"audit": audit, "verdicts": verdicts}});
            let (judged, _) = town.world.ask_as(&office, record, &input).await;
            judged["data"]["recordTagVerdicts"].clone()
        };
        let first = judge(json!([
            {"content": right.to_string(), "verdict": "RIGHT"},
            {"content": wrong.to_string(), "verdict": "RIGHT"},
        ]));
        assert_eq!(first.await, json!({"tagAudit": {"judged": 2}, "userErrors": []}));
        // Before the last verdict nobody but the office sees it: what was drawn is not mended first.
        for who in [&writer, &stranger] {
            let hidden = seen(town, who, &audit).await;
            assert_eq!(
                (&hidden["desk"]["tagAudit"], &hidden["desk"]["tagAudits"]["totalCount"], &hidden["node"]),
                (&json!(null), &json!(0), &json!(null))
            );
        }
        // What was drawn had these tags, whatever is corrected since.
        town.edit(wrong, |fields| fields.tags = tagged(town, "", &[housing]).tags).await;
        town.publish_newest(wrong).await;
        let rest = judge(json!([
            {"content": wrong.to_string(), "verdict": "WRONG", "wrong": [traffic.to_string()], "missing": [health.to_string()], "note": "与交通无关"},
            {"content": lacking.to_string(), "verdict": "MISSING", "missing": [health.to_string()]},
        ]));
        assert_eq!(rest.await["tagAudit"]["judged"], 3);
        for who in [&office, &writer] {
            let shown = seen(town, who, &audit).await["desk"]["tagAudit"].clone();
            let counts: Vec<_> =
                ["judged", "right", "wrong", "missing"].iter().map(|name| shown[name].clone()).collect();
            assert_eq!(counts, [3, 1, 1, 1], "{shown}");
            for share in ["shareRight", "shareWrong", "shareMissing"] {
                assert!((shown[share].as_f64().expect("a share") - 1.0 / 3.0).abs() < 1e-9, "{shown}");
            }
            assert_eq!(
                shown["tags"],
                json!([
                    {"tag": {"name": "医疗"}, "wrong": 0, "missing": 2}, {"tag": {"name": "交通"}, "wrong": 1, "missing": 0},
                ])
            );
            let items = shown["items"]["nodes"].as_array().expect("items").clone();
            let item = items.iter().find(|item| item["verdict"] == "WRONG").expect("the wrong one");
            assert_eq!((&item["content"]["title"], &item["note"]), (&json!("错的"), &json!("与交通无关")));
            let mut had: Vec<_> = item["tags"]
                .as_array()
                .expect("tags")
                .iter()
                .map(|tag| tag["name"].as_str().expect("a name"))
                .collect();
            had.sort_unstable();
            assert_eq!(had, ["交通", "住房"]);
            assert_eq!((&item["wrong"], &item["missing"]), (&json!([{"name": "交通"}]), &json!([{"name": "医疗"}])));
        }
        let hidden = seen(town, &stranger, &audit).await;
        assert!(hidden["desk"]["tagAudit"].is_null() && hidden["node"].is_null());
        // What is not live any more is counted, and shown to nobody.
        town.withdraw(lacking, None).await;
        let shown = seen(town, &office, &audit).await["desk"]["tagAudit"].clone();
        let titles =
            shown["items"]["nodes"].as_array().expect("items").iter().filter(|item| item["content"].is_null()).count();
        assert_eq!((titles, &shown["judged"]), (1, &json!(3)));
    });
}

#[test]
fn what_cannot_be_drawn_or_judged_is_refused() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let office = caller(staff.account("office", Some((Role::TagSteward, GrantScope::Platform))).await);
        let bureau = GrantScope::Organisation(staff.bureau);
        let steward = caller(staff.account("steward", Some((Role::TagSteward, bureau))).await);
        let [housing, traffic, health] = tags(town, &["住房", "交通", "医疗"]).await[..] else {
            panic!("three tags")
        };
        let id = town.publish(tagged(town, "一条", &[housing])).await;
        let site = |size| of_site(town, size);
        let nobody = Caller::nobody();
        let days = |from: &str, before: &str| DrawTagAudit {
            published_from: Some(from.parse().expect("a day")),
            published_before: Some(before.parse().expect("a day")),
            ..site(5)
        };
        for (code, path, who, input) in [
            (Unauthenticated, "", &nobody, DrawTagAudit { site: Some(unknown("site")), ..site(0) }),
            (NotAllowed, "", &steward, DrawTagAudit { organisation: Some(staff.bureau), site: None, ..site(5) }),
            (Required, "organisation", &office, DrawTagAudit { site: None, ..site(5) }),
            (Invalid, "site", &office, DrawTagAudit { organisation: Some(staff.bureau), ..site(5) }),
            (NotFound, "site", &office, DrawTagAudit { site: Some(unknown("site")), ..site(5) }),
            (
                NotFound,
                "organisation",
                &office,
                DrawTagAudit { organisation: Some(unknown("organisation")), site: None, ..site(5) },
            ),
            (Invalid, "size", &office, site(0)),
            (Invalid, "size", &office, site(501)),
            (Invalid, "size", &office, site(-1)),
            (Invalid, "published_before", &office, days("2026-11-01", "2026-11-01")),
            (WrongState, "", &office, days("2020-01-01", "2020-02-01")),
        ] {
            refuses(town, code, path, library.draw_tag_audit(who, input)).await;
        }
        let (audit, _) = library.draw_tag_audit(&office, site(5)).await.expect("drawn");
        let right = || verdict(id, Verdict::Right);
        let with = |kind, wrong: &[TagId], missing: &[TagId]| TagVerdict {
            wrong: wrong.to_vec(),
            missing: missing.to_vec(),
            ..verdict(id, kind)
        };
        let proposed = unknown("tag");
        for (code, path, who, audit, verdicts) in [
            (Unauthenticated, "", &nobody, unknown("tag_audit"), vec![right()]),
            (NotAllowed, "", &steward, audit, vec![right()]),
            (NotFound, "audit", &office, unknown("tag_audit"), vec![right()]),
            (Required, "verdicts", &office, audit, Vec::new()),
            (TooLong, "verdicts", &office, audit, vec![right(); 501]),
            (NotFound, "verdicts", &office, audit, vec![verdict(unknown("content"), Verdict::Right)]),
            (Duplicate, "verdicts", &office, audit, vec![right(), right()]),
            (Invalid, "verdict", &office, audit, vec![with(Verdict::Right, &[housing], &[])]),
            (Invalid, "verdict", &office, audit, vec![with(Verdict::Missing, &[housing], &[traffic])]),
            (Required, "wrong", &office, audit, vec![with(Verdict::Wrong, &[], &[traffic])]),
            (Required, "missing", &office, audit, vec![with(Verdict::Missing, &[], &[])]),
            (Invalid, "wrong", &office, audit, vec![with(Verdict::Wrong, &[traffic], &[])]),
            (Invalid, "missing", &office, audit, vec![with(Verdict::Missing, &[], &[housing])]),
            (NotFound, "missing", &office, audit, vec![with(Verdict::Missing, &[], &[proposed])]),
            (TooLong, "verdicts", &office, audit, vec![with(Verdict::Wrong, &[housing; 51], &[])]),
            (TooLong, "note", &office, audit, vec![TagVerdict { note: Some("长".repeat(501)), ..right() }]),
        ] {
            refuses(town, code, path, library.record_tag_verdicts(who, audit, verdicts)).await;
        }
        let judged = "select cast(sum(judged) as bigint) from tag_audit";
        assert_eq!(town.world.count(judged).await, 0, "what was refused is not written");
        // A tag that was merged is the one that it was merged into.
        library.merge_tags(&town.editor(), housing, health).await.expect("merged");
        library.record_tag_verdicts(&office, audit, vec![with(Verdict::Wrong, &[health], &[])]).await.expect("judged");
        assert_eq!(town.world.count(judged).await, 1);
    });
}
