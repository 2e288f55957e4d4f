//! The desk's lists: each holds what the asker may see, and waits for the right person.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::Newsroom;

const MINE: &str = "{ desk { counts { drafts returned queue } drafts { nodes { content { title } } } \
    queue { nodes { content { title } author { name } review { level levels waitingSince } } } \
    contents { nodes { content { title } state } } waitingTimes { state level contents longestSince } } }";

fn titles(list: &Json) -> Vec<String> {
    let nodes = list["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().map(|node| node["content"]["title"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn each_sees_what_waits_for_him() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        room.demand(2, &[]).await;
        let mut ids = Vec::new();
        for title in ["甲", "乙", "丙"] {
            ids.push(room.draft(title).await);
        }
        for id in &ids[..2] {
            room.done(room.editor, "submitContent", json!({"id": id, "expectedRevision": 1}), "").await;
        }
        let passes = json!({"id": ids[0], "expectedRevision": 1, "decision": "APPROVE", "proofreading": "APPROVE"});
        room.done(room.first, "reviewContent", passes.clone(), "").await;

        let desk = async |who| room.ask(who, MINE, json!({})).await["desk"].clone();
        let editors = desk(room.editor).await;
        assert_eq!(editors["counts"], json!({"drafts": 1, "returned": 0, "queue": 0}));
        assert_eq!(titles(&editors["drafts"]), ["丙"]);
        assert_eq!(titles(&editors["contents"]).len(), 3);
        let firsts = desk(room.first).await;
        assert_eq!(titles(&firsts["queue"]), ["乙"]);
        assert_eq!(firsts["queue"]["nodes"][0]["review"]["level"], 1);
        assert_eq!(firsts["queue"]["nodes"][0]["author"]["name"], "姓名editor");
        assert_eq!(titles(&desk(room.second).await["queue"]), ["甲"]);
        let stages = &firsts["waitingTimes"];
        let stage = |state: &str, level: Option<i32>| {
            stages.as_array().is_some_and(|all| {
                all.iter().any(|time| time["state"] == state && time["level"] == json!(level) && time["contents"] == 1)
            })
        };
        assert!(stage("SUBMITTED", Some(1)) && stage("IN_REVIEW", Some(2)), "{stages}");
        // Level by level; approved, it waits for who publishes.
        assert_eq!(titles(&desk(room.publisher).await["queue"]), Vec::<String>::new());
        room.done(room.second, "reviewContent", passes, "").await;
        assert_eq!(titles(&desk(room.publisher).await["queue"]), ["甲"]);
        // Returned, it is a draft again.
        let back = json!({"id": ids[1], "expectedRevision": 1, "decision": "RETURN", "proofreading": "RETURN", "reason": "重写"});
        room.done(room.first, "reviewContent", back, "").await;
        assert_eq!(desk(room.editor).await["counts"], json!({"drafts": 2, "returned": 1, "queue": 0}));

        // Nobody else sees any of it.
        let strangers = desk(room.stranger).await;
        assert_eq!(strangers["counts"], json!({"drafts": 0, "returned": 0, "queue": 0}));
        assert_eq!(titles(&strangers["contents"]), Vec::<String>::new());
        assert_eq!(room.staff.town.data("{ desk { counts { drafts } } }", json!({})).await["desk"], Json::Null);
    });
}

#[test]
fn lists_are_narrowed_and_go_on_by_their_cursors() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        for number in 0..7 {
            let clock = &room.staff.town.world.clock;
            clock.set(library::Instant(library::Clock::now(&**clock).0 + 1_000_000));
            room.draft(&format!("第{number}篇 100%_")).await;
        }
        let query = "query($filter: DeskFilter, $after: String) { desk { contents(filter: $filter, first: 3, after: $after) { \
            nodes { content { title } } pageInfo { endCursor hasNextPage } } } }";
        let (mut after, mut seen) = (Json::Null, Vec::new());
        loop {
            let variables = json!({"filter": {"states": ["DRAFT"]}, "after": after});
            let page = room.ask(room.colleague, query, variables).await["desk"]["contents"].clone();
            seen.extend(titles(&page));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        let newest: Vec<String> = (0..7).rev().map(|number| format!("第{number}篇 100%_")).collect();
        assert_eq!(seen, newest);
        let town = &room.staff.town;
        for (filter, many) in [
            (json!({"text": "第3"}), 1),
            (json!({"text": "0%_"}), 3),
            (json!({"text": "0x_"}), 0),
            (json!({"column": town.news.to_string()}), 3),
            (json!({"column": town.policies.to_string()}), 0),
            (json!({"site": town.county.to_string()}), 0),
            (json!({"kinds": ["POLICY"]}), 0),
            (json!({"author": room.editor.to_string()}), 3),
            (json!({"author": room.first.to_string()}), 0),
            (json!({"states": ["PUBLISHED"]}), 0),
        ] {
            let page = room.ask(room.colleague, query, json!({"filter": filter})).await["desk"]["contents"].clone();
            assert_eq!(titles(&page).len(), many, "{filter}");
        }
    });
}
