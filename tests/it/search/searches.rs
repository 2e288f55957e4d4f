//! What is kept of searches, and what becomes of it: hot keywords, words without results, synonyms.

use library::finding::Word;
use library::grant::{GrantScope, Role};
use library::searches::{FEWEST_READERS, Searched, Way};
use library::words::{EditWordList, WordListKind};
use serde_json::{Value as Json, json};
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::town::Town;

async fn hot(town: &Town) -> Json {
    town.data("{ hotKeywords(site: {code: \"town\"}) { text rank } }", json!({})).await["hotKeywords"].clone()
}

fn searched(town: &Town, query: &str, readers: i64, hits: i64) -> Vec<Searched> {
    let one = |reader| Searched {
        site: Some(town.site),
        way: Way::Search,
        query: query.to_owned(),
        from: format!("203.0.113.{reader}"),
        hits,
    };
    (0..readers).map(one).collect()
}

#[test]
fn what_enough_readers_look_for_is_hot_and_nobody_is_kept() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let list = EditWordList {
            kind: Some(WordListKind::SensitiveWords),
            name: Some("敏感".to_owned()),
            add: vec![Word::forbidden("违禁词")],
            ..EditWordList::default()
        };
        library.edit_word_list(&admin, list).await.expect("a list");
        for (query, readers, hits) in [
            ("公积金", FEWEST_READERS + 1, 3),
            ("社保", FEWEST_READERS, 1),
            ("独此一人", FEWEST_READERS - 1, 1),
            ("查无此物", FEWEST_READERS, 0),
            ("我的手机13812345678", FEWEST_READERS, 1),
            ("违禁词大全", FEWEST_READERS, 1),
            ("？？", FEWEST_READERS, 1),
        ] {
            library.note_searches(searched(town, query, readers, hits)).await.expect("noted");
        }
        // One reader who asks often is one reader.
        for _ in 0..9 {
            library.note_searches(searched(town, "独此一人", 1, 1)).await.expect("noted");
        }
        assert_eq!(hot(town).await, json!([{"text": "公积金", "rank": 1}, {"text": "社保", "rank": 2}]));
        let kept =
            town.world.count("select count(*) from searched where query like '%138%' or reader like '%203%'").await;
        assert_eq!(kept, 0);
        // On the desk, for who keeps the site.
        let ask = "{ desk { searchedInVain(site: {code: \"town\"}) { query readers alike } } }";
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(town.site)))).await);
        let stranger = caller(staff.account("stranger", Some((Role::SiteAdmin, GrantScope::Site(town.county)))).await);
        let (seen, _) = town.world.ask_as(&keeper, ask, &json!({})).await;
        assert_eq!(
            seen["data"]["desk"]["searchedInVain"],
            json!([{"query": "查无此物", "readers": FEWEST_READERS, "alike": []}])
        );
        let (seen, _) = town.world.ask_as(&stranger, ask, &json!({})).await;
        assert_eq!(seen["data"]["desk"]["searchedInVain"], json!([]));
        // After a week it is forgotten, and the salt of each day with the day.
        town.pass("2026-11-09 10:00").await;
        library.note_searches(searched(town, "公积金", 1, 3)).await.expect("noted");
        assert_eq!(hot(town).await, json!([]));
        assert_eq!(town.world.count("select count(*) from search_salt").await, 1);
        assert_eq!(town.world.count("select count(*) from searched").await, 1);
    });
}

#[test]
fn synonyms_count_at_once() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let admin = caller(staff.administrator("admin").await);
        town.publish(town.article("灵活就业人员参保")).await;
        let world = &town.world;
        world.indexed().await;
        assert!(super::search(world, "自由职业").await.is_empty());
        let edit = "mutation($input: EditSearchSynonymsInput!) { editSearchSynonyms(input: $input) {
            synonyms { id words } userErrors { code path } } }";
        let input = json!({"input": {"words": ["灵活就业", "自由职业"]}});
        let (nobody, _) = world.ask(edit, &input).await;
        assert_eq!(nobody["data"]["editSearchSynonyms"]["userErrors"][0]["code"], "UNAUTHENTICATED");
        let (made, _) = world.ask_as(&admin, edit, &input).await;
        let made = &made["data"]["editSearchSynonyms"];
        assert_eq!(made["synonyms"]["words"], json!(["灵活就业", "自由职业"]), "{made}");
        world.indexed().await;
        assert_eq!(super::search(world, "自由职业").await, ["灵活就业人员参保"]);
        let list = "{ desk { searchSynonyms { nodes { words } } } }";
        let (seen, _) = world.ask_as(&admin, list, &json!({})).await;
        assert_eq!(seen["data"]["desk"]["searchSynonyms"]["nodes"].as_array().map(Vec::len), Some(1));
        let remove = "mutation($id: ID!) { removeSearchSynonyms(input: {id: $id}) { userErrors { code } } }";
        let (removed, _) = world.ask_as(&admin, remove, &json!({"id": made["synonyms"]["id"]})).await;
        assert_eq!(removed["data"]["removeSearchSynonyms"]["userErrors"], json!([]));
        world.indexed().await;
        assert!(super::search(world, "自由职业").await.is_empty());
    });
}
