//! Reading: every operation of the front ends runs on the city, alike on both databases, within its statements.

use serde_json::{Value as Json, json};
use tests::{World, on_both, plan_faults};

/// The operations of `clients/operations` with variables as objects.
pub fn operations() -> Vec<(&'static str, &'static str, Json)> {
    let parse = |(name, document, variables): &(&'static str, &'static str, &str)| {
        (*name, *document, serde_json::from_str(variables).expect("variables"))
    };
    schema::operations().iter().map(parse).collect()
}

/// The document of one operation.
pub fn operation(name: &str) -> &'static str {
    operations().into_iter().find(|(own, _, _)| *own == name).expect("an operation").1
}

/// The path of the newest content of a kind on a site.
pub async fn newest_path(world: &World, site: &str, kind: &str) -> String {
    let found = world
        .data(
            "query($site: String!, $kind: ContentKind!) {
               contents(filter: {ownedBy: {code: $site}, kinds: [$kind]}, first: 1) { nodes { url } } }",
            &json!({"site": site, "kind": kind}),
        )
        .await;
    let url = found["contents"]["nodes"][0]["url"].as_str().expect("an address").to_owned();
    url.split_once(".example").expect("a host").1.to_owned()
}

const KINDS: [&str; 7] =
    ["POLICY", "INTERPRETATION", "KNOWLEDGE_ENTRY", "SERVICE_GUIDE", "NOTICE", "ARTICLE", "DISCLOSURE"];

#[test]
fn every_operation_runs_on_the_city() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        for (name, document, variables) in operations() {
            let data = world.data(document, &variables).await;
            let root = data.as_object().and_then(|data| data.values().next_back()).expect("a root field");
            assert!(!root.is_null(), "{name} answers null for its own variables");
            if name == "content-page" {
                assert!(root["content"]["interpretations"].as_array().is_some_and(|all| !all.is_empty()), "{root}");
            }
        }
        for kind in KINDS {
            let path = newest_path(&world, "zjj", kind).await;
            let variables = json!({"site": "zjj", "path": path, "on": {"code": "zjj"}});
            let data = world.data(operation("content-page"), &variables).await;
            assert_eq!(data["resolve"]["content"]["kind"], kind);
            assert!(data["resolve"]["content"]["body"]["html"].as_str().is_some_and(|html| html.contains("<p>")));
            assert_eq!(data["resolve"]["metaTags"].as_array().map_or(0, |tags| tags.len().min(10)), 10);
        }
    });
}

/// The same seed gives the same city: ids, dates and order included, on both databases.
#[test]
fn both_databases_answer_alike() {
    let answers = std::sync::Mutex::new(Vec::new());
    on_both(async |engine| {
        let world = World::city(engine).await;
        let mut all = Vec::new();
        for (name, document, variables) in operations() {
            let data = world.data(document, &variables).await;
            all.push((name, data));
        }
        for kind in KINDS {
            let variables =
                json!({"site": "wjw", "path": newest_path(&world, "wjw", kind).await, "on": {"code": "linxi"}});
            all.push((kind, world.data(operation("content-page"), &variables).await));
        }
        answers.lock().unwrap().push(all);
    });
    let answers = answers.into_inner().unwrap();
    if let [sqlite, postgres] = answers.as_slice() {
        for ((name, left), (_, right)) in sqlite.iter().zip(postgres) {
            assert_eq!(left, right, "{name}");
        }
    }
}

#[test]
fn pages_stay_within_their_statements_whatever_their_size() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let count = async |name: &str, document: &str, variables: Json, most: usize| {
            let (answer, scope) = world.ask(document, &variables).await;
            assert!(answer.get("errors").is_none(), "{name}: {answer}");
            let ran = scope.ran();
            assert_eq!(scope.statements(), ran.len() as u64);
            let texts: Vec<_> = ran.iter().map(|(sql, _)| sql.sqlite().to_owned()).collect();
            assert!(ran.len() <= most, "{name} runs {} statements, {most} allowed:\n{}", ran.len(), texts.join("\n\n"));
        };
        for (name, document, variables) in operations() {
            let most = match name {
                "column-page" => 3,
                "site-home" | "tag-page" => 4,
                "content-page" => 10,
                _ => 6,
            };
            count(name, document, variables.clone(), most).await;
            for size in ["5", "50", "100"] {
                let document = document.replace("first: 20,", &format!("first: {size},"));
                let document = document.replace("first: 6)", &format!("first: {size})"));
                count(name, &document, variables.clone(), most).await;
            }
        }
        for kind in KINDS {
            for site in ["zjj", "wjw", "jyj"] {
                let path = newest_path(&world, site, kind).await;
                for on in [site, "nanping"] {
                    let variables = json!({"site": site, "path": path, "on": {"code": on}});
                    count(kind, operation("content-page"), variables, 10).await;
                }
            }
        }
        let busiest = "{ contents(filter: {documentNumber: \"云建发〔2024〕12号\"}, first: 1) { nodes { url } } }";
        let found = world.data(busiest, &json!({})).await;
        let url = found["contents"]["nodes"][0]["url"].as_str().expect("a policy");
        let path = url.split_once(".example").expect("a host").1;
        let variables = json!({"site": "zjj", "path": path, "on": {"code": "zjj"}});
        count("the policy with the most links", operation("content-page"), variables, 10).await;
    });
}

