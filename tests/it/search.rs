//! The search: what is public is found, nothing else is, and the index follows the log whatever happens to it.

mod answers;
mod killed;
mod searches;

use library::content::{Details, KnowledgeDetails, PolicyDetails, TagAssignment, TagAssignmentSource};
use library::id::ContentId;
use serde_json::{Value as Json, json};
use tests::{World, on_both};

use crate::desk::{Newsroom, new_tag};
use crate::town::Town;

const FOUND: &str = "query($q: String!, $on: SiteLocator, $filter: SearchFilter, $first: Int, $after: String) {
    search(query: $q, site: $on, filter: $filter, first: $first, after: $after) { totalCount asOf didYouMean
    edges { cursor score titleHighlight excerptHighlight node { id title } } nodes { id } pageInfo { hasNextPage endCursor }
    facets { field values { key label count } } groups { kind totalCount edges { node { title } } } tags { name } } }";

async fn found(world: &World, query: &str, more: Json) -> Json {
    let mut variables = json!({"q": query});
    for (name, value) in more.as_object().into_iter().flatten() {
        variables[name] = value.clone();
    }
    world.data(FOUND, &variables).await["search"].clone()
}

fn titles(found: &Json) -> Vec<String> {
    let edges = found["edges"].as_array().cloned().unwrap_or_default();
    edges.iter().map(|edge| edge["node"]["title"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn search(world: &World, query: &str) -> Vec<String> {
    titles(&found(world, query, json!({})).await)
}

#[test]
fn what_is_public_is_found_and_nothing_else() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let world = &town.world;
        let both = "{ position search(query: \"防汛\") { totalCount } }";
        let (answer, _) = world.ask(both, &json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "SEARCH_UNAVAILABLE", "nothing is built yet: {answer}");
        assert!(
            answer["data"]["search"].is_null() && answer["data"]["position"].is_string(),
            "all else goes on: {answer}"
        );
        let id = town.publish(town.article("防汛工作会议召开")).await;
        town.draft(town.article("防汛预案草稿")).await;
        world.indexed().await;
        assert_eq!(search(world, "防汛").await, ["防汛工作会议召开"]);
        let all = found(world, "防汛", json!({})).await;
        assert_eq!(all["totalCount"], 1);
        assert_eq!(all["edges"][0]["titleHighlight"], "<em>防汛</em>工作会议召开");
        assert_eq!(all["edges"][0]["excerptHighlight"], "<em>防汛</em>工作会议召开的正文");
        assert_eq!(all["asOf"], town.position().await.to_string());
        // A correction and a withdrawal.
        town.edit(id, |fields| fields.description.title = "抗旱工作会议召开".to_owned()).await;
        town.publish_newest(id).await;
        world.indexed().await;
        assert_eq!(search(world, "抗旱").await, ["抗旱工作会议召开"]);
        town.withdraw(id, None).await;
        // The index has not passed it yet: the library does not reveal it, and its highlights neither.
        let (late, scope) = world.ask(FOUND, &json!({"q": "抗旱"})).await;
        assert!(!late.to_string().contains("会议"), "{late}");
        assert!(scope.is_private(), "no cache keeps it");
        world.indexed().await;
        assert_eq!(found(world, "抗旱", json!({})).await["totalCount"], 0);
        assert_eq!(world.search.compare().await.expect("compared").all(), 0);
    });
}

