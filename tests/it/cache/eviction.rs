//! What one publication takes away, against what it really changes: counted by asking everything again.

use std::collections::BTreeMap;
use std::sync::Arc;

use library::column::{Column, ColumnStatus};
use library::content::{ContentFields, ContentKind, Details, DraftContent};
use serde_json::{Value as Json, json};
use tests::{World, on_both};

use super::{EXECUTED, state};
use crate::door::http::Door;

const COLUMN: &str = "query Column($by: ID!) { column(by: {id: $by}) { name placements(first: 20) { nodes { title url content { publishedAt tags { name } } } pageInfo { endCursor hasNextPage } } } }";
const LATER: &str = "query Later($by: ID!, $after: String!) { column(by: {id: $by}) { placements(first: 20, after: $after) { nodes { title } } } }";
const TAG: &str =
    "query Tag($by: ID!) { tag(by: {id: $by}) { name contents(first: 20) { nodes { title publishedAt } } } }";
const PUBLISHER: &str =
    "query Publisher($by: ID!) { organisation(by: {id: $by}) { name contents(first: 20) { nodes { title } } } }";
const SITE: &str = "query Site($by: ID!) { site(by: {id: $by}) { name contents(first: 20) { nodes { title } } } }";
const CONTENT: &str = "query Content($by: ID!) { content(by: {id: $by}) { title publishedAt publisher { name } tags { name } body { html } } }";

/// Everything that is asked, with the group that it is counted in.
async fn questions(world: &World, door: &Door) -> Vec<(&'static str, &'static str, Json)> {
    let directory = world.library.directory();
    let mut all = Vec::new();
    for column in directory.columns.all() {
        all.push(("first page", COLUMN, json!({"by": column.id.to_string()})));
    }
    all.extend(directory.tags.all().iter().map(|one| ("first page", TAG, json!({"by": one.id.to_string()}))));
    all.extend(
        directory.organisations.all().iter().map(|one| ("first page", PUBLISHER, json!({"by": one.id.to_string()}))),
    );
    all.extend(directory.sites.all().iter().map(|one| ("first page", SITE, json!({"by": one.id.to_string()}))));
    let mut after = Json::Null;
    loop {
        let query = "query($after: String) { contents(first: 100, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }";
        let found = world.data(query, &json!({ "after": after })).await["contents"].clone();
        all.extend(
            found["nodes"].as_array().expect("nodes").iter().map(|node| ("detail", CONTENT, json!({"by": node["id"]}))),
        );
        if found["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = found["pageInfo"]["endCursor"].clone();
    }
    for column in directory.columns.all() {
        let page = door.ask(COLUMN, &json!({"by": column.id.to_string()}), &[]).await.json();
        let info = &page["data"]["column"]["placements"]["pageInfo"];
        if info["hasNextPage"] == true {
            all.push(("later page", LATER, json!({"by": column.id.to_string(), "after": info["endCursor"]})));
        }
    }
    all
}

#[test]
fn a_publication_takes_away_little_more_than_it_changes() {
    on_both(async |engine| {
        let world = World::filled(engine, 1500).await;
        let door = Door::open(&world).await;
        let all = questions(&world, &door).await;
        let mut before = Vec::new();
        for (_, query, variables) in &all {
            before.push(door.ask(query, variables, &[]).await.body);
        }
        for (_, query, variables) in &all {
            assert_eq!(state(&door.ask(query, variables, &[]).await), "HIT", "{query} {variables}");
        }

        let directory = world.library.directory();
        let accepts = |column: &&Arc<Column>| {
            let kinds = &column.fields.accepts;
            column.status == ColumnStatus::Open && (kinds.is_empty() || kinds.contains(&ContentKind::Article))
        };
        let column = directory.columns.all().iter().find(accepts).expect("a column").clone();
        let publisher = directory.organisations.all()[0].id;
        let mut fields = ContentFields::new("新发布的信息".to_owned(), publisher, Details::Article(Default::default()));
        fields.body_html = "<p>正文</p>".to_owned();
        fields.source_name = "本站".to_owned();
        fields.columns = vec![column.id];
        let editor = world.editor();
        let id =
            world.library.draft_content(&editor, DraftContent { site: column.site, fields }).await.expect("a draft");
        world.library.publish_content(&editor, id, 1).await.expect("published");

        let (mut gone, mut changed): (BTreeMap<&str, usize>, BTreeMap<&str, usize>) = Default::default();
        for ((group, query, variables), before) in all.iter().zip(&before) {
            let answer = door.ask(query, variables, &[]).await;
            let executed = door.ask(query, variables, &[EXECUTED]).await;
            assert!(answer.body == executed.body, "stale: {query} {variables}");
            *gone.entry(group).or_default() += usize::from(state(&answer) != "HIT");
            *changed.entry(group).or_default() += usize::from(answer.body != *before);
        }
        eprintln!("{engine:?}: of {} answers went {gone:?}, changed were {changed:?}", all.len());
        let of = |counts: &BTreeMap<&str, usize>| {
            counts.get("first page").unwrap_or(&0) + counts.get("detail").unwrap_or(&0)
        };
        assert!(of(&changed) > 0, "a publication that changes nothing proves nothing");
        assert!(of(&gone) * 10 <= of(&changed) * 12, "{gone:?} went, {changed:?} changed");
        door.close().await;
    });
}
