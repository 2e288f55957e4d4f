//! A merge that is still followed: until the last content has the other tag, lists, pages and counts walk both and are what
//! they will be.

use library::content::{ContentFilter, ContentKind, Details, DraftContent, TagAssignment, TagAssignmentSource};
use library::database::Sql;
use library::id::{ContentId, TagId};
use library::placement::PlacementFilter;
use library::{Audience, Paging};
use serde_json::json;
use tests::on_both;

use crate::sharing::holds;
use crate::sharing::sweeps::{cut_off, deed, finish, tags};
use crate::town::Town;

/// Enough that whoever makes them follow is still at it when it is killed.
const MANY: usize = 1500;
const KINDS: [ContentKind; 3] = [ContentKind::Article, ContentKind::Notice, ContentKind::Disclosure];

/// Contents of several kinds with one of the tags, or both.
async fn fill(town: &Town, old: TagId, new: TagId) {
    let library = town.library();
    let mut ready = Vec::new();
    for number in 0..MANY {
        let mut fields = town.fields(&format!("第{number}条"), Details::bare(KINDS[number % 7 % 3]));
        let given = match number % 10 {
            0 => vec![new],
            1 | 2 => vec![old, new],
            _ => vec![old],
        };
        let assigned = |tag| TagAssignment { tag, source: TagAssignmentSource::Import };
        fields.tags = given.into_iter().map(assigned).collect();
        ready.push(library.prepare_import(DraftContent { site: town.site, fields }.into()).expect("sound"));
    }
    for (number, batch) in ready.chunks(300).enumerate() {
        town.pass(&format!("2026-11-01 {number:02}:00")).await;
        let imported = library.import_contents(&town.editor(), batch, false).await.expect("imported");
        assert!(imported.answers.iter().all(Result::is_ok));
    }
}

/// What has one of the tags in the tables, the newest first.
async fn by_hand(town: &Town, tags: &[TagId], kind: Option<ContentKind>) -> Vec<ContentId> {
    let sql = Sql::new(
        "select content_id from content_tag where tag_id in ids($1) and ($2 or kind = $3)
         group by content_id, published_at order by published_at desc, content_id desc",
    );
    let name: &str = kind.unwrap_or(ContentKind::Article).into();
    let params = [tags.into(), kind.is_none().into(), name.into()];
    let rows = town.library().database().rows(&sql, &params).await.expect("rows");
    rows.iter().map(|row| row.get(0).expect("an id")).collect()
}

/// All of a list, page by page; how many it says it has; and how many statements its first page took.
async fn walked(town: &Town, filter: &ContentFilter, backward: bool) -> (Vec<ContentId>, Option<i64>, u64) {
    let (mut all, mut from, mut statements) = (Vec::new(), None, 0);
    loop {
        let scope = town.read();
        let paging = Paging { size: 97, backward, from, offset: 0 };
        let page = scope.contents(filter, Default::default(), &paging).await.expect("a page");
        statements = if statements == 0 { scope.statements() } else { statements };
        let more = if backward { page.has_previous } else { page.has_next };
        let items: Vec<ContentId> = page.items.iter().map(|(content, _)| content.id).collect();
        let end = if backward { page.items.first() } else { page.items.last() };
        from = end.map(|(_, key)| key.clone());
        match backward {
            true => all.splice(0..0, items).for_each(drop),
            false => all.extend(items),
        }
        if !more {
            let total = town.read().contents_total(filter).await.expect("a total");
            return (all, total, statements);
        }
    }
}

