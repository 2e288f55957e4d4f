//! Copies of the library that followers keep by a snapshot and the feed, compared with the library itself.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tests::{World, on_both};

use super::FOLLOW;
use crate::oracle::deeds::{self, DEEDS, Dice};
use crate::town::Town;

const SNAPSHOT: &str = "query($filter: ContentFilter!, $after: String) { position contents(filter: $filter, first: 100, after: $after, \
    orderBy: {field: UPDATED_AT, direction: ASC}) { pageInfo { endCursor hasNextPage } nodes { id title updatedAt } } }";

/// Imports so many articles into `/news` in one deed; their identifiers in order.
pub async fn imported(town: &Town, many: usize) -> Vec<String> {
    let library = town.library();
    let mut ready = Vec::new();
    for number in 0..many {
        let fields = town.article(&format!("第{number}条"));
        let draft = library::content::DraftContent { site: town.site, fields };
        ready.push(library.prepare_import(draft.into()).expect("sound"));
    }
    let imported = library.import_contents(&town.editor(), &ready, false).await.expect("imported");
    let mut ids: Vec<String> =
        imported.answers.into_iter().map(|answer| answer.expect("an identifier").to_string()).collect();
    ids.sort_unstable();
    ids
}

/// What a follower wants: the filter of its snapshot and that of the feed.
struct Wish {
    contents: Json,
    feed: Json,
}

/// A copy of what a follower wants.
struct Copy {
    wish: Wish,
    position: String,
    contents: BTreeMap<String, Json>,
}

async fn ask(world: &World, document: &str, variables: &Json) -> Json {
    let (answer, _) = world.ask(document, variables).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

/// Everything that a follower wants, and the position of the first page.
async fn snapshot(world: &World, wish: &Wish) -> (String, BTreeMap<String, Json>) {
    let (mut begin, mut after, mut contents) = (None, Json::Null, BTreeMap::new());
    loop {
        let data = ask(world, SNAPSHOT, &json!({"filter": wish.contents, "after": after})).await;
        begin.get_or_insert_with(|| data["position"].as_str().expect("a position").to_owned());
        let page = &data["contents"];
        for node in page["nodes"].as_array().expect("contents") {
            contents.insert(
                node["id"].as_str().expect("an identifier").to_owned(),
                json!([node["title"], node["updatedAt"]]),
            );
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return (begin.expect("a page"), contents);
        }
    }
}

impl Copy {
    async fn begin(world: &World, wish: Wish) -> Self {
        let (position, contents) = snapshot(world, &wish).await;
        Self { wish, position, contents }
    }

    /// Takes over what changed since.
    async fn follow(&mut self, world: &World) {
        loop {
            let variables = json!({"after": self.position, "first": 100, "filter": self.wish.feed});
            let page = ask(world, FOLLOW, &variables).await["changes"].clone();
            for change in page["nodes"].as_array().expect("changes") {
                assert_eq!(change["effects"]["pageInfo"]["hasNextPage"], false, "no deed here is so large");
                for effect in change["effects"]["nodes"].as_array().expect("effects") {
                    let id = effect["subjectId"].as_str().expect("an identifier").to_owned();
                    if !id.starts_with("content_") {
                        continue;
                    }
                    match &effect["subject"] {
                        Json::Null => drop(self.contents.remove(&id)),
                        node => drop(self.contents.insert(id, json!([node["title"], node["updatedAt"]]))),
                    }
                }
            }
            page["pageInfo"]["endCursor"].as_str().expect("an end").clone_into(&mut self.position);
            if page["pageInfo"]["hasNextPage"] == false {
                return;
            }
        }
    }

    async fn compare(&self, world: &World, what: &str) {
        let (_, library) = snapshot(world, &self.wish).await;
        let more: Vec<_> = self.contents.iter().filter(|(id, it)| library.get(*id) != Some(*it)).collect();
        let less: Vec<_> = library.iter().filter(|(id, it)| self.contents.get(*id) != Some(*it)).collect();
        assert!(
            more.is_empty() && less.is_empty(),
            "{what}, {}: the copy has {more:?}, the library {less:?}",
            self.wish.feed
        );
    }
}

/// What different followers want of the city.
fn wishes(world: &World) -> Vec<Wish> {
    let directory = world.library.directory();
    let site = |code: &str| directory.sites.all().iter().find(|site| site.code == code).expect("a site").id.to_string();
    let tag = |code: &str| directory.tags.all().iter().find(|it| it.code == code).expect("a tag").id.to_string();
    let both = |contents: Json, feed: Json| Wish { contents, feed };
    let tags = json!([tag("public-rental"), tag("housing-security"), tag("medical-insurance")]);
    let news: Vec<String> =
        directory.columns.all().iter().filter(|it| it.path.starts_with("/news")).map(|it| it.id.to_string()).collect();
    vec![
        both(json!({}), json!({})),
        both(json!({"columns": news, "withDescendants": true}), json!({"columns": news, "withDescendants": true})),
        both(json!({"anyTags": tags}), json!({"tags": tags})),
        both(json!({"kinds": ["POLICY", "NOTICE"]}), json!({"kinds": ["POLICY", "NOTICE"]})),
        both(json!({"shownOn": {"id": site("qinghe")}}), json!({"sites": [site("qinghe")]})),
        both(
            json!({"columns": news, "anyTags": tags, "kinds": ["ARTICLE", "POLICY"]}),
            json!({"columns": news, "tags": tags, "kinds": ["ARTICLE", "POLICY"]}),
        ),
    ]
}

/// Deeds after which a follower begins anew, as `docs/sharing.md` says: whether a site shows anything at all.
const ANEW: [&str; 2] = ["suspend and reopen a site", "open and close a site"];

#[test]
fn a_copy_that_is_kept_by_the_feed_is_the_library() {
    let seed = std::env::var("JIYUE_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    on_both(async |engine| {
        let world = World::city(engine).await;
        let mut dice = Dice::new(seed);
        let mut copies = Vec::new();
        for wish in wishes(&world) {
            copies.push(Copy::begin(&world, wish).await);
        }
        let mut moved = 0;
        for (number, deed) in dice.shuffled(DEEDS.len()).into_iter().enumerate() {
            let (name, _) = DEEDS[deed];
            if ANEW.contains(&name) || !deeds::act(&world, &mut dice, deed).await {
                continue;
            }
            for copy in &mut copies {
                let before = copy.position.clone();
                copy.follow(&world).await;
                moved += usize::from(copy.position != before);
                if number % 3 == 0 {
                    copy.compare(&world, name).await;
                }
            }
        }
        for copy in &copies {
            copy.compare(&world, "the end").await;
        }
        assert!(moved > DEEDS.len(), "only {moved} times something changed");
    });
}

#[test]
fn a_copy_that_is_begun_while_others_write_becomes_the_library() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let write = async {
            let mut dice = Dice::new(5);
            for deed in dice.shuffled(DEEDS.len()) {
                if !ANEW.contains(&DEEDS[deed].0) {
                    deeds::act(&world, &mut dice, deed).await;
                }
            }
        };
        let read = async {
            let mut copies = Vec::new();
            for wish in wishes(&world) {
                let mut copy = Copy::begin(&world, wish).await;
                copy.follow(&world).await;
                copies.push(copy);
            }
            copies
        };
        let ((), mut copies) = tokio::join!(write, read);
        for copy in &mut copies {
            copy.follow(&world).await;
            copy.compare(&world, "after all").await;
        }
    });
}
