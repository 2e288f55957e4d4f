//! Batches: one deed each, every content named, as the same contents published one by one would be.

use library::changes::Effect;
use library::id::AnyId;
use seed::ImportOutcome;
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{file, import, of_origin, run, to_policies};
use crate::town::{Town, at};

fn records(count: usize) -> Vec<Json> {
    (0..count).map(|n| json!({"id": n.to_string(), "title": format!("第{n}条"), "bodyText": "正文"})).collect()
}

#[test]
fn a_batch_is_one_change_that_names_every_content() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let before = town.position().await;
        let ran = import(&town, file("batches.jsonl", &records(4_000))).await;
        assert_eq!(ran.report.written, 4_000);
        let changes = town.changes(before).await;
        let mut named = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            assert_eq!(change.position, before + at as i64 + 1, "without gaps");
            assert_eq!((change.action.as_str(), change.actor.as_str()), ("CONTENT_PUBLISHED", "program:import"));
            let entered = change
                .subjects
                .iter()
                .filter(|touch| touch.subject.starts_with("content_") && touch.effect == Effect::Entered);
            named.push(entered.map(|touch| touch.subject.clone()).collect::<Vec<_>>());
        }
        let sizes: Vec<usize> = named.iter().map(Vec::len).collect();
        // The clock of the test stands: no batch takes time, so that they grow to the most that a deed may name.
        assert!(sizes.iter().all(|size| (1..=1_000).contains(size)) && sizes.contains(&1_000), "{sizes:?}");
        let written: Vec<String> = ran
            .lines
            .iter()
            .map(|line| match &line.outcome {
                ImportOutcome::Written(Some(AnyId::ContentId(id))) => id.to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(named.concat(), written, "in the order of the file");
        assert_eq!(town.world.count("select members from shelf where list = 'library'").await, 4_000);
        crate::whole::whole(&town.world).await;
    });
}

#[test]
fn an_imported_content_is_as_one_that_was_published() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let record = json!({"id": "1", "kind": "NOTICE", "title": "公示", "bodyText": "正文", "disclosure": "PROACTIVE",
            "publicityFrom": "2026-11-01", "publicityUntil": "2026-11-05", "keywords": ["甲"]});
        let wanted = seed::Import { column: Some("/news".into()), ..to_policies(file("old.jsonl", &[record])) };
        let before = town.position().await;
        run(&town, &wanted).await;
        let imported = of_origin(&town, "old", "1").await.unwrap();
        let subjects = |changes: Vec<library::changes::Change>, id: &str, short: &str| {
            let touched: Vec<_> = changes.into_iter().flat_map(|change| change.subjects).collect();
            let mut said: Vec<String> = touched
                .iter()
                .filter(|touch| !touch.subject.starts_with("placement_") && !touch.subject.starts_with("key:origin"))
                .map(|touch| format!("{} {:?}", touch.subject.replace(id, "ID").replace(short, "SHORT"), touch.effect))
                .collect();
            said.sort();
            said
        };
        let of_import = subjects(town.changes(before).await, &imported.id.to_string(), &imported.id.short());

        let mut fields = town.library().working_content(imported.id).await.unwrap().1;
        fields.origin = None;
        let draft = town.draft(fields).await;
        let before = town.position().await;
        town.publish_newest(draft).await;
        let published = town.live(draft).await.unwrap();
        let by_hand = subjects(town.changes(before).await, &draft.to_string(), &draft.short());
        let alike = |said: Vec<String>| -> Vec<String> {
            // The desk knew the draft before it was published; of what is imported it knew nothing.
            let not_alike = ["key:index-number", "members:working:"];
            said.into_iter().filter(|subject| !not_alike.iter().any(|start| subject.starts_with(start))).collect()
        };
        assert_eq!(alike(of_import), alike(by_hand), "the log hears the same");
        assert_eq!(imported.card.glance, published.card.glance);
        assert!(imported.index_number.is_some() && imported.index_number != published.index_number);
        // And both change at their moment.
        assert_eq!(town.pass("2026-11-06 00:00").await, 4);
        assert_eq!(town.live(imported.id).await.unwrap().card.glance, town.live(draft).await.unwrap().card.glance);
        assert_eq!(imported.published_at, at("2026-10-31 18:00"));
        crate::whole::whole(&town.world).await;
    });
}