/// Asserts that everything that is asked by one of the tags is what both have by hand. Answers the statements of a page.
async fn is_one(town: &Town, old: TagId, new: TagId) -> u64 {
    let mut statements = 0;
    for tag in [old, new] {
        for kind in [None, Some(KINDS[0]), Some(KINDS[1])] {
            let expected = by_hand(town, &[old, new], kind).await;
            let kinds: Vec<ContentKind> = kind.into_iter().collect();
            let filters = [
                ContentFilter { any_tags: vec![tag], kinds: kinds.clone(), ..ContentFilter::default() },
                ContentFilter { all_tags: vec![tag], kinds: kinds.clone(), ..ContentFilter::default() },
                ContentFilter { any_tags: vec![old, new], all_tags: vec![old, new], kinds, ..ContentFilter::default() },
            ];
            for filter in filters {
                for backward in [false, true] {
                    let (all, total, took) = walked(town, &filter, backward).await;
                    assert_eq!(all.len(), expected.len(), "{filter:?}");
                    assert_eq!(all, expected, "{filter:?}");
                    assert_eq!(total, Some(expected.len() as i64), "{filter:?}");
                    statements = took;
                }
            }
        }
        let scope = town.read();
        let site = scope.site(town.site).expect("a site");
        let with_tag = PlacementFilter { any_tags: vec![tag], ..PlacementFilter::default() };
        let page = scope.placements_of_site(&site, &with_tag, Default::default(), &Paging::first(10)).await;
        let shown: Vec<ContentId> = page.expect("a page").items.iter().map(|shown| shown.content.id).collect();
        assert_eq!(shown, by_hand(town, &[old, new], None).await[..10]);
        let all = by_hand(town, &[old, new], None).await.len();
        let query = "query($id: ID!) { tag(by: {id: $id}) { usage contents(first: 3) { totalCount nodes { id } }
            byKind(first: 4) { kind totalCount contents { id } } here: byKind(on: {code: \"town\"}, first: 4) { totalCount contents { id } } } }";
        let seen = town.data(query, json!({"id": tag.to_string()})).await["tag"].clone();
        assert_eq!((&seen["usage"], &seen["contents"]["totalCount"]), (&json!(all), &json!(all)), "{seen}");
        for shelf in seen["byKind"].as_array().expect("shelves") {
            let kind = KINDS.into_iter().find(|kind| shelf["kind"] == <&str>::from(kind)).expect("a kind");
            let expected = by_hand(town, &[old, new], Some(kind)).await;
            let nodes: Vec<_> = expected.iter().take(4).map(|id| json!({"id": id.to_string()})).collect();
            assert_eq!(shelf["contents"], json!(nodes), "{kind:?}");
            assert_eq!(shelf["totalCount"], expected.len(), "{kind:?}");
        }
        let without_kind = |shelf: &serde_json::Value| json!([shelf["totalCount"], shelf["contents"]]);
        let both = |name: &str| seen[name].as_array().expect("shelves").iter().map(without_kind).collect::<Vec<_>>();
        assert_eq!(both("byKind"), both("here"), "the town shows all of it");
    }
    statements
}

#[test]
fn until_all_have_followed_lists_and_counts_walk_both_tags() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (old, new) = tags(&town).await;
        fill(&town, old, new).await;
        let library = town.library();
        let reader = library.reader_of_identity("https://id.example.gov.cn", "ann").await.expect("a reader");
        let subscribe = library::reader::SubscribeTags { add: vec![old], ..Default::default() };
        library.subscribe_tags(&reader, subscribe).await.expect("subscribed");
        // What is kept of an answer of before is told that it is no longer true.
        let before = town.read();
        let by_old = ContentFilter { any_tags: vec![old], ..ContentFilter::default() };
        let with_both = ContentFilter { kinds: vec![KINDS[1]], all_tags: vec![new, old], ..ContentFilter::default() };
        before.contents(&by_old, Default::default(), &Paging::first(3)).await.expect("a page");
        let narrowed = town.read();
        narrowed.contents(&with_both, Default::default(), &Paging::first(3)).await.expect("a page");
        let position = town.position().await;
        cut_off(&town, deed(&["merge", &old.to_string(), &new.to_string()])).await;
        let changes = town.changes(position).await;
        for scope in [&before, &narrowed] {
            assert!(scope.notes().met_by(&changes[0]), "the merge itself: {:?}", changes[0]);
        }
        let left = by_hand(&town, &[old], None).await;
        let followed = by_hand(&town, &[new], None).await;
        assert!(
            !left.is_empty() && !followed.is_empty() && library.directory().tags.get(old).expect("a tag").following
        );

        is_one(&town, old, new).await;
        // What one asks for by the old name depends on both.
        let notes = {
            let scope = town.read();
            scope.contents(&by_old, Default::default(), &Paging::first(3)).await.expect("a page");
            scope.notes().texts()
        };
        for tag in [old, new] {
            assert!(notes.contains(&format!("members:tag:{tag}")), "{notes:?}");
        }
        // The reader's feed does so, too.
        let scope = library.scope(Audience::Public).asked_by(reader.clone());
        let feed = scope.feed(KINDS.to_vec(), None).await.expect("a feed");
        let page = scope.feed_page(&feed, &Paging::first(100)).await.expect("a page");
        let shown: Vec<ContentId> = page.items.iter().map(|(content, _)| content.id).collect();
        assert_eq!((feed.personal, shown), (true, by_hand(&town, &[old, new], None).await[..100].to_vec()));
        // Deeds in between keep the counts: one that has not followed goes and one is corrected, one comes.
        let both = by_hand(&town, &[old], None).await;
        town.withdraw(both[0], None).await;
        town.edit(both[1], |fields| fields.title = "改".to_owned()).await;
        town.publish_newest(both[1]).await;
        let mut fields = town.article("新");
        fields.tags = vec![TagAssignment { tag: old, source: TagAssignmentSource::Editor }];
        town.publish(fields).await;
        let while_following = is_one(&town, old, new).await;

        finish(&town, "2026-12-01 08:00").await;
        assert!(by_hand(&town, &[old], None).await.is_empty());
        let after = is_one(&town, old, new).await;
        assert!(!library.directory().tags.get(old).expect("a tag").following, "one tag, one walk");
        assert_eq!(after, while_following, "and no statement more or less");
        let scope = town.read();
        scope.contents(&by_old, Default::default(), &Paging::first(3)).await.expect("a page");
        assert!(!scope.notes().texts().contains(&format!("members:tag:{old}")));
        holds(&town.world).await;
    });
}
