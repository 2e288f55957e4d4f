//! What readers are shown: the newest over their tags, each once, page by page; what everybody is shown else.

use library::content::{ContentKind, Details};
use library::id::{ContentId, TagId};
use library::{Audience, Caller, Paging};
use serde_json::json;
use tests::on_both;

use super::{reader, subscribe};
use crate::sharing::sources::tags;
use crate::town::Town;

const KINDS: [ContentKind; 3] = [ContentKind::Article, ContentKind::Notice, ContentKind::Disclosure];

/// All of a feed, page by page, forwards and backwards.
async fn whole(town: &Town, who: Option<&Caller>, kinds: &[ContentKind], size: usize) -> (bool, Vec<ContentId>) {
    let scope = town.library().scope(Audience::Public);
    let scope = match who {
        Some(who) => scope.asked_by(who.clone()),
        None => scope,
    };
    let feed = scope.feed(kinds.to_vec(), None).await.expect("a feed");
    let mut ways = Vec::new();
    for backward in [false, true] {
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let paging = Paging { size, backward, from, offset: 0 };
            let page = scope.feed_page(&feed, &paging).await.expect("a page");
            assert!(page.items.len() <= size);
            let more = if backward { page.has_previous } else { page.has_next };
            let items: Vec<_> = page.items.iter().map(|(content, _)| content.id).collect();
            let end = if backward { page.items.first() } else { page.items.last() };
            from = end.map(|(_, key)| key.clone());
            match backward {
                true => all.splice(0..0, items).for_each(drop),
                false => all.extend(items),
            }
            if !more {
                break;
            }
        }
        ways.push(all);
    }
    assert_eq!(ways[0], ways[1], "both ways are one");
    assert_eq!(scope.feed_total(&feed).await.expect("a total"), Some(ways[0].len() as i64));
    assert!(scope.is_private());
    (feed.personal, ways.swap_remove(0))
}

#[test]
fn a_feed_has_the_newest_over_the_tags_of_its_reader_each_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let all = tags(&town, &["住房", "租房", "交通"]).await;
        // Every mix of kinds and tags, and some at one moment.
        let mut made: Vec<(ContentId, ContentKind, Vec<TagId>)> = Vec::new();
        for number in 0..24_usize {
            if number % 3 == 0 {
                town.pass(&format!("2026-11-01 {:02}:00", number / 3)).await;
            }
            let kind = KINDS[number % 5 % 3];
            let given: Vec<TagId> = (0..3).filter(|bit| ((number + 1) >> bit) & 1 == 1).map(|bit| all[bit]).collect();
            let mut fields = town.fields(&format!("第{number}条"), Details::bare(kind));
            fields.tags = crate::sharing::sources::tagged(&town, "", &given).tags;
            made.push((town.publish(fields).await, kind, given));
        }
        let mut order = Vec::new();
        for (id, _, _) in &made {
            order.push((town.live(*id).await.expect("live").published_at, *id));
        }
        type Made = (ContentId, ContentKind, Vec<TagId>);
        let newest = |fits: &dyn Fn(&Made) -> bool| {
            let mut found: Vec<_> =
                order.iter().zip(&made).filter(|(_, made)| fits(made)).map(|(key, _)| *key).collect();
            found.sort_unstable_by(|a, b| b.cmp(a));
            found.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
        };
        let ann = reader(&town, "ann").await;
        for kinds in [&KINDS[..0], &KINDS[..1], &KINDS[..2], &KINDS] {
            let of_kind = |kind: &ContentKind| kinds.is_empty() || kinds.contains(kind);
            let everything = newest(&|(_, kind, _)| of_kind(kind));
            for who in [None, Some(&ann)] {
                assert_eq!(whole(&town, who, kinds, 5).await, (false, everything.clone()), "{kinds:?}");
            }
        }
        subscribe(&town, &ann, &all[..2]).await;
        for size in [1, 4, 100] {
            for kinds in [&KINDS[..0], &KINDS[..1], &KINDS[..2], &KINDS] {
                let of_kind = |kind: &ContentKind| kinds.is_empty() || kinds.contains(kind);
                let mine = newest(&|(_, kind, given)| of_kind(kind) && given.iter().any(|tag| all[..2].contains(tag)));
                assert_eq!(whole(&town, Some(&ann), kinds, size).await, (true, mine), "{kinds:?} by {size}");
            }
        }
        // What was read depends on what it showed.
        let scope = town.library().scope(Audience::Public).asked_by(ann.clone());
        let feed = scope.feed(KINDS.to_vec(), None).await.expect("a feed");
        scope.feed_page(&feed, &Paging::first(3)).await.expect("a page");
        let before = town.position().await;
        town.withdraw(newest(&|(_, _, given)| given.contains(&all[0]))[0], None).await;
        assert!(town.changes(before).await.iter().any(|change| scope.notes().met_by(change)));
        // Tags that are all retired leave nothing personal.
        for tag in &all[..2] {
            town.library().retire_tag(&town.editor(), *tag).await.expect("retired");
        }
        assert!(!whole(&town, Some(&ann), &[], 100).await.0);
    });
}

#[test]
fn a_feed_is_asked_for_by_kind_and_site_and_says_whether_it_is_personal() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let all = tags(&town, &["住房", "租房"]).await;
        let mut question = town.fields("如何申请公租房", Details::bare(ContentKind::KnowledgeEntry));
        let mut service = town.fields("公租房申请", Details::bare(ContentKind::ServiceGuide));
        service.columns = vec![town.policies];
        for fields in [&mut question, &mut service] {
            fields.tags = crate::sharing::sources::tagged(&town, "", &all[..1]).tags;
        }
        let question = town.publish(question).await;
        let service = town.publish(service).await;
        let ann = reader(&town, "ann").await;
        subscribe(&town, &ann, &all[..1]).await;
        let feed = "query($on: SiteLocator) { reads: feed(kinds: [ARTICLE, POLICY], on: $on) { ...part }
            questions: feed(kinds: [KNOWLEDGE_ENTRY], on: $on) { ...part } services: feed(kinds: [SERVICE_GUIDE], on: $on) { ...part } }
            fragment part on ReaderFeed { personal contents(first: 5) { totalCount nodes { id } pageInfo { hasNextPage } } }";
        let (answer, scope) = town.world.ask_as(&ann, feed, &json!({"on": {"code": "town"}})).await;
        let part = |ids: &[ContentId]| {
            let nodes: Vec<_> = ids.iter().map(|id| json!({"id": id.to_string()})).collect();
            json!({"personal": true, "contents": {"totalCount": ids.len(), "nodes": nodes, "pageInfo": {"hasNextPage": false}}})
        };
        assert_eq!(
            answer["data"],
            json!({"reads": part(&[]), "questions": part(&[question]), "services": part(&[service])}),
            "{answer}"
        );
        assert!(scope.is_private());
        // The county shows the town's news, and not its services.
        let (answer, _) = town.world.ask_as(&ann, feed, &json!({"on": {"code": "county"}})).await;
        assert_eq!(
            (&answer["data"]["questions"], &answer["data"]["services"]),
            (&part(&[question]), &part(&[])),
            "{answer}"
        );
        let (answer, scope) = town.world.ask(feed, &json!({"on": {"code": "county"}})).await;
        assert_eq!(answer["data"]["questions"]["personal"], false, "{answer}");
        assert!(scope.is_private(), "no cache keeps it for anybody");
    });
}
