//! The follower that keeps sketches: whatever happens to it, it keeps those of what is live.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use library::Library;
use library::changes::{Change, Follower};
use library::clock::SetClock;
use library::database::Sql;
use library::finding::Sketch;
use library::gate::Sketches;
use library::id::ContentId;
use tests::{World, on_both};

use super::text;
use crate::town::Town;

/// What is kept is what the published texts say; answers how many contents have a sketch.
async fn agrees(world: &World) -> usize {
    static TEXTS: Sql = Sql::new("select content_id, text from content_body");
    static BANDS: Sql = Sql::new("select content_id, band from content_band");
    static SKETCHES: Sql = Sql::new("select content_id from content_sketch where format = 1");
    let database = world.library.database();
    let mut wanted: BTreeMap<ContentId, BTreeSet<i64>> = BTreeMap::new();
    for row in database.rows(&TEXTS, &[]).await.expect("texts") {
        let text: String = row.get(1).expect("a text");
        if let Some(sketch) = Sketch::of(&text) {
            wanted.insert(row.get(0).expect("an id"), sketch.bands().into_iter().collect());
        }
    }
    let mut kept: BTreeMap<ContentId, BTreeSet<i64>> = BTreeMap::new();
    for row in database.rows(&BANDS, &[]).await.expect("bands") {
        kept.entry(row.get(0).expect("an id")).or_default().insert(row.get(1).expect("a band"));
    }
    assert!(kept == wanted, "{} kept, {} wanted", kept.len(), wanted.len());
    let rows = database.rows(&SKETCHES, &[]).await.expect("sketches");
    let sketches: BTreeSet<ContentId> = rows.iter().map(|row| row.get(0).expect("an id")).collect();
    assert_eq!(sketches, wanted.keys().copied().collect());
    wanted.len()
}

async fn feed(library: &Library) {
    let newest = library.newest_position().await.expect("a position");
    assert_eq!(library.feed(&mut Sketches::of(library.clone())).await.expect("fed"), newest);
}

async fn log(library: &Library) -> Vec<Change> {
    library.changes_after(0, i64::MAX).await.expect("the log")
}

#[test]
fn what_was_published_before_is_covered_and_replays_do_no_harm() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        feed(&world.library).await;
        let all = agrees(&world).await;
        assert!(all > 400, "{all} contents of the city have a text long enough");
        let changes = log(&world.library).await;
        let mut sketches = Sketches::of(world.library.clone());
        sketches.follow(&changes).await.expect("again");
        sketches.follow(&changes[..changes.len() / 2]).await.expect("half of it once more");
        assert_eq!(agrees(&world).await, all);
        static PARKED: Sql = Sql::new("select parked from follower where name = 'sketches'");
        let rows = world.library.database().rows(&PARKED, &[]).await.expect("the follower");
        assert_eq!(rows[0].get::<Option<String>>(0).expect("a text"), None, "nothing was parked");
    });
}

#[test]
fn corrected_withdrawn_and_short_texts_have_the_sketch_of_what_is_live() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let with = |seed: u32, length: u32| {
            let mut fields = town.article("文");
            fields.body_html = format!("<p>{}</p>", text(seed, length));
            fields
        };
        let corrected = town.publish(with(1, 300)).await;
        let shortened = town.publish(with(2, 300)).await;
        let withdrawn = town.publish(with(3, 300)).await;
        town.publish(with(4, 10)).await;
        town.draft(with(5, 300)).await;
        feed(town.library()).await;
        assert_eq!(agrees(&town.world).await, 3);
        town.edit(corrected, |fields| fields.body_html = format!("<p>{}</p>", text(6, 300))).await;
        feed(town.library()).await;
        assert_eq!(agrees(&town.world).await, 3, "a draft of a correction changes nothing");
        town.publish_newest(corrected).await;
        town.edit(shortened, |fields| fields.body_html = "<p>短</p>".to_owned()).await;
        town.publish_newest(shortened).await;
        town.withdraw(withdrawn, None).await;
        // Before the follower has come to it, the log is behind the truth; a replay of the past keeps to the truth.
        let past = log(town.library()).await;
        Sketches::of(town.library().clone()).follow(&past[..past.len() / 2]).await.expect("the past");
        feed(town.library()).await;
        assert_eq!(agrees(&town.world).await, 1);
        town.publish_newest(withdrawn).await;
        feed(town.library()).await;
        assert_eq!(agrees(&town.world).await, 2, "published again");
    });
}

#[test]
fn a_crash_in_the_middle_and_two_nodes_at_once_lose_nothing() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        // It worked on a part of the log, and its cursor was not moved.
        let changes = log(&world.library).await;
        Sketches::of(world.library.clone()).follow(&changes[..changes.len() / 3]).await.expect("a part");
        assert_eq!(world.library.follower_position(Sketches::NAME).await.expect("a position"), 0);
        // It is stopped at any moment: what is not committed did not happen.
        let mut sketches = Sketches::of(world.library.clone());
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(15), world.library.feed(&mut sketches));
        drop(given_up.await);
        let clock = Arc::new(SetClock::new(seed::END, 91));
        let node = World::node(&world.url, &world.files, clock).await;
        let (mut one, mut other) = (Sketches::of(world.library.clone()), Sketches::of(node.clone()));
        let deeds = async {
            for change in changes.iter().filter(|change| change.action == "CONTENT_PUBLISHED").take(5) {
                let id = change.subjects.iter().find_map(|touch| touch.subject.parse().ok()).expect("a content");
                let _ = world.library.withdraw_content(&world.editor(), id, "试验", None).await;
            }
        };
        let (one, other, ()) = tokio::join!(world.library.feed(&mut one), node.feed(&mut other), deeds);
        one.expect("fed");
        other.expect("fed");
        feed(&world.library).await;
        agrees(&world).await;
    });
}

#[test]
fn batches_are_bounded_by_what_they_touch() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let all = log(&world.library).await;
        for most in [1, 40, 1_000] {
            let (mut pages, mut read) = (0, Vec::new());
            while let Some(position) = Some(read.last().map_or(0, |change: &Change| change.position)) {
                let page = world.library.changes_within(position, 200, most).await.expect("a page");
                if page.is_empty() {
                    break;
                }
                let touched: usize = page.iter().map(|change| change.subjects.len()).sum();
                assert!(page.len() == 1 || touched as i64 <= most, "{touched} in {} changes", page.len());
                pages += 1;
                read.extend(page);
            }
            assert!(read == all, "nothing is lost or told twice");
            assert!(pages > 3);
        }
    });
}
