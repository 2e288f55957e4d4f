//! Very many matches: counts stay exact, pages are complete, and what says it in its title comes first. What is right is counted here
//! by plainly looking at every text.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test reports")]

use std::collections::{BTreeMap, BTreeSet};

use search::embedded::{Embedded, Settings};
use search::{Document, Engine, Filter, Found, Order, Query, Question, Words};
use uuid::Uuid;

/// More than are all ranked by everything.
const MANY: usize = 7_000;
const WORDS: [&str; 6] = ["公积金", "营业执照", "防汛", "义务教育", "养老", "信用"];
const KINDS: [&str; 3] = ["ARTICLE", "POLICY", "NOTICE"];

/// Which words a text has; the same numbers give the same texts.
fn has(number: usize, word: usize) -> bool {
    // Each word in another part of the texts, none independent of where a text stands.
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(11 * word as u32);
    mixed % 100 < [90, 75, 60, 30, 8, 2][word]
}

fn in_title(number: usize) -> bool {
    number.is_multiple_of(11) && has(number, 0)
}

fn document(number: usize) -> Document {
    let body: Vec<&str> = (0..WORDS.len()).filter(|word| has(number, *word)).map(|word| WORDS[word]).collect();
    let title = if in_title(number) { format!("公积金第{number}期") } else { format!("简报第{number}期") };
    Document {
        id: Uuid::from_u128(number as u128 + 1),
        kind: KINDS[number % 10 / 5 + usize::from(number.is_multiple_of(500))].to_owned(),
        title,
        body: format!("{}。", body.join("，")),
        sites: vec![Uuid::from_u128(900 + number as u128 % 7)],
        year: 2020 + (number % 5) as i32,
        published_at: number as i64 * 1_000_000,
        ..Document::default()
    }
}

async fn index(folder: &std::path::Path) -> Embedded {
    let engine = Embedded::new(Settings { folder: folder.to_path_buf(), memory: 15_000_000, threads: 1 });
    let mut building = engine.build().await.expect("a building");
    for numbers in (0..MANY).collect::<Vec<_>>().chunks(1_000) {
        building.add(numbers.iter().map(|number| document(*number)).collect()).await.expect("added");
    }
    building.finish(1).await.expect("built");
    engine
}

async fn find(engine: &Embedded, query: &str, change: impl FnOnce(&mut Question)) -> Found {
    let query = Query::read(query, &Words::default());
    let mut question = Question { query, first: 20, now: MANY as i64 * 1_000_000, ..Question::default() };
    change(&mut question);
    engine.find(question).await.expect("an answer")
}

fn number(id: Uuid) -> usize {
    id.as_u128() as usize - 1
}

#[tokio::test]
async fn what_enough_words_find_is_counted_exactly() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path()).await;
    for chosen in [vec![0, 1, 2], vec![1, 2, 3, 4], vec![0, 1, 2, 3, 4, 5], vec![3, 4, 5], vec![4, 5], vec![0]] {
        let query = chosen.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ");
        let words = Query::read(&query, &Words::default()).words.len();
        assert_eq!(words, chosen.len(), "{query}: each is one word");
        let least = (2 * words).div_ceil(3);
        for site in [None, Some(3)] {
            let meeting = |least: usize| -> Vec<usize> {
                let meets = |number: &usize| {
                    let met = chosen.iter().filter(|word| has(*number, **word)).count();
                    met >= least && site.is_none_or(|site| *number % 7 == site)
                };
                (0..MANY).filter(meets).collect()
            };
            // Where too few have most of the words, one is enough.
            let enough = if words > 2 { 20 } else { 1 };
            let expected = Some(meeting(least)).filter(|met| met.len() >= enough).unwrap_or_else(|| meeting(1));
            let sites: Vec<Uuid> = site.iter().map(|site| Uuid::from_u128(900 + *site as u128)).collect();
            let filter = Filter { sites, ..Filter::default() };
            let found = find(&engine, &query, |question| {
                (question.filter, question.facets, question.of_each_kind) = (filter.clone(), true, 5);
            })
            .await;
            assert_eq!(found.total, expected.len(), "{query}, {site:?}");
            let mut kinds = BTreeMap::new();
            expected.iter().for_each(|number| *kinds.entry(document(*number).kind).or_insert(0) += 1);
            let groups: BTreeMap<String, usize> =
                found.groups.iter().map(|group| (group.kind.clone(), group.total)).collect();
            assert_eq!(groups, kinds, "{query}, {site:?}");
            for group in &found.groups {
                assert_eq!(group.hits.len(), group.total.min(5));
                assert!(group.hits.iter().all(|hit| document(number(hit.id)).kind == group.kind));
            }
            // All pages together have what they can have, each once.
            let mut seen = BTreeSet::new();
            for page in 0..10 {
                let filter = filter.clone();
                let found = find(&engine, &query, |question| {
                    (question.filter, question.first, question.offset) = (filter, 100, page * 100);
                })
                .await;
                let numbers: Vec<usize> = found.hits.iter().map(|hit| number(hit.id)).collect();
                assert!(numbers.iter().all(|number| expected.binary_search(number).is_ok()), "{query}");
                assert!(found.hits.is_sorted_by(|a, b| a.score >= b.score), "{query}, page {page}");
                seen.extend(numbers);
            }
            assert_eq!(seen.len(), expected.len().min(1_000), "{query}, {site:?}");
        }
    }
}

#[tokio::test]
async fn of_very_many_those_that_say_it_in_their_titles_come_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path()).await;
    let found = find(&engine, "公积金", |_| ()).await;
    assert!(found.total > 5_000);
    assert!(found.hits.iter().all(|hit| in_title(number(hit.id))));
    let newest = find(&engine, "公积金", |question| question.order = Order::Newest).await;
    let expected: Vec<usize> = (0..MANY).rev().filter(|number| has(*number, 0)).take(20).collect();
    assert_eq!(newest.hits.iter().map(|hit| number(hit.id)).collect::<Vec<_>>(), expected);
    let behind = find(&engine, "公积金", |question| (question.order, question.offset) = (Order::Newest, 500)).await;
    assert!(newest.hits.iter().chain(&behind.hits).all(|hit| hit.score > 0.0), "each says how well it fits");
}
