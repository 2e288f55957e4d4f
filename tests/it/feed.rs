//! The change feed: what followers are told, relative to what they want, and that a copy kept by it is the library.

pub mod copies;
mod events;
mod socket;

use library::id::ContentId;
use serde_json::{Value as Json, json};
use tests::on_both;

use crate::desk::Newsroom;
use crate::town::Town;

/// What a follower asks.
pub const FOLLOW: &str = "query($after: String, $first: Int, $filter: ChangeFilter) { changes(after: $after, first: $first, filter: $filter) { \
    pageInfo { endCursor hasNextPage } nodes { id position action site { code } effects(first: 100) { pageInfo { endCursor hasNextPage } nodes { \
    id effect subjectId columns { id } origin { system id } subject { __typename id ... on Content { title updatedAt } \
    ... on Placement { title content { id } } } } } } } }";

/// Everything after a position that means something for a filter, and where it ends.
async fn told(town: &Town, after: &str, filter: Json) -> (Vec<Json>, String) {
    let (mut changes, mut after) = (Vec::new(), after.to_owned());
    loop {
        let page = town.data(FOLLOW, json!({"after": after, "first": 2, "filter": filter})).await["changes"].clone();
        changes.extend(page["nodes"].as_array().expect("changes").clone());
        let end = page["pageInfo"]["endCursor"].as_str().expect("an end").to_owned();
        assert!(page["pageInfo"]["hasNextPage"] == false || end != after, "a page that goes on moves on");
        after = end;
        if page["pageInfo"]["hasNextPage"] == false {
            return (changes, after);
        }
    }
}

/// Effects as `(action, effect, subject)`.
fn effects(changes: &[Json]) -> Vec<(String, String, String)> {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let of = |change: &Json| {
        let nodes = change["effects"]["nodes"].as_array().expect("effects").clone();
        let action = text(&change["action"]);
        nodes.into_iter().map(move |it| (action.clone(), text(&it["effect"]), text(&it["subjectId"])))
    };
    changes.iter().flat_map(of).collect()
}

async fn position(town: &Town) -> String {
    town.data("{ position }", json!({})).await["position"].as_str().expect("a position").to_owned()
}

#[test]
fn a_follower_is_told_what_a_change_means_for_what_it_wants() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let begin = position(town).await;
        let of = |effects: &[(&str, &str)], id: ContentId| -> Vec<(String, String, String)> {
            effects.iter().map(|(action, effect)| (action.to_string(), effect.to_string(), id.to_string())).collect()
        };
        let everything = json!({});
        let column = json!({"columns": [town.news.to_string()]});
        let tag = json!({"tags": [room.tag.to_string()]});
        let policies = json!({"kinds": ["POLICY"]});
        let county = json!({"sites": [town.county.to_string()]});

        // A draft is nobody's business, and moves a follower on.
        let draft = room.draft("草稿").await;
        let (nothing, end) = told(town, &begin, everything.clone()).await;
        assert_eq!(effects(&nothing), []);
        assert_ne!(end, begin);

        // Published: it entered wherever it stands, also on the county's site, which mirrors it.
        let id = room.published("开工").await;
        for filter in [&everything, &column, &tag, &county] {
            let (changes, _) = told(town, &begin, filter.clone()).await;
            assert_eq!(effects(&changes), of(&[("CONTENT_PUBLISHED", "ENTERED")], id), "{filter}");
        }
        let (none, begin) = told(town, &begin, policies.clone()).await;
        assert_eq!(effects(&none), []);

        // Corrected; then without its tag: for who wants the tag it left, and only its identifier is told.
        town.edit(id, |fields| fields.title = "今日开工".to_owned()).await;
        town.publish_newest(id).await;
        let (changes, begin) = told(town, &begin, tag.clone()).await;
        assert_eq!(effects(&changes), of(&[("CONTENT_EDITED", "CHANGED")], id));
        assert_eq!(changes[0]["effects"]["nodes"][0]["subject"]["title"], "今日开工");
        town.edit(id, |fields| fields.tags.clear()).await;
        town.publish_newest(id).await;
        let (changes, _) = told(town, &begin, tag.clone()).await;
        assert_eq!(effects(&changes), of(&[("CONTENT_EDITED", "LEFT")], id));
        assert_eq!(changes[0]["effects"]["nodes"][0]["subject"], Json::Null);
        let (changes, begin) = told(town, &begin, column.clone()).await;
        assert_eq!(effects(&changes), of(&[("CONTENT_EDITED", "CHANGED")], id));
        assert_eq!(changes[0]["effects"]["nodes"][0]["columns"], json!([{"id": town.news.to_string()}]));

        // Pinned: the showing is told beside the content, to who wants its column.
        let placement = town.placement(id, town.news).await;
        let pin = library::placement::OverridePlacement { title: Some("别名".to_owned()), ..Default::default() };
        town.library().override_placement(&town.editor(), placement, pin).await.expect("pinned");
        let (changes, begin) = told(town, &begin, column.clone()).await;
        let told_of = effects(&changes);
        assert!(
            told_of.contains(&("PLACEMENT_EDITED".to_owned(), "CHANGED".to_owned(), placement.to_string())),
            "{told_of:?}"
        );
        let shown = changes[0]["effects"]["nodes"].as_array().expect("effects");
        assert!(
            shown.iter().any(|it| it["subject"]["title"] == "别名" && it["subject"]["content"]["id"] == id.to_string())
        );

        // Withdrawn.
        town.withdraw(id, None).await;
        let (changes, _) = told(town, &begin, column.clone()).await;
        let left = |id: String| ("CONTENT_WITHDRAWN".to_owned(), "LEFT".to_owned(), id);
        assert_eq!(effects(&changes), [left(id.to_string()), left(placement.to_string())]);
        assert_eq!(changes[0]["effects"]["nodes"][0]["origin"], Json::Null);
        // Who reads late is told of what is gone as gone, whatever it was then.
        let (late, _) = told(town, "0", column.clone()).await;
        let late: Vec<_> =
            effects(&late).into_iter().filter(|(.., it)| *it == id.to_string()).map(|(_, it, _)| it).collect();
        assert_eq!(late, ["LEFT"; 5]);
        assert!(!format!("{:?}", told(town, "0", everything).await).contains(&draft));
    });
}

