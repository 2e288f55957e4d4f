//! What time alone changes: validity of policies and answers, phases of notices, pins, items of panels.

use library::content::{Details, KnowledgeDetails, NoticeDetails, NoticePhase, PolicyDetails, SetValidity, Validity};
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind};
use library::placement::OverridePlacement;
use serde_json::json;
use tests::on_both;

use super::notice_phase;

use crate::town::{Town, at};

fn day(text: &str) -> Option<library::Date> {
    Some(text.parse().expect("a date"))
}

#[test]
fn a_policy_comes_into_force_and_expires_at_midnight_in_shanghai() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let details = PolicyDetails {
            effective_on: day("2026-11-02"),
            expires_on: day("2026-11-30"),
            ..PolicyDetails::default()
        };
        let id = town.publish(town.policy("试行办法", details)).await;
        let state = async || {
            let state = town.live(id).await.unwrap().card.policy().unwrap().state.clone();
            (state.validity, state.since)
        };
        let listed = async || {
            let document = "query($v: [Validity!]) { contents(filter: {validity: $v}) { totalCount } }";
            let mut listed = Vec::new();
            for validity in ["NOT_YET_EFFECTIVE", "EFFECTIVE", "EXPIRED"] {
                let answer = town.data(document, json!({"v": [validity]})).await;
                listed.extend((answer["contents"]["totalCount"] == 1).then_some(validity));
            }
            listed
        };
        assert_eq!(state().await, (Validity::NotYetEffective, None));
        assert_eq!(listed().await, ["NOT_YET_EFFECTIVE"]);

        assert_eq!(town.pass("2026-11-01 23:59:59.999").await, 0);
        assert_eq!(state().await.0, Validity::NotYetEffective);
        assert_eq!(town.pass("2026-11-02 00:00").await, 1);
        assert_eq!(state().await, (Validity::Effective, day("2026-11-02")));
        assert_eq!(listed().await, ["EFFECTIVE"]);
        assert_eq!(town.live(id).await.unwrap().updated_at, at("2026-11-02 00:00"));

        assert_eq!(town.pass("2026-11-30 23:59:59.999").await, 0, "the last day counts");
        assert_eq!(state().await.0, Validity::Effective);
        assert_eq!(town.pass("2026-12-01 00:00").await, 1);
        assert_eq!(state().await, (Validity::Expired, day("2026-12-01")));
        assert_eq!(listed().await, ["EXPIRED"]);
        assert!(town.live(id).await.is_some(), "an expired policy stays readable");
    });
}

#[test]
fn a_correction_after_the_day_keeps_what_came_into_force() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let details = PolicyDetails { effective_on: day("2026-11-02"), ..PolicyDetails::default() };
        let id = town.publish(town.policy("办法", details)).await;
        town.pass("2026-11-02 00:00").await;
        town.edit(id, |fields| fields.title = "办法（勘误）".to_owned()).await;
        town.publish_newest(id).await;
        let live = town.live(id).await.unwrap();
        assert_eq!(
            (live.card.title.as_str(), live.card.policy().unwrap().state.validity),
            ("办法（勘误）", Validity::Effective)
        );
    });
}

#[test]
fn what_an_editor_set_wins_over_the_dates() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let details = PolicyDetails {
            effective_on: day("2026-11-02"),
            expires_on: day("2026-11-30"),
            ..PolicyDetails::default()
        };
        let id = town.publish(town.policy("办法", details)).await;
        let newer = town.publish(town.policy("新办法", PolicyDetails::default())).await;
        let set = SetValidity {
            validity: Validity::Repealed,
            since: None,
            basis: Some(newer),
            note: Some("由新办法废止".to_owned()),
        };
        town.library().set_validity(&town.editor(), id, set).await.unwrap();
        let state = async || town.live(id).await.unwrap().card.policy().unwrap().state.clone();
        assert_eq!((state().await.validity, state().await.since), (Validity::Repealed, day("2026-10-31")));

        let before = town.position().await;
        for time in ["2026-11-02 00:00", "2026-12-01 00:00"] {
            town.pass(time).await;
            assert_eq!(state().await.validity, Validity::Repealed, "on {time}");
        }
        assert_eq!(town.position().await, before, "nothing changed, and nothing is logged");

        town.edit(id, |fields| fields.title = "办法（已废止）".to_owned()).await;
        town.publish_newest(id).await;
        assert_eq!((state().await.validity, state().await.basis), (Validity::Repealed, Some(newer)));
        assert_eq!(town.world.count("select count(*) from due").await, 0);
    });
}

#[test]
fn an_answer_warns_when_its_validity_has_passed() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let details = KnowledgeDetails { valid_until: day("2026-11-15"), ..KnowledgeDetails::default() };
        let id = town.publish(town.fields("如何申请？", Details::KnowledgeEntry(Box::new(details)))).await;
        let warnings = async || {
            let document = "query($id: ID!) { node(id: $id) { ... on KnowledgeEntry { warnings { code message } } } }";
            town.data(document, json!({"id": id.to_string()})).await["node"]["warnings"].clone()
        };
        assert_eq!(warnings().await, json!([]));
        assert_eq!(town.pass("2026-11-15 23:59:59.999").await, 0);
        assert_eq!(warnings().await, json!([]));
        assert_eq!(town.pass("2026-11-16 00:00").await, 1);
        assert_eq!(warnings().await[0]["code"], "ENTRY_EXPIRED");
        assert!(warnings().await[0]["message"].as_str().unwrap().contains("有效期"));

        // The desk prolongs the answer.
        town.edit(id, |fields| {
            let details = KnowledgeDetails { valid_until: day("2027-11-15"), ..KnowledgeDetails::default() };
            fields.details = Details::KnowledgeEntry(Box::new(details));
        })
        .await;
        town.publish_newest(id).await;
        assert_eq!(warnings().await, json!([]));
        assert_eq!(town.pass("2027-11-16 00:00").await, 1);
        assert_eq!(warnings().await[0]["code"], "ENTRY_EXPIRED");
    });
}

