//! Dry runs and strict ones, reports, interrupting, and what ends an import before it begins.

use std::sync::atomic::Ordering;

use seed::{Import, ImportEvent, ImportReport};
use serde_json::json;
use tests::on_both;

use super::{article, file, import, lines, of_origin, run, to_policies};
use crate::town::Town;

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut records = vec![article("a", "甲"), article("b", "乙"), article("c", "")];
        records.push(json!({"id": "d", "title": "丁", "body": "文", "oldPaths": ["/policies"]}));
        import(&town, file("old.jsonl", &records[..2])).await;
        records[0]["bodyText"] = json!("改");
        records.push(json!({"id": "e", "title": "戊", "body": "文", "links": [{"type": "SEE_ALSO", "to": {"origin": {"id": "f"}}}]}));
        records.push(article("f", "己"));
        let before = town.position().await;
        let dry = Import { rehearsal: true, ..to_policies(file("old.jsonl", &records)) };
        let rehearsed = run(&town, &dry).await;
        assert_eq!(town.position().await, before);
        assert_eq!(town.world.count("select count(*) from revision").await, 2);
        let wrote = import(&town, file("old.jsonl", &records)).await;
        let report =
            ImportReport { read: 6, written: 2, updated: 1, unchanged: 1, failed: 2, ..ImportReport::default() };
        assert_eq!(rehearsed.report, report);
        assert_eq!(wrote.report, ImportReport { linked: 1, ..report });
        assert_eq!(rehearsed.failed(), wrote.failed());
        let later =
            |outcomes: Vec<(u64, String)>| outcomes.into_iter().filter(|(_, o)| o != "LINKED").collect::<Vec<_>>();
        assert_eq!(rehearsed.outcomes(), later(wrote.outcomes()));
    });
}

#[test]
fn a_strict_import_writes_all_or_nothing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let before = town.position().await;
        let mut records: Vec<_> = (0..300).map(|n| article(&n.to_string(), &format!("第{n}条"))).collect();
        records[250]["title"] = json!("");
        let strict = |path| Import { strict: true, ..to_policies(path) };
        let ran = run(&town, &strict(file("old.jsonl", &records))).await;
        assert_eq!(ran.failed(), [(251, "REQUIRED", "title")]);
        assert_eq!(ran.lines.len(), 300, "every record is told once");
        assert_eq!(town.position().await, before);
        records[250]["title"] = json!("有了");
        let ran = run(&town, &strict(file("old.jsonl", &records))).await;
        assert_eq!((ran.report.written, ran.lines.len()), (300, 300));
    });
}

#[test]
fn a_report_has_a_line_for_every_record() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let ran = import(&town, file("old.jsonl", &[article("a", "甲"), article("b", "")])).await;
        let mut told: Vec<_> = ran.lines.iter().map(seed::ImportLine::json).collect();
        told.sort_by_key(|line| line["line"].as_u64());
        let content = of_origin(&town, "old", "a").await.unwrap().id.to_string();
        let origin = |id: &str| json!({"system": "import:old", "id": id});
        assert_eq!(told[0], json!({"line": 1, "origin": origin("a"), "outcome": "WRITTEN", "content": content}));
        let failed = json!({"line": 2, "origin": origin("b"), "outcome": "FAILED", "code": "REQUIRED", "field": "title",
            "reason": "it is missing or empty"});
        assert_eq!(told[1], failed);
    });
}

#[test]
fn an_import_can_be_ended_and_continued() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let records: Vec<_> = (0..1_500).map(|n| article(&n.to_string(), &format!("第{n}条"))).collect();
        let wanted = to_policies(file("old.jsonl", &records));
        let flag = wanted.interrupted.clone();
        let mut hear = |event| {
            if matches!(event, ImportEvent::Line(_)) {
                flag.store(true, Ordering::Relaxed);
            }
        };
        let report = seed::import(town.library(), &wanted, &mut hear).await.unwrap();
        let line = report.interrupted.expect("ended");
        assert!(!report.is_whole() && (1..1_500).contains(&line), "{report:?}");
        assert_eq!((report.read, report.written, report.gone), (line, line, 0), "what was begun is finished");
        crate::whole::whole(&town.world).await;
        let rest = import(&town, file("old.jsonl", &records)).await.report;
        assert_eq!((rest.unchanged, rest.written), (line, 1_500 - line));
    });
}

#[test]
fn an_import_that_has_no_place_to_go_writes_nothing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let before = town.position().await;
        let right = to_policies(file("old.jsonl", &[article("a", "甲")]));
        let wrong = [
            (Import { path: "/nowhere/x.jsonl".into(), ..right.clone() }, "cannot be opened"),
            (Import { site: Some("nowhere".into()), ..right.clone() }, "no site nowhere"),
            (Import { site: None, ..right.clone() }, "give --site"),
            (Import { column: Some("/nowhere".into()), ..right.clone() }, "no column /nowhere"),
            (Import { column: None, ..right.clone() }, "give --column"),
            (Import { map: Some("/nowhere/m.toml".into()), ..right.clone() }, "the map /nowhere/m.toml cannot be read"),
            (Import { publisher: Some("nobody".into()), ..right }, "no organisation nobody"),
        ];
        for (import, says) in wrong {
            let told =
                seed::import(town.library(), &import, &mut |event| assert!(!matches!(event, ImportEvent::Line(_))))
                    .await;
            let error = told.expect_err("no place");
            assert!(format!("{error:#}").contains(says), "{error:#}");
        }
        assert_eq!(town.position().await, before);
        assert!(lines(&[]).is_empty());
    });
}