#[test]
fn it_is_narrowed_counted_and_grouped() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let (town, library) = (&room.staff.town, room.staff.library());
        let group = library.scope(library::Audience::Public).tag_groups()[0].id;
        let tag = new_tag(&room.staff, group, "loans", "创业担保贷款").await;
        let policy =
            |number: &str| PolicyDetails { document_number: Some(number.to_owned()), ..PolicyDetails::default() };
        let mut fields = town.policy("创业担保贷款管理办法", policy("镇政〔2026〕7号"));
        fields.tags.push(TagAssignment { tag, source: TagAssignmentSource::Editor });
        town.publish(fields).await;
        town.publish(town.article("创业担保贷款政策宣讲")).await;
        town.publish(town.policy("住房保障办法", policy("镇政〔2026〕8号"))).await;
        let world = &town.world;
        world.indexed().await;
        let all = found(world, "创业担保贷款", json!({})).await;
        assert_eq!(all["totalCount"], 2);
        assert_eq!(all["tags"], json!([{"name": "创业担保贷款"}]));
        assert_eq!(titles(&all)[0], "创业担保贷款管理办法", "tagged so");
        let facet = |name: &str| {
            let facets = all["facets"].as_array().expect("facets").clone();
            facets.into_iter().find(|facet| facet["field"] == name).map(|facet| facet["values"].clone())
        };
        let kinds = facet("KIND").expect("kinds");
        assert_eq!(kinds[0]["count"], 1);
        assert_eq!(facet("TAG").expect("tags")[0]["label"], "创业担保贷款");
        // The article is mirrored to the county.
        assert_eq!(facet("SITE").expect("sites")[0]["count"], 2);
        assert_eq!(all["groups"].as_array().map(Vec::len), Some(2));
        for (filter, wanted) in [
            (json!({"kinds": ["ARTICLE"]}), vec!["创业担保贷款政策宣讲"]),
            (json!({"anyTags": [tag.to_string()]}), vec!["创业担保贷款管理办法"]),
            (json!({"titleOnly": true, "kinds": ["POLICY"]}), vec!["创业担保贷款管理办法"]),
            (json!({"validity": ["REPEALED"]}), vec![]),
            (json!({"publishedAt": {"before": "2020-01-01T00:00:00Z"}}), vec![]),
        ] {
            let narrowed = found(world, "创业担保贷款", json!({"filter": filter})).await;
            assert_eq!(titles(&narrowed), wanted, "{filter}");
        }
        for number in ["镇政〔2026〕8号", "镇政[2026]8号", "镇政 2026年8号"] {
            assert_eq!(search(world, number).await[0], "住房保障办法", "{number}");
        }
        let county = found(world, "创业担保贷款", json!({"on": {"code": "county"}})).await;
        assert_eq!(titles(&county), ["创业担保贷款政策宣讲"]);
        let page = found(world, "创业担保贷款", json!({"first": 1})).await;
        assert_eq!((&page["pageInfo"]["hasNextPage"], titles(&page).len()), (&json!(true), 1));
        let next = json!({"first": 1, "after": page["pageInfo"]["endCursor"]});
        let next = found(world, "创业担保贷款", next).await;
        assert_eq!(next["pageInfo"]["hasNextPage"], false);
        assert_ne!(titles(&next), titles(&page));
        // A cursor of an index that was built anew is of no use.
        world.search.rebuild().await.expect("built");
        let (old, _) = world.ask(FOUND, &json!({"q": "创业担保贷款", "after": page["pageInfo"]["endCursor"]})).await;
        assert_eq!(old["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    });
}

#[test]
fn what_is_typed_is_completed_and_slips_are_mended() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let world = &town.world;
        town.publish(town.article("住房公积金提取指南")).await;
        world.indexed().await;
        let suggest = "query($p: String!) { suggest(prefix: $p, site: {code: \"town\"}) { text kind url } }";
        for prefix in ["住房公", "zhufang", "zfgjj", "gongjijin", "gjj"] {
            let found = world.data(suggest, &json!({"p": prefix})).await;
            assert_eq!(found["suggest"][0]["text"], "住房公积金提取指南", "{prefix}: {found}");
            assert_eq!(found["suggest"][0]["kind"], "ARTICLE");
        }
        for slip in ["住房公机金", "gongjijin"] {
            let found = found(world, slip, json!({})).await;
            assert!(found["didYouMean"].as_str().is_some_and(|meant| meant.contains("公积金")), "{slip}: {found}");
        }
        for query in ["\"".repeat(1_000), "?".repeat(1_000), "😀".repeat(500), "\u{0}\u{7}".repeat(50)] {
            let (answer, _) = world.ask(FOUND, &json!({"q": query})).await;
            assert!(answer.get("errors").is_none(), "{query}: {answer}");
        }
        let (answer, _) = world.ask(FOUND, &json!({"q": "啊".repeat(10_000)})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    });
}