#[test]
fn lists_read_no_bodies() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        for name in ["site-home", "column-page", "tag-page", "policy-library", "updated-today", "shareable-columns"] {
            let (_, document, variables) = operations().into_iter().find(|(own, _, _)| *own == name).unwrap();
            let (_, scope) = world.ask(document, &variables).await;
            for (sql, _) in scope.ran() {
                assert!(!sql.sqlite().contains("content_body"), "{name} reads bodies");
                assert!(!sql.sqlite().contains("content_detail"), "{name} reads details");
            }
        }
    });
}

/// Lists in every order and with every filter that has a driver of its own.
const LISTS: [&str; 23] = [
    "{ contents(first: 20) { nodes { id } } }",
    "{ contents(first: 20, orderBy: {field: UPDATED_AT, direction: ASC}) { nodes { id } } }",
    "{ contents(first: 20, orderBy: {field: WRITTEN_ON, direction: DESC}) { nodes { id } } }",
    "{ contents(first: 20, filter: {kinds: [POLICY]}) { nodes { id } } }",
    "{ contents(first: 20, filter: {ownedBy: {code: \"zjj\"}}) { nodes { id } } }",
    "{ contents(first: 20, filter: {shownOn: {code: \"qinghe\"}}) { nodes { id } } }",
    "{ contents(first: 20, filter: {theme: \"10\"}) { nodes { id } } }",
    "{ contents(first: 20, filter: {documentNumber: \"云建发[2024]12号\"}) { nodes { id } } }",
    "{ contents(first: 20, filter: {validity: [REPEALED]}, orderBy: {field: WRITTEN_ON, direction: DESC}) { nodes { id } } }",
    "{ site(by: {code: \"yunze\"}) { placements(first: 20) { nodes { id } } } }",
    "{ site(by: {code: \"yunze\"}) { placements(first: 20, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { id } } } }",
    "{ site(by: {code: \"yunze\"}) { contents(first: 20) { nodes { id } } } }",
    "{ column(by: {at: {site: \"zjj\", path: \"/news\"}}) { placements(first: 20) { totalCount nodes { id newer { id } older { id } } } } }",
    "{ column(by: {at: {site: \"yunze\", path: \"/news\"}}) { placements(first: 20, filter: {withDescendants: true}) { nodes { id } } } }",
    "{ column(by: {at: {site: \"zjj\", path: \"/news\"}}) { placements(first: 20, orderBy: {field: PUBLISHED_AT, direction: ASC}) { nodes { id } } } }",
    "{ column(by: {at: {site: \"zjj\", path: \"/news\"}}) { placements(first: 20, filter: {kinds: [NOTICE]}) { nodes { id } } } }",
    "{ column(by: {at: {site: \"yunze\", path: \"/news\"}}) { placements(last: 20, filter: {withDescendants: true, withCover: true}) { nodes { id } } } }",
    "{ site(by: {code: \"yunze\"}) { placements(first: 20, filter: {theme: \"10\"}, orderBy: {field: PUBLISHED_AT, direction: DESC}) { nodes { id } } } }",
    "{ columns(first: 50) { nodes { placements(first: 3, filter: {kinds: [POLICY]}) { nodes { id } } } } }",
    "{ columns(first: 9) { nodes { placements(first: 3, filter: {withDescendants: true, kinds: [POLICY]}) { nodes { id } } } } }",
    "{ columns(first: 50) { nodes { lastPublishedAt placements(first: 3) { nodes { id } } } } }",
    "{ tag(by: {code: \"public-rental\"}) { contents(first: 20) { nodes { id } } byKind(first: 5) { contents { id related { id } } } } }",
    "{ organisation(by: {code: \"yz-zjj\"}) { contents(first: 20) { nodes { id links { type } } } } }",
];