#[test]
fn a_notice_opens_and_ends() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let details = Details::Notice(NoticeDetails {
            publicity_from: day("2026-11-03"),
            publicity_until: day("2026-11-09"),
            feedback: Some("电话".to_owned()),
        });
        let id = town.publish(town.fields("公示", details)).await;
        let phase = async || notice_phase(&town.live(id).await.unwrap());
        for (time, done, expected) in [
            ("2026-11-02 23:59:59.999", 0, NoticePhase::Upcoming),
            ("2026-11-03 00:00", 1, NoticePhase::Open),
            ("2026-11-09 23:59:59.999", 0, NoticePhase::Open),
            ("2026-11-10 00:00", 1, NoticePhase::Ended),
        ] {
            assert_eq!(town.pass(time).await, done, "at {time}");
            assert_eq!(phase().await, Some(expected), "at {time}");
        }
        let document = "query($id: ID!) { node(id: $id) { ... on Notice { publicityPhase } } }";
        assert_eq!(town.data(document, json!({"id": id.to_string()})).await["node"]["publicityPhase"], "ENDED");
    });
}

#[test]
fn a_pin_ends_at_its_moment() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let old = town.publish(town.article("旧闻置顶")).await;
        town.pass("2026-10-31 19:00").await;
        let gone = town.publish(town.article("置顶后撤稿")).await;
        town.pass("2026-10-31 20:00").await;
        town.publish(town.article("新闻")).await;
        for id in [old, gone] {
            let placement = town.placement(id, town.news).await;
            let until = Some(at("2026-11-02 12:00"));
            let pin = OverridePlacement { rank: 10, pinned_until: until, ..OverridePlacement::default() };
            town.library().override_placement(&town.editor(), placement, pin).await.unwrap();
        }
        town.withdraw(gone, None).await;
        let titles = async || {
            let document = "{ column(by: {at: {site: \"town\", path: \"/news\"}}) {
                placements(first: 5) { nodes { title pinned rank } } } }";
            let answer = town.data(document, json!({})).await;
            let nodes = answer["column"]["placements"]["nodes"].as_array().unwrap().clone();
            nodes
                .iter()
                .map(|node| (node["title"].as_str().unwrap().to_owned(), node["pinned"] == true))
                .collect::<Vec<_>>()
        };
        let of = |title: &str, pinned: bool| (title.to_owned(), pinned);
        assert_eq!(titles().await, [of("旧闻置顶", true), of("新闻", false)]);
        assert_eq!(town.pass("2026-11-02 11:59:59.999").await, 0);
        assert_eq!(titles().await, [of("旧闻置顶", true), of("新闻", false)]);
        let before = town.position().await;
        town.pass("2026-11-02 12:00").await;
        assert_eq!(titles().await, [of("新闻", false), of("旧闻置顶", false)]);
        assert_eq!(town.position().await, before + 1, "the withdrawn one has no pin to end");
        assert_eq!(town.live(old).await.unwrap().updated_at, at("2026-10-31 18:00"), "the content is as it was");
    });
}

fn item(title: &str, from: Option<&str>, until: Option<&str>, children: Vec<PanelItem>) -> PanelItem {
    PanelItem {
        title: Some(title.to_owned()),
        summary: None,
        image: None,
        target: None,
        body: None,
        children,
        starts_at: from.map(at),
        ends_at: until.map(at),
        hidden: false,
        shown: false,
    }
}

#[test]
fn items_of_a_panel_appear_and_go() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let child = item("子项", Some("2026-11-04 08:00"), Some("2026-11-05 08:00"), Vec::new());
        let items = vec![
            item("常设", None, None, vec![child]),
            item("预告", Some("2026-11-02 08:00"), None, Vec::new()),
            item("限时", None, Some("2026-11-03 08:00"), Vec::new()),
        ];
        let fields = PanelFields { name: "轮播".to_owned(), kind: PanelKind::Carousel, more: None, items };
        let panel = CreatePanel { site: town.site, column: None, code: "carousel".to_owned(), fields };
        town.library().create_panel(&town.editor(), panel).await.unwrap();
        let shown = async || {
            let document = "{ site(by: {code: \"town\"}) {
                panels(codes: [\"carousel\"]) { items { title children { title } } } } }";
            let answer = town.data(document, json!({})).await;
            let mut shown = Vec::new();
            for item in answer["site"]["panels"][0]["items"].as_array().unwrap() {
                shown.push(item["title"].as_str().unwrap().to_owned());
                let children = item["children"].as_array().unwrap();
                shown.extend(children.iter().map(|child| child["title"].as_str().unwrap().to_owned()));
            }
            shown
        };
        assert_eq!(shown().await, ["常设", "限时"]);
        for (time, done, expected) in [
            ("2026-11-02 07:59:59.999", 0, vec!["常设", "限时"]),
            ("2026-11-02 08:00", 1, vec!["常设", "预告", "限时"]),
            ("2026-11-03 08:00", 1, vec!["常设", "预告"]),
            ("2026-11-04 08:00", 1, vec!["常设", "子项", "预告"]),
            ("2026-11-05 08:00", 1, vec!["常设", "预告"]),
        ] {
            assert_eq!(town.pass(time).await, done, "at {time}");
            assert_eq!(shown().await, expected, "at {time}");
        }
        assert_eq!(town.world.count("select count(*) from due").await, 0);
    });
}