#[test]
fn tags_and_sites_are_told_and_what_never_was_public_is_not() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let library = town.library();
        let begin = position(town).await;
        let group = library.directory().tag_groups.all()[0].id;
        let propose = |name: &str, code: &str| library::tag::ProposeTag {
            name: name.to_owned(),
            group,
            parent: None,
            synonyms: Vec::new(),
            code: Some(code.to_owned()),
            reason: None,
        };
        let (refused, _) = library.propose_tag(&town.editor(), propose("秘密", "secret")).await.expect("proposed");
        library.decide_tag(&town.editor(), refused, false, None, Some("不合适")).await.expect("refused");
        let (accepted, _) = library.propose_tag(&town.editor(), propose("公开", "open")).await.expect("proposed");
        let (nothing, _) = told(town, &begin, json!({})).await;
        assert_eq!(effects(&nothing), []);
        library.decide_tag(&town.editor(), accepted, true, None, None).await.expect("accepted");
        let (changes, begin) = told(town, &begin, json!({})).await;
        let tag = |action: &str, effect: &str| (action.to_owned(), effect.to_owned(), accepted.to_string());
        assert_eq!(effects(&changes), [tag("TAG_CHANGED", "ENTERED")]);
        assert_eq!(changes[0]["effects"]["nodes"][0]["subject"]["__typename"], "Tag");

        let mut fields = room.fields("有标签");
        fields.tags[0].tag = accepted;
        let content = town.publish(fields).await;
        library.merge_tags(&town.editor(), accepted, room.tag).await.expect("merged");
        // Who wants the old tag goes on with the one into which it was merged.
        for wanted in [accepted, room.tag] {
            let (changes, _) = told(town, &begin, json!({"tags": [wanted.to_string()]})).await;
            let all = effects(&changes);
            assert_eq!(all.last().map(|(.., id)| id.clone()), Some(content.to_string()), "{all:?}");
            assert!(all.iter().all(|(_, effect, id)| effect != "LEFT" || *id == accepted.to_string()), "{all:?}");
        }
        let (changes, _) = told(town, &begin, json!({})).await;
        assert!(effects(&changes).contains(&tag("TAGS_MERGED", "LEFT")));

        // Every entry and every effect is found by its identifier.
        let entry = &changes[0];
        let ids = json!([entry["id"], entry["effects"]["nodes"][0]["id"]]);
        let nodes = town.data("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", json!({"ids": ids})).await;
        let kinds: Vec<_> =
            nodes["nodes"].as_array().expect("nodes").iter().map(|it| it["__typename"].clone()).collect();
        assert_eq!(kinds, ["Change", "ChangeEffect"]);
        // A position written plainly and a cursor are the same; what is neither is refused.
        for wrong in ["x", "MTIz!", "99999999999999999999", "1000000"] {
            let (answer, _) = town.world.ask(FOLLOW, &json!({"after": wrong})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        }
    });
}

