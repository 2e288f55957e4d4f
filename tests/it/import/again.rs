//! A second run: what is known is recognised, what has changed becomes a correction, what is gone is told.

use library::content::LiveContent;
use seed::{ImportOutcome, ImportReport, OnChange};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{any, article, file, html, import, of_origin, run, to_policies};
use crate::town::{Town, at};

fn records() -> Vec<Json> {
    ["n1", "n2", "n3"]
        .map(|id| {
            let mut record = article(id, &format!("标题{id}"));
            record["publishedAt"] = json!("2024-01-01");
            record
        })
        .to_vec()
}

#[test]
fn what_is_known_and_unchanged_is_passed_over() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        import(&town, file("news.jsonl", &records())).await;
        let before = town.position().await;
        let ran = import(&town, file("news.jsonl.gz", &records())).await;
        assert_eq!(ran.report, ImportReport { read: 3, unchanged: 3, ..ImportReport::default() }, "{:?}", ran.lines);
        assert_eq!(town.position().await, before, "nothing is written");
    });
}

#[test]
fn what_has_changed_becomes_a_correction() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut records = records();
        import(&town, file("news.jsonl", &records)).await;
        let old = of_origin(&town, "news", "n2").await.unwrap();
        town.pass("2026-11-01 09:00").await;
        let before = town.position().await;
        records[1]["title"] = json!("改过的标题");
        records[1]["bodyText"] = json!("改过的正文");
        records[1]["oldPaths"] = json!(["/old/n2.html"]);
        let ran = import(&town, file("news.jsonl", &records)).await;
        let report = ImportReport { read: 3, updated: 1, unchanged: 2, ..ImportReport::default() };
        assert_eq!(ran.report, report, "{:?}", ran.lines);
        let new: LiveContent = of_origin(&town, "news", "n2").await.unwrap();
        assert_eq!((new.id, new.card.title.as_str(), new.revision), (old.id, "改过的标题", 2));
        assert_eq!((new.published_at, new.updated_at), (at("2024-01-01 00:00"), at("2026-11-01 09:00")));
        assert_eq!(html(&town, &new).await, "<p>改过的正文</p>");
        let changes = town.changes(before).await;
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].action.as_str(), changes[0].actor.as_str()), ("CONTENT_EDITED", "program:import"));
        let led = super::super::addresses::found(&town, town.site, "/old/n2.html").await;
        assert!(led.starts_with("-> "), "{led}");
        let again = import(&town, file("news.jsonl", &records)).await;
        assert_eq!(again.report.unchanged, 3);
        crate::whole::whole(&town.world).await;
    });
}

#[test]
fn changes_may_be_reported_alone() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut records = records();
        import(&town, file("news.jsonl", &records)).await;
        let before = town.position().await;
        records[0]["title"] = json!("改过的标题");
        let wanted = seed::Import { on_change: OnChange::Report, ..to_policies(file("news.jsonl", &records)) };
        let ran = run(&town, &wanted).await;
        assert_eq!(ran.report, ImportReport { read: 3, changed: 1, unchanged: 2, ..ImportReport::default() });
        assert!(ran.report.is_whole(), "what was left as was asked is no failure");
        assert_eq!(town.position().await, before);
    });
}

#[test]
fn what_is_gone_from_the_source_is_told_and_stays() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut records = records();
        import(&town, file("news.jsonl", &records)).await;
        import(&town, file("others.jsonl", &[article("o1", "别的来源")])).await;
        let gone = of_origin(&town, "news", "n2").await.unwrap();
        let before = town.position().await;
        records.remove(1);
        // A record that cannot be taken any more is not gone.
        records[1]["title"] = json!("");
        let ran = import(&town, file("news.jsonl", &records)).await;
        assert_eq!(ran.report, ImportReport { read: 2, unchanged: 1, failed: 1, gone: 1, ..ImportReport::default() });
        let told = ran.lines.iter().find(|line| line.outcome == ImportOutcome::Gone(any(&gone))).expect("told");
        assert_eq!(told.json()["origin"], json!({"system": "import:news", "id": "n2"}));
        assert_eq!(told.json()["line"], Json::Null);
        assert_eq!(town.position().await, before);
        assert!(town.live(gone.id).await.is_some());
    });
}

#[test]
fn what_people_did_here_is_not_undone() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut records = records();
        import(&town, file("news.jsonl", &records)).await;
        let id = |content: Option<LiveContent>| content.unwrap().id;
        let (edited, drafted) = (id(of_origin(&town, "news", "n1").await), id(of_origin(&town, "news", "n2").await));
        let withdrawn = id(of_origin(&town, "news", "n3").await);
        town.edit(edited, |fields| fields.title = "编辑改的".to_owned()).await;
        town.publish_newest(edited).await;
        town.edit(drafted, |fields| fields.title = "还是草稿".to_owned()).await;
        town.withdraw(withdrawn, None).await;
        let unchanged = import(&town, file("news.jsonl", &records)).await;
        assert_eq!(unchanged.report, ImportReport { read: 3, unchanged: 2, skipped: 1, ..ImportReport::default() });
        for record in &mut records {
            record["bodyText"] = json!("来源改了");
        }
        let ran = import(&town, file("news.jsonl", &records)).await;
        assert_eq!(ran.failed(), [(1, "EDITED_HERE", ""), (2, "WRONG_STATE", "")]);
        assert_eq!(ran.report.skipped, 1, "a withdrawn content is not brought back");
        assert_eq!(town.live(edited).await.unwrap().card.title, "编辑改的");
        assert!(town.live(withdrawn).await.is_none());
    });
}

#[test]
fn a_record_twice_in_one_file_is_taken_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let with = |mut record: Json, system: &str| {
            record["system"] = json!(system);
            record
        };
        let records = [
            with(article("n1", "一"), "news"),
            with(article("n1", "别处的同号"), "other"),
            with(article("n1", "一"), "news"),
            with(article("n1", "另一"), "news"),
            with(article("n2", &"长".repeat(301)), "news"),
            with(article("n2", "不长"), "news"),
            json!({"id": "a", "system": "news", "title": "甲", "body": "文", "oldPaths": ["/x.html"]}),
            json!({"id": "b", "system": "news", "title": "乙", "body": "文", "oldPaths": ["x.html"]}),
        ];
        let ran = import(&town, file("twice.jsonl", &records)).await;
        let report = ImportReport { read: 8, written: 4, skipped: 1, failed: 3, ..ImportReport::default() };
        assert_eq!(ran.report, report, "{:?}", ran.lines);
        assert_eq!(ran.failed(), [(4, "DUPLICATE", "id"), (5, "TOO_LONG", "title"), (8, "DUPLICATE", "oldPaths")]);
        assert_eq!(of_origin(&town, "news", "n1").await.unwrap().card.title, "一");
        assert_eq!(of_origin(&town, "news", "n2").await.unwrap().card.title, "不长");
    });
}
