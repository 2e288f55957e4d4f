//! What the oracle asks: every operation with variables that hit and variables that miss.

use serde_json::{Value as Json, json};
use tests::World;

use crate::reading::operations;

/// An operation with variables.
pub struct Probe {
    /// What it is called in a report.
    pub name: String,
    /// The document.
    pub document: String,
    /// Its variables.
    pub variables: Json,
}

/// Further questions, for fields that the operations do not select.
const QUESTIONS: [&str; 16] = [
    "{ sites { totalCount nodes { code name status statusNotice hosts url editions { code } children { code } feeds { rss } lastPublishedAt } } }",
    "{ organisations(first: 100) { totalCount nodes { code name level parent { code } ancestors { code } children { code } site { code } } } }",
    "{ organisations(filter: {level: COUNTY, name: \"政府\"}) { nodes { code } } }",
    "{ columns(first: 100, filter: {site: {code: \"zjj\"}}) { totalCount nodes { path name status url depth rank editions { path } landing { id } metaTags { content } outgoing(first: 5) { nodes { target { path } } } } } }",
    "{ columns(filter: {feedsFrom: null, kinds: [POLICY]}, first: 50) { nodes { path site { code } } } }",
    "{ tagGroups { code name tags { code name synonyms parent { code } children { code } steward { code } } } }",
    "{ tags(filter: {name: \"住房\"}) { totalCount nodes { code url(on: {code: \"zjj\"}) } } }",
    "{ codes(list: THEME) { code name retired children { code name parent { code } ancestors { code } } } }",
    "{ codes(list: KNOWLEDGE_CATEGORY, under: \"01\") { code name } }",
    "{ fieldDefinitions(site: {code: \"zjj\"}, kind: NOTICE) { key label help required rank retired } }",
    "{ contents(first: 10) { totalCount nodes { id title updatedAt homeColumn { path } publisher { name } tags { name } } } }",
    "{ contents(first: 10, filter: {shownOn: {code: \"qinghe\"}, kinds: [POLICY, KNOWLEDGE_ENTRY]}) { totalCount nodes { id title } } }",
    "{ contents(first: 20, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { id revision } pageInfo { hasNextPage } } }",
    "{ contents(first: 5, filter: {theme: \"10\", validity: [EFFECTIVE, REPEALED]}, orderBy: {field: WRITTEN_ON, direction: DESC}) { nodes { id ... on Policy { validity } } } }",
    "{ site(by: {code: \"zjj\"}) { contents(first: 5) { totalCount nodes { id placements { totalCount nodes { column { path } origin reasons { origin source { id } } } } } } placements(first: 5, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { title } } } }",
    "{ organisation(by: {code: \"yz-wjw\"}) { contents(first: 5) { totalCount nodes { title related(first: 3) { title } } } stewardOf { code } } }",
];

fn probe(name: &str, document: &str, variables: Json) -> Probe {
    // The position is the log's own and changes with everything.
    Probe { name: name.to_owned(), document: document.replace("  position\n", ""), variables }
}

/// Everything that is asked before and after each deed.
pub async fn probes(world: &World) -> Vec<Probe> {
    let mut probes = Vec::new();
    let operations = operations();
    let document = |name: &str| operations.iter().find(|(own, _, _)| *own == name).expect("an operation").1;
    for (name, document, variables) in &operations {
        probes.push(probe(name, document, variables.clone()));
    }
    for question in QUESTIONS {
        probes.push(probe("question", question, json!({})));
    }
    for host in ["zjj.yunze.example", "www.qinghe.example", "oracle.example"] {
        let variables = json!({"host": host, "columns": ["/news", "/policies", "/city-policies", "/oracle"], "panels": ["nav", "carousel", "oracle"]});
        probes.push(probe("site-home", document("site-home"), variables));
    }
    for (site, path) in [
        ("zjj", "/news"),
        ("zjj", "/notices"),
        ("zjj", "/knowledge"),
        ("wjw", "/policies"),
        ("jyj", "/services"),
        ("yunze", "/policies"),
        ("yunze", "/departments"),
        ("qinghe", "/city-policies"),
        ("qinghe", "/city-news"),
        ("linxi", "/news"),
        ("nanping", "/city-knowledge"),
        ("zjj", "/oracle"),
        ("none", "/news"),
    ] {
        probes.push(probe("column-page", document("column-page"), json!({"site": site, "path": path, "offset": 0})));
        probes.push(probe("county-column", document("county-column"), json!({"site": site, "path": path})));
    }
    probes.push(probe("column-page", document("column-page"), json!({"site": "zjj", "path": "/news", "offset": 10})));
    for code in ["housing-security", "medical-insurance", "compulsory-education", "oracle-tag"] {
        for on in ["zjj", "yunze", "linxi"] {
            probes.push(probe("tag-page", document("tag-page"), json!({"code": code, "on": {"code": on}})));
        }
    }
    for code in ["yz-gov", "yz-jyj", "qh-gov", "oracle-unit"] {
        probes.push(probe(
            "organisation-page",
            document("organisation-page"),
            json!({"code": code, "on": {"code": "yunze"}}),
        ));
    }
    for (site, path) in [
        ("zjj", "/news"),
        ("zjj", "/oracle"),
        ("zjj", "/oracle/deep"),
        ("zjj", "/html/2021/gzf.html"),
        ("wjw", "/oracle-old"),
        ("yunze", "/"),
        ("yunze", "/tag/oracle-tag"),
        ("yunze", "/tag/public-rental"),
        ("qinghe", "/content/202401/000000000000"),
    ] {
        probes.push(probe("resolve", document("resolve"), json!({"site": {"code": site}, "path": path})));
    }
    for number in ["云建发〔2025〕1号", "云卫发（2026）1号", "神谕〔2026〕1号"] {
        probes.push(probe("policy-by-number", document("policy-by-number"), json!({"number": number})));
    }
    let filter = json!({"kinds": ["POLICY"], "publisher": Json::Null, "documentNumber": "神谕[2026]1号"});
    probes.push(probe("policy-library", document("policy-library"), json!({"filter": filter})));
    content_probes(world, document("content-page"), &mut probes).await;
    later_pages(world, &mut probes).await;
    probes
}