#[test]
fn a_large_change_is_told_page_by_page() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let begin = position(&town).await;
        let ids = crate::feed::copies::imported(&town, 150).await;
        let (changes, _) = told(&town, &begin, json!({"columns": [town.news.to_string()]})).await;
        let mut found = Vec::new();
        for change in &changes {
            let (mut after, id) = (Json::Null, change["id"].clone());
            loop {
                let query = "query($id: ID!, $after: String) { node(id: $id) { ... on Change { effects(first: 40, after: $after) { \
                    pageInfo { endCursor hasNextPage } nodes { effect subjectId } } } } }";
                let page = town.data(query, json!({"id": id, "after": after})).await["node"]["effects"].clone();
                let nodes = page["nodes"].as_array().expect("effects").clone();
                found.extend(nodes.into_iter().map(|it| it["subjectId"].as_str().unwrap_or_default().to_owned()));
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
        }
        found.sort_unstable();
        assert_eq!(found, ids);
    });
}

#[test]
fn what_waits_and_what_is_being_prepared_is_told_to_nobody() {
    on_both(async |engine| {
        use library::column::{CreateColumn, ShareType};
        use library::site::{CreateSite, SiteStatus};

        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let waiting = crate::sharing::column(&town, town.county, "/waiting", ShareType::Open).await;
        let reviewed = library::sharing::SubscriptionFields {
            mode: library::sharing::SubscriptionMode::Reviewed,
            ..crate::town::everything()
        };
        crate::sharing::subscribe(&town, waiting, town.news, reviewed).await;
        let begin = position(&town).await;
        let id = town.publish(town.article("待审")).await;
        let own = town.placement(id, town.news).await;
        let pin = library::placement::OverridePlacement { rank: 5, ..Default::default() };
        library.override_placement(&editor, own, pin).await.expect("pinned");
        let pending = town.world.count("select count(*) from placement where not shown").await;
        assert_eq!(pending, 1, "it waits in the county");
        let (changes, begin) = told(&town, &begin, json!({})).await;
        let placements: Vec<_> =
            effects(&changes).into_iter().filter(|(.., id)| id.starts_with("placement_")).collect();
        assert!(placements.iter().all(|(_, effect, _)| effect == "CHANGED"), "{placements:?}");
        // The town's own showing, and the county's mirror of it, which is shown at once; not what waits.
        let told_of: Vec<_> = placements.iter().map(|(.., id)| id.clone()).collect();
        assert!(told_of.contains(&own.to_string()), "{told_of:?}");
        let (of_column, _) = told(&town, "0", json!({"columns": [waiting.to_string()]})).await;
        let contents = |id: &str| id.starts_with("content_") || id.starts_with("placement_");
        assert!(effects(&of_column).iter().all(|(.., id)| !contents(id)), "{of_column:?}");

        let new = CreateSite {
            code: "new".to_owned(),
            parent: None,
            status: SiteStatus::Preparing,
            fields: crate::town::site_fields("new.example", town.publisher),
        };
        let (site, _) = library.create_site(&editor, new).await.expect("a site");
        let fields = crate::town::column_fields("筹备");
        let (column, _) = library
            .create_column(&editor, CreateColumn { site, path: "/soon".to_owned(), fields })
            .await
            .expect("a column");
        let mut fields = town.article("尚未开通");
        fields.columns = vec![column];
        let draft = library::content::DraftContent { site, fields };
        let early = library.draft_content(&editor, draft).await.expect("a draft");
        library.publish_content(&editor, early, 1).await.expect("published");
        let (nothing, begin) = told(&town, &begin, json!({})).await;
        assert_eq!(effects(&nothing), [], "of a site that was never opened nothing is told");

        // Whether a site shows anything concerns whoever wants something of it, however narrowly.
        library.suspend_site(&editor, town.site, "维护", None).await.expect("suspended");
        for filter in [json!({"columns": [town.news.to_string()], "kinds": ["POLICY"]}), json!({"tags": []}), json!({})]
        {
            let (changes, _) = told(&town, &begin, filter.clone()).await;
            let of_site = effects(&changes)
                .into_iter()
                .any(|(action, _, id)| action == "SITE_CHANGED" && id == town.site.to_string());
            assert!(of_site, "{filter}");
        }
    });
}
