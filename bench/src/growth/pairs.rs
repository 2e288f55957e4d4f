//! Every pair of filters of the list of all contents, asked one after the other: none may read a whole library.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use library::database::{Database, Row, Sql};
use library::id::{ColumnId, OrganisationId, TagId};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::load::{Questions, once};

/// How often each pair is asked; the median counts.
const TIMES: usize = 5;

const DOCUMENT: &str = "query Pair($filter: ContentFilter!) { contents(filter: $filter, first: 20) {
    nodes { id title } pageInfo { hasNextPage } } }";

/// What a pair of filters came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pair {
    /// The names of the filters.
    pub filters: String,
    /// Milliseconds.
    pub took: f64,
    /// How many rows the page had, of 20.
    pub rows: usize,
    /// Whether a cursor goes on from it.
    pub more: bool,
    /// Whether it failed, as when it takes too long.
    pub failed: bool,
}

/// Filters by name, each with the argument that it is.
async fn filters(url: &str) -> anyhow::Result<Vec<(&'static str, Json)>> {
    let database = Database::open(url, 1).await?;
    let first = async |text: &'static str| {
        let rows = database.rows(&Sql::new(text), &[]).await?;
        rows.into_iter().next().ok_or_else(|| anyhow::anyhow!("nothing is filled"))
    };
    let most =
        first("select id from shelf where list = 'tag' group by id order by sum(members) desc, id limit 1").await?;
    let least = first("select id from shelf where list = 'tag' group by id order by sum(members), id limit 1").await?;
    let big =
        first("select id from shelf where list = 'column' group by id order by sum(members) desc, id limit 1").await?;
    let small =
        first("select id from shelf where list = 'column' group by id order by sum(members), id limit 1").await?;
    let unit =
        first("select publisher_id from content group by publisher_id order by count(*) desc, 1 limit 1").await?;
    let rare = first("select publisher_id from content group by publisher_id order by count(*), 1 limit 1").await?;
    let tag = |row: &Row| row.get::<TagId>(0).map(|id| id.to_string());
    let column = |row: &Row| row.get::<ColumnId>(0).map(|id| id.to_string());
    let organisation = |row: &Row| row.get::<OrganisationId>(0).map(|id| id.to_string());
    Ok(vec![
        ("ownedBy", json!({"ownedBy": {"code": "s3"}})),
        ("shownOn", json!({"shownOn": {"code": "s5"}})),
        ("columns (big)", json!({"columns": [column(&big)?]})),
        ("columns (small)", json!({"columns": [column(&small)?]})),
        ("columns and below", json!({"columns": [column(&big)?], "withDescendants": true})),
        ("kinds (most)", json!({"kinds": ["ARTICLE"]})),
        ("kinds (rare)", json!({"kinds": ["DISCLOSURE", "SERVICE_GUIDE"]})),
        ("anyTags (most)", json!({"anyTags": [tag(&most)?]})),
        ("anyTags (rare)", json!({"anyTags": [tag(&least)?]})),
        ("allTags", json!({"allTags": [tag(&most)?, tag(&least)?]})),
        ("publisher (most)", json!({"publisher": organisation(&unit)?})),
        ("publisher (rare)", json!({"publisher": organisation(&rare)?})),
        ("issuer", json!({"issuer": organisation(&unit)?})),
        ("theme", json!({"theme": "T03"})),
        ("documentType", json!({"documentType": "BF"})),
        ("validity", json!({"validity": ["EXPIRED"]})),
        ("languages", json!({"languages": ["en"]})),
        (
            "publishedAt (old)",
            json!({"publishedAt": {"from": "2016-03-01T00:00:00Z", "before": "2016-04-01T00:00:00Z"}}),
        ),
        ("publishedAt (new)", json!({"publishedAt": {"from": "2026-09-01T00:00:00Z"}})),
        ("updatedAt", json!({"updatedAt": {"from": "2026-10-01T00:00:00Z"}})),
    ])
}

/// Asks each pair; the slowest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn pairs(url: &str, server: SocketAddr) -> anyhow::Result<Vec<Pair>> {
    let filters = filters(url).await?;
    let mut pairs = Vec::new();
    for (at, (one, first)) in filters.iter().enumerate() {
        for (other, second) in &filters[at + 1..] {
            let Some(filter) = both(first, second) else { continue };
            pairs.push(ask(server, format!("{one} + {other}"), &filter).await?);
        }
    }
    pairs.sort_by(|a, b| b.took.total_cmp(&a.took));
    Ok(pairs)
}

/// Two filters as one; nothing if they say different things of the same.
fn both(one: &Json, other: &Json) -> Option<Json> {
    let (mut both, other) = (one.as_object()?.clone(), other.as_object()?);
    for (key, value) in other {
        if both.insert(key.clone(), value.clone()).is_some() {
            return None;
        }
    }
    Some(Json::Object(both))
}

async fn ask(server: SocketAddr, filters: String, filter: &Json) -> anyhow::Result<Pair> {
    let questions = Arc::new(Questions::of(DOCUMENT, vec![json!({"filter": filter}).to_string()]));
    let body = questions.body(0);
    let (mut times, mut answer) = (Vec::new(), String::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        let asked = once(server, &body).await;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        let Ok(asked) = asked else { return Ok(Pair { filters, took, rows: 0, more: false, failed: true }) };
        answer = asked;
        times.push(took);
    }
    times.sort_by(f64::total_cmp);
    let answer: Json = serde_json::from_str(&answer)?;
    let list = &answer["data"]["contents"];
    Ok(Pair {
        filters,
        took: times[TIMES / 2],
        rows: list["nodes"].as_array().map_or(0, Vec::len),
        more: list["pageInfo"]["hasNextPage"] == true,
        failed: false,
    })
}