/// Pages of contents of every kind, on their own site and on a county's, and the nodes behind them.
async fn content_probes(world: &World, page: &str, probes: &mut Vec<Probe>) {
    let mut ids = Vec::new();
    for (site, on) in [("zjj", "zjj"), ("wjw", "qinghe"), ("jyj", "linxi"), ("linxi", "linxi")] {
        let found = world
            .data(
                "query($site: String!) { tagGroups { code } site(by: {code: $site}) {
                   policies: contents(first: 3, filter: {kinds: [POLICY]}) { nodes { ...C } }
                   answers: contents(first: 2, filter: {kinds: [KNOWLEDGE_ENTRY, SERVICE_GUIDE]}) { nodes { ...C } }
                   rest: contents(first: 4, filter: {kinds: [NOTICE, ARTICLE, INTERPRETATION]}) { nodes { ...C } } } }
                 fragment C on Content { id url cover { id } attachments { id } placements(first: 2) { nodes { id } } }",
                &json!({"site": site}),
            )
            .await;
        for list in ["policies", "answers", "rest"] {
            for node in found["site"][list]["nodes"].as_array().expect("nodes") {
                let url = node["url"].as_str().expect("an address");
                let path = url.split_once(".example").expect("a host").1;
                probes.push(probe("content-page", page, json!({"site": on, "path": path, "on": {"code": on}})));
                ids.extend([node["id"].clone(), node["cover"]["id"].clone(), node["attachments"][0]["id"].clone()]);
                ids.push(node["placements"]["nodes"][0]["id"].clone());
            }
        }
    }
    ids.retain(|id| !id.is_null());
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Content { title validity: state keywords shareType }
        ... on Attachment { name alt role url } ... on Placement { title pinned rank publishedAt subscription { id mode }
        newer { title } older { title } breadcrumb { name url } } } }";
    for batch in ids.chunks(20) {
        probes.push(probe("nodes", nodes, json!({"ids": batch})));
    }
}

/// Pages that are entered by a cursor, in both directions and every order.
async fn later_pages(world: &World, probes: &mut Vec<Probe>) {
    for (list, order) in [
        ("column(by: {at: {site: \"zjj\", path: \"/knowledge\"}}) { list: placements", ""),
        (
            "column(by: {at: {site: \"yunze\", path: \"/policies/documents\"}}) { list: placements",
            "orderBy: {field: UPDATED_AT, direction: ASC}",
        ),
        ("site(by: {code: \"qinghe\"}) { list: placements", "orderBy: {field: PUBLISHED_AT, direction: DESC}"),
        ("site(by: {code: \"wjw\"}) { list: contents", ""),
        ("tag(by: {code: \"public-rental\"}) { list: contents", ""),
    ] {
        let first = format!("{{ found: {list}(first: 12 {order}) {{ pageInfo {{ endCursor }} }} }} }}");
        let found = world.data(&first, &json!({})).await;
        let cursor = &found["found"]["list"]["pageInfo"]["endCursor"];
        for page in ["first: 6, after", "last: 6, before"] {
            let document = format!(
                "query($cursor: String) {{ found: {list}({page}: $cursor {order}) {{ nodes {{ id title }}
                   pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
            );
            probes.push(probe("later page", &document, json!({"cursor": cursor})));
        }
    }
}