#[test]
fn no_list_reads_a_whole_table() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        // Small tables tempt planners to read them whole: what counts is whether an index serves.
        let mut faults = Vec::new();
        let mut documents: Vec<(&str, Json)> = operations().into_iter().map(|(_, d, v)| (d, v)).collect();
        documents.extend(LISTS.map(|document| (document, json!({}))));
        for (document, variables) in documents {
            let (answer, scope) = world.ask(document, &variables).await;
            assert!(answer.get("errors").is_none(), "{document}: {answer}");
            for (sql, params) in scope.ran() {
                for fault in plan_faults(world.library.database(), &sql, &params).await {
                    faults.push(format!(
                        "{fault}\n  in {}\n  for {}",
                        sql.sqlite(),
                        document.lines().next().unwrap_or("")
                    ));
                }
            }
        }
        faults.sort();
        faults.dedup();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

#[test]
fn pages_follow_one_another_in_both_directions() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        for arguments in [
            "",
            ", orderBy: {field: PUBLISHED_AT, direction: ASC}",
            ", orderBy: {field: UPDATED_AT, direction: DESC}",
            ", filter: {withDescendants: true}",
        ] {
            let column = "column(by: {at: {site: \"yunze\", path: \"/policies\"}})";
            let whole = format!("{{ {column} {{ placements(first: 100{arguments}) {{ nodes {{ id }} }} }} }}");
            let whole = world.data(&whole, &json!({})).await;
            let ids = |data: &Json| -> Vec<String> {
                let nodes = data["column"]["placements"]["nodes"].as_array().expect("nodes").clone();
                nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
            };
            let whole = ids(&whole);
            let mut forward = Vec::new();
            let mut after = Json::Null;
            let page = format!(
                "query($after: String) {{ {column} {{ placements(first: 7, after: $after{arguments}) {{
                   nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }} }}"
            );
            loop {
                let data = world.data(&page, &json!({"after": after})).await;
                forward.extend(ids(&data));
                let info = &data["column"]["placements"]["pageInfo"];
                if info["hasNextPage"] == false {
                    break;
                }
                after = info["endCursor"].clone();
            }
            assert_eq!(forward, whole, "forward with {arguments}");
            let mut backward = Vec::new();
            let mut before = Json::Null;
            let page = format!(
                "query($before: String) {{ {column} {{ placements(last: 7, before: $before{arguments}) {{
                   nodes {{ id }} pageInfo {{ startCursor hasPreviousPage }} }} }} }}"
            );
            loop {
                let data = world.data(&page, &json!({"before": before})).await;
                let mut page = ids(&data);
                page.append(&mut backward);
                backward = page;
                let info = &data["column"]["placements"]["pageInfo"];
                if info["hasPreviousPage"] == false {
                    break;
                }
                before = info["startCursor"].clone();
            }
            assert_eq!(backward, whole, "backward with {arguments}");
        }
    });
}

