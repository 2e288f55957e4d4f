//! Links between records: to what is there, to what comes later in the file, to what never comes.

use library::link::LinkDirection;
use seed::{ImportReport, OnChange};
use serde_json::json;
use tests::on_both;

use super::{article, file, import, of_origin, run, to_policies};
use crate::town::Town;

fn interpretation() -> serde_json::Value {
    json!({"id": "i1", "kind": "INTERPRETATION", "title": "解读", "body": "文", "links": [
        {"type": "INTERPRETS", "to": {"origin": {"id": "p1"}}, "note": "全文"},
        {"type": "SEE_ALSO", "to": {"documentNumber": "甲[2020]2号"}},
        {"type": "SEE_ALSO", "to": {"page": {"title": "国务院", "url": "https://www.gov.example/"}}}]})
}

fn policies() -> [serde_json::Value; 2] {
    ["1", "2"].map(|n| json!({"id": format!("p{n}"), "kind": "POLICY", "title": format!("办法{n}"), "body": "文", "documentNumber": format!("甲〔2020〕{n}号")}))
}

/// The titles that the links of the interpretation lead to.
async fn ends(town: &Town) -> Vec<String> {
    let from = of_origin(town, "old", "i1").await.unwrap();
    let links = town.read().links(&[from.id]).await.unwrap().remove(&from.id).unwrap_or_default();
    let out = links.into_iter().filter(|link| link.direction == LinkDirection::Out);
    out.map(|link| link.page.map(|(title, _)| title).or(link.content.map(|to| to.card.title.clone())).unwrap())
        .collect()
}

#[test]
fn links_lead_to_what_comes_later_in_the_file() {
    on_both(async |engine| {
        for on_change in [OnChange::Update, OnChange::Report] {
            let town = Town::on(engine).await;
            let [one, two] = policies();
            let path = file("old.jsonl", &[interpretation(), one, two]);
            let wanted = seed::Import { on_change, ..to_policies(path) };
            let ran = run(&town, &wanted).await;
            let report = ImportReport { read: 3, written: 3, linked: 1, ..ImportReport::default() };
            assert_eq!(ran.report, report, "{:?}", ran.lines);
            assert_eq!(ends(&town).await, ["办法1", "办法2", "国务院"], "in the order of the record");
            let before = town.position().await;
            assert_eq!(run(&town, &wanted).await.report.unchanged, 3);
            assert_eq!(town.position().await, before);
            crate::whole::whole(&town.world).await;
        }
    });
}

#[test]
fn a_link_to_nothing_is_told_and_made_when_its_end_is_there() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let ran = import(&town, file("old.jsonl", &[interpretation()])).await;
        assert_eq!(ran.failed(), [(1, "NOT_FOUND", "links.0"), (1, "NOT_FOUND", "links.1")]);
        assert_eq!((ran.report.written, ran.report.is_whole()), (1, false), "the rest is taken over");
        assert_eq!(ends(&town).await, ["国务院"]);
        let [one, two] = policies();
        let ran = import(&town, file("old.jsonl", &[one, two, interpretation(), article("a", "题")])).await;
        let report = ImportReport { read: 4, written: 3, linked: 1, ..ImportReport::default() };
        assert_eq!(ran.report, ImportReport { unchanged: 1, ..report }, "{:?}", ran.lines);
        assert_eq!(ends(&town).await.len(), 3);
    });
}