#[test]
fn what_sites_and_tags_do_to_contents_is_followed() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let (town, library) = (&room.staff.town, room.staff.library());
        let world = &town.world;
        let mut fields = town.article("惠民政策");
        fields.tags.push(TagAssignment { tag: room.tag, source: TagAssignmentSource::Editor });
        town.publish(fields).await;
        let mut seen = search::Seen::default();
        world.search.catch_up(&mut seen).await.expect("an index");
        assert_eq!(search(world, "惠民").await, ["惠民政策"]);
        // A tag has another name.
        let named = library::tag::EditTag { name: Some("安居工程".to_owned()), ..Default::default() };
        library.change_tag(&town.editor(), room.tag, named).await.expect("renamed");
        world.search.catch_up(&mut seen).await.expect("an index");
        assert_eq!(search(world, "安居工程").await, ["惠民政策"]);
        // A site is closed: what it alone shows is gone, also for who knows nothing of it.
        library.close_site(&town.editor(), town.county, "已关停", None).await.expect("closed");
        world.search.catch_up(&mut seen).await.expect("an index");
        let all = found(world, "惠民", json!({})).await;
        let sites = all["facets"].as_array().expect("facets").iter().find(|facet| facet["field"] == "SITE").cloned();
        assert_eq!(sites.expect("sites")["values"].as_array().map(Vec::len), Some(1));
        assert_eq!(world.search.compare().await.expect("compared").all(), 0, "nothing drifted");
    });
}

#[test]
fn publishing_does_not_wait_for_a_search_that_is_away() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let folder = tests::scratch("search").join(format!("away-{}", tests::fresh()));
        std::fs::create_dir_all(folder.parent().expect("a folder")).expect("a folder");
        std::fs::write(&folder, "in the way").expect("a file");
        let search = World::search_in(town.library(), &folder);
        let mut seen = search::Seen::default();
        town.publish(town.article("照常发布")).await;
        assert!(search.catch_up(&mut seen).await.is_err());
        assert!(search.engine().find(search::Question::default()).await.is_err());
        town.publish(town.article("再次发布")).await;
        std::fs::remove_file(&folder).expect("removed");
        search.catch_up(&mut seen).await.expect("it catches up by itself");
        assert_eq!(search.engine().standing().await.expect("its standing").documents, 2);
        assert_eq!(search.position(), Some(town.position().await));
    });
}

#[test]
fn drift_is_counted_and_repaired() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let search = &town.world.search;
        let (kept, lost) = (town.publish(town.article("留下的")).await, town.publish(town.article("丢失的")).await);
        town.world.indexed().await;
        let position = town.position().await;
        let phantom = search::Document { id: uuid::Uuid::from_u128(7), title: "幽灵".into(), ..Default::default() };
        let wrong = search::Document { id: kept.0, title: "错误的".into(), ..Default::default() };
        let batch = search::Batch { put: vec![phantom, wrong], remove: vec![lost.0], from: position, position };
        search.engine().write(batch).await.expect("written");
        let drift = search.compare().await.expect("compared");
        assert_eq!((drift.missing, drift.surplus, drift.outdated), (1, 1, 1));
        assert_eq!(search.compare().await.expect("compared").all(), 0);
        assert_eq!(super::search::search(&town.world, "丢失的").await, ["丢失的"]);
        assert_eq!(search.drifted(), 3);
    });
}

/// A knowledge entry of the town.
async fn entry(town: &Town, question: &str, similar: &[&str], answer: &str) -> ContentId {
    let details = KnowledgeDetails {
        similar_questions: similar.iter().map(|one| (*one).to_owned()).collect(),
        ..KnowledgeDetails::default()
    };
    let mut fields = town.fields(question, Details::KnowledgeEntry(Box::new(details)));
    fields.body_html = format!("<p>{answer}</p>");
    town.publish(fields).await
}