/// `... on` every type under `node`, `nodes` and `content`: interfaces are flat and each type implements all that apply.
#[test]
fn every_type_answers_under_its_interfaces() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let shown = world
            .data(
                "{ columns(first: 100) { nodes { id placements(first: 2) { nodes { id content { id } } } } } }",
                &json!({}),
            )
            .await;
        let mut ids = Vec::new();
        for column in shown["columns"]["nodes"].as_array().expect("columns") {
            ids.push(column["id"].clone());
            for placement in column["placements"]["nodes"].as_array().expect("placements") {
                ids.push(placement["id"].clone());
                ids.push(placement["content"]["id"].clone());
            }
        }
        let slow = world
            .data(
                "{ sites { nodes { id panels { id } } } tagGroups { id tags { id } } codes(list: THEME) { id }
                   fieldDefinitions { id } organisations(first: 5) { nodes { id leaders { id photo { id } } } }
                   column(by: {at: {site: \"qinghe\", path: \"/city-policies\"}}) { incoming { id } } }",
                &json!({}),
            )
            .await;
        collect_ids(&slow, &mut ids);
        let mut seen = std::collections::BTreeSet::new();
        for batch in ids.chunks(100) {
            let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Node { id }
                ... on Content { title ... on Searchable { summary } } ... on Policy { validity } ... on Article { format }
                ... on Notice { feedback } ... on Interpretation { form } ... on KnowledgeEntry { question }
                ... on ServiceGuide { fee } ... on Disclosure { statutoryCategory { name } } ... on Site { code }
                ... on Organisation { code } ... on Leader { name } ... on Column { path } ... on Placement { path }
                ... on ColumnSubscription { mode } ... on TagGroup { code } ... on Tag { code } ... on CodeItem { code }
                ... on Panel { code } ... on FieldDefinition { key } ... on Attachment { sha256 } } }";
            let data = world.data(document, &json!({"ids": batch})).await;
            for (node, id) in data["nodes"].as_array().expect("nodes").iter().zip(batch) {
                assert_eq!(&node["id"], id, "a node answers its own id");
                assert!(node.as_object().expect("an object").len() >= 3, "{node}");
                seen.insert(node["__typename"].as_str().expect("a type").to_owned());
            }
        }
        assert_eq!(seen.len(), 19, "{seen:?}");
        let policy = "{ content(by: {documentNumber: \"云建发〔2024〕12号\"}) {
            ... on Node { id } ... on Searchable { title } ... on Policy { validity } ... on Article { format } } }";
        let data = world.data(policy, &json!({})).await;
        // Fields of the interface itself, through lists too.
        let direct =
            world.data("{ contents(first: 3) { nodes { id title kind } edges { node { id } } } }", &json!({})).await;
        for node in direct["contents"]["nodes"].as_array().expect("nodes") {
            assert!(node["id"].is_string() && node["title"].is_string() && node["kind"].is_string(), "{node}");
        }
        assert!(data["content"]["validity"].is_string() && data["content"]["title"].is_string());
        assert!(data["content"].get("format").is_none());
    });
}

fn collect_ids(data: &Json, ids: &mut Vec<Json>) {
    match data {
        Json::Object(object) => {
            ids.extend(object.get("id").filter(|id| id.is_string()).cloned());
            object.values().for_each(|value| collect_ids(value, ids));
        }
        Json::Array(array) => array.iter().for_each(|value| collect_ids(value, ids)),
        _ => {}
    }
}

/// Fields are answered in the order of the document, and a non-null field that fails takes its parent along: what
/// later versions of the GraphQL library got wrong.
#[test]
fn fields_are_answered_in_order() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let document =
            "{ site(by: {code: \"yunze\"}) { lastPublishedAt name placements(first: 1) { nodes { title id } } code } }";
        let request = schema::Request::new(document);
        let (response, _) = schema::execute(&world.schema, &world.library, request).await;
        let text = serde_json::to_string(&response).expect("JSON");
        let at = |key: &str| text.find(&format!("\"{key}\"")).expect("a key");
        assert!(at("lastPublishedAt") < at("name") && at("name") < at("placements") && at("placements") < at("code"));
        assert!(at("title") < at("id"));
    });
}

#[test]
fn bad_arguments_get_a_clear_answer() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        for document in [
            "{ node(id: \"site_1\") { id } }",
            "{ contents(first: 101) { nodes { id } } }",
            "{ contents(first: -1) { nodes { id } } }",
            "{ contents(first: 1, last: 1) { nodes { id } } }",
            "{ contents(offset: 10001) { nodes { id } } }",
            "{ contents(after: \"###\") { nodes { id } } }",
            "{ contents(after: \"aXUgMQ\", orderBy: {field: WRITTEN_ON, direction: ASC}) { nodes { id } } }",
            "{ contents(filter: {columns: [\"tag_01h455vb4pex5vsknk084sn02q\"]}) { nodes { id } } }",
            "{ contents(filter: {fields: [{key: \"none\", is: \"1\"}]}) { nodes { id } } }",
        ] {
            let (answer, _) = world.ask(document, &json!({})).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{document}: {answer}");
        }
        for document in [
            "{ node(id: \"content_01h455vb4pex5vsknk084sn02q\") { id } }",
            "{ site(by: {code: \"none\"}) { id } }",
            "{ resolve(site: {code: \"yunze\"}, path: \"/none/at/all\") { __typename } }",
            "{ content(by: {indexNumber: \"none\"}) { id } }",
        ] {
            let data = world.data(document, &json!({})).await;
            assert!(data.as_object().expect("data").values().all(Json::is_null), "{document}: {data}");
        }
    });
}
