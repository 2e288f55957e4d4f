//! Objects are written as JSON while they are made; what the GraphQL library makes by itself is the judge.

use schema::Plain;
use serde_json::{Value as Json, json};
use tests::{World, admitted, on_both};

/// Documents that meet every way in which fields come together, beside those of the front ends.
const DOCUMENTS: [&str; 12] = [
    "{ __typename site(by: {code: \"zjj\"}) { t: __typename name again: name } }",
    "{ contents(first: 30) { nodes { __typename id ... on Policy { title documentNumber { text } tags { id } }
       ... on Article { title tags { name } } tags { name slug: id } } } }",
    "{ contents(first: 30) { nodes { ... on Node { id } ... on Content { id title publisher { name } }
       ... on Policy { publisher { id site { code } } } publisher { id } } } }",
    "{ contents(first: 30) { edges { cursor node { ... on Notice { publisher { id } } publisher { name id } } } } }",
    "fragment C on Content { tags { ...T } ... on Policy { tags { group { name } } } } fragment T on Tag { name }
     { contents(first: 30) { nodes { ...C ... on Policy { tags { id } } } } }",
    "{ nodes(ids: [\"site_00000000000000000000000000\", \"site_00000000000000000000000001\"]) { id } }",
    "{ site(by: {code: \"nowhere\"}) { name } column(by: {at: {site: \"zjj\", path: \"/none\"}}) { id } }",
    "{ a: sites(first: 2) { nodes { code columns(depth: 2) { name children { name } } } }
       b: sites(first: 1) { totalCount pageInfo { hasNextPage endCursor } } }",
    "{ contents(first: 5, filter: {kinds: [POLICY]}) { totalCount nodes { body { html } links { type content { title } }
       related { title } placements(first: 2) { nodes { breadcrumb { name url } newer { title } older { title } } } } } }",
    "{ tags(first: 50) { nodes { name synonyms group { name } contents(first: 3) { nodes { title } } } } }",
    "{ sites(first: 3) { nodes { name placements(first: 3) { nodes { title content { cover { alt } kind } } }
       panels { code items { title target { __typename ... on Column { name } ... on Tag { name id } ... on Column { id } } } } } } }",
    "{ contents(first: 3) { nodes { id @skip(if: true) title @include(if: true) ... @skip(if: true) { kind } } } }",
];

#[test]
fn an_answer_is_what_the_library_itself_makes_of_the_document() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let operations = schema::operations().iter().map(|(_, document, variables)| (*document, *variables));
        let mut compared = 0;
        for (document, variables) in operations.chain(DOCUMENTS.map(|document| (document, "{}"))) {
            let variables: Json = serde_json::from_str(variables).expect("JSON");
            let plain = admitted(document, &variables).unwrap_or_else(|| panic!("refused: {document}"));
            let room = Plain::unbounded();
            let request = schema::request(plain).data(room.clone());
            let (ours, _) = schema::execute(&world.schema, &world.library, request).await;
            let ours = room.body(&ours).expect("JSON").expect("within");
            let ours = String::from_utf8(ours).expect("UTF-8");
            let (theirs, _) = world.execute(document, &variables).await;
            assert!(theirs.errors.is_empty(), "{document}: {:?}", theirs.errors);
            assert_eq!(ours, serde_json::to_string(&theirs).expect("JSON"), "{document}");
            // The bound counts bytes, neither twice nor not at all.
            for (most, fits) in
                [(ours.len() as u64, true), (ours.len() as u64 - 1, false), (ours.len() as u64 / 2, false)]
            {
                let room = Plain::within(most, u64::MAX);
                let plain = admitted(document, &variables).expect("it was admitted");
                let request = schema::request(plain).data(room.clone());
                let (bounded, _) = schema::execute(&world.schema, &world.library, request).await;
                assert_eq!(room.body(&bounded).expect("JSON").is_some(), fits, "{most} bytes for {document}");
            }
            compared += usize::from(!ours.starts_with("{\"data\":null"));
        }
        assert!(compared >= 27, "only {compared} answers could be compared");
    });
}

#[test]
fn errors_take_along_what_may_not_be_null_and_say_where_they_happened() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        for (document, path) in [
            ("{ a: node(id: \"x\") { id } site(by: {code: \"zjj\"}) { name } }", json!(["a"])),
            (
                "{ contents(first: 2) { nodes { title related(first: 1000) { title } } } position }",
                json!(["contents", "nodes", 0, "related"]),
            ),
            (
                "{ site(by: {code: \"zjj\"}) { code c: contents(first: 1000) { totalCount } } position }",
                json!(["site", "c"]),
            ),
        ] {
            let (ours, _) = world.ask(document, &json!({})).await;
            let (theirs, _) = world.execute(document, &json!({})).await;
            let theirs: Json = serde_json::to_value(&theirs).expect("JSON");
            assert_eq!(ours["data"], theirs["data"], "{document}");
            let [error] = ours["errors"].as_array().expect("errors").as_slice() else { panic!("{document}: {ours}") };
            assert_eq!(error["message"], theirs["errors"][0]["message"], "{document}");
            assert_eq!(error["locations"], theirs["errors"][0]["locations"], "{document}");
            assert_eq!(error["path"], path, "{document}");
        }
    });
}
