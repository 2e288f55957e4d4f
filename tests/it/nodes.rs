//! `nodes(ids:)`: what is of one noun is read together, however many are asked for.

use serde_json::{Value as Json, json};
use tests::{World, on_both, plan_faults};

const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Attachment { name role url } } }";

/// Identifiers of files, first those of covers, then those that only a content's own page shows.
async fn files(world: &World) -> Vec<String> {
    let asked = "{ contents(first: 100) { nodes { cover { id } attachments { id captions { id } poster { id } } } } }";
    let data = world.data(asked, &json!({})).await;
    let (mut covers, mut others) = (Vec::new(), Vec::new());
    for node in data["contents"]["nodes"].as_array().expect("nodes") {
        covers.extend(node["cover"]["id"].as_str().map(str::to_owned));
        for file in node["attachments"].as_array().expect("attachments") {
            let brought = file["captions"].as_array().into_iter().flatten().chain([&file["poster"]]);
            others.extend(brought.chain([file]).filter_map(|file| file["id"].as_str()).map(str::to_owned));
        }
    }
    covers.extend(others);
    let mut seen = std::collections::HashSet::new();
    covers.retain(|id| seen.insert(id.clone()));
    covers.truncate(99);
    assert!(covers.len() > 10, "the city has {} files", covers.len());
    covers
}

#[test]
fn attachments_are_read_in_the_same_statements_however_many_are_asked_for() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let files = files(&world).await;
        let unknown = "attachment_01h455vb4pex5vsknk084sn02q".to_owned();
        let mut one_by_one = Vec::new();
        for id in files.iter().chain([&unknown]) {
            let (answer, scope) = world.ask(NODES, &json!({"ids": [id]})).await;
            assert!(scope.statements() <= 3, "{id}: {}", scope.statements());
            one_by_one.push(answer["data"]["nodes"][0].clone());
        }
        assert!(one_by_one.iter().filter(|node| node["__typename"] == "Attachment").count() == files.len());
        assert_eq!(one_by_one.last(), Some(&Json::Null));

        let ids: Vec<_> = files.iter().chain([&unknown]).collect();
        let (answer, scope) = world.ask(NODES, &json!({"ids": ids})).await;
        assert_eq!(answer["data"]["nodes"], Json::Array(one_by_one), "{engine:?}");
        let ran = scope.ran();
        let texts: Vec<_> = ran.iter().map(|(sql, _)| sql.sqlite()).collect();
        // Their uses, the contents, and what the pages of these add.
        assert_eq!(ran.len(), 3, "{}", texts.join("\n\n"));
        let (uses, params) = &ran[0];
        assert!(uses.sqlite().contains("attachment_use"), "{}", uses.sqlite());
        let faults = plan_faults(world.library.database(), uses, params).await;
        assert!(faults.is_empty(), "{faults:#?}");
    });
}
