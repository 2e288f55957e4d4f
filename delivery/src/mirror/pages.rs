//! What the other side shows, page by page, and what changed of it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::ask::{Origin, Trouble};
use super::record::{FRAGMENT, OriginContent};

const CONTENTS: &str = "query Contents($columns: [ID!]!, $first: Int!, $after: String) { position contents(filter: {columns: $columns, \
    withDescendants: true}, orderBy: {field: UPDATED_AT, direction: ASC}, first: $first, after: $after) { pageInfo { endCursor \
    hasNextPage } nodes { ...Record } } }";
const BY_ID: &str = "query ById($ids: [ID!]!) { nodes(ids: $ids) { ... on Content { ...Record } } }";
const CHANGES: &str = "query Changes($after: String!, $columns: [ID!]!) { changes(after: $after, first: 100, filter: {columns: $columns, \
    withDescendants: true}) { pageInfo { endCursor hasNextPage } nodes { id effects(first: 100) { pageInfo { endCursor \
    hasNextPage } nodes { effect subjectId } } } } }";
const FURTHER: &str = "query Further($id: ID!, $after: String!) { node(id: $id) { ... on Change { effects(first: 100, after: $after) { \
    pageInfo { endCursor hasNextPage } nodes { effect subjectId } } } } }";

/// How many contents are asked for at once.
const AT_ONCE: usize = 20;

/// A page of what is shown.
#[derive(Debug)]
pub struct Contents {
    /// The position that it reflects at least.
    pub position: String,
    /// The contents.
    pub contents: Vec<OriginContent>,
    /// Where the next page begins; nothing behind the last one.
    pub next: Option<String>,
}

/// A page of changes.
#[derive(Debug, Default)]
pub struct Changes {
    /// Contents that entered or changed, in no order.
    pub touched: Vec<String>,
    /// Contents that left.
    pub left: Vec<String>,
    /// Whether a column changed: it may lie elsewhere now.
    pub columns: bool,
    /// Whether a site changed: it may show nothing, or again.
    pub sites: bool,
    /// The position at which the next page begins.
    pub end: String,
    /// Whether there is more.
    pub has_next: bool,
}

impl Origin {
    /// A page of what these columns and those below them show, the longest unchanged first.
    ///
    /// # Errors
    /// When the other side does not answer.
    pub async fn contents(&self, columns: &[String], after: Option<&str>) -> Result<Contents, Trouble> {
        let document = format!("{CONTENTS} {FRAGMENT}");
        let mut size = AT_ONCE;
        loop {
            let variables = json!({"columns": columns, "first": size, "after": after});
            let answer = match self.ask(&document, variables).await {
                // Long texts: fewer of them.
                Err(trouble) if trouble.code == "LIMIT_EXCEEDED" && size > 1 => {
                    size /= 2;
                    continue;
                }
                answer => answer?,
            };
            let page = &answer["contents"];
            let nodes = page["nodes"].as_array().ok_or_else(|| Trouble::not_jiyue("a list without a page"))?;
            let contents = nodes.iter().map(|node| OriginContent::read(node, self.url())).collect::<Result<_, _>>()?;
            let next = (page["pageInfo"]["hasNextPage"] == true).then(|| text(&page["pageInfo"]["endCursor"]));
            return Ok(Contents { position: text(&answer["position"])?, contents, next: next.transpose()? });
        }
    }

    /// Contents by their identifiers, at most 20 are asked for at once: those that are shown, and what is not shown any more.
    ///
    /// # Errors
    /// When the other side does not answer.
    pub async fn contents_by_id(&self, ids: &[String]) -> Result<(Vec<OriginContent>, Vec<String>), Trouble> {
        let document = format!("{BY_ID} {FRAGMENT}");
        let (mut found, mut gone, mut size, mut at) = (Vec::new(), Vec::new(), AT_ONCE, 0);
        while at < ids.len() {
            let some = &ids[at..ids.len().min(at + size)];
            let answer = match self.ask(&document, json!({"ids": some})).await {
                Err(trouble) if trouble.code == "LIMIT_EXCEEDED" && size > 1 => {
                    size /= 2;
                    continue;
                }
                answer => answer?,
            };
            let nodes = answer["nodes"].as_array().filter(|nodes| nodes.len() == some.len());
            let nodes = nodes.ok_or_else(|| Trouble::not_jiyue("other contents than were asked for"))?;
            for (id, node) in some.iter().zip(nodes) {
                match node.is_null() {
                    true => gone.push(id.clone()),
                    false => found.push(OriginContent::read(node, self.url())?),
                }
            }
            at += some.len();
        }
        Ok((found, gone))
    }

    /// The changes of these columns and those below them after a position.
    ///
    /// # Errors
    /// `POSITION_REFUSED` when the other side does not know the position; others when it does not answer.
    pub async fn changes(&self, columns: &[String], after: &str) -> Result<Changes, Trouble> {
        let answer = self.ask(CHANGES, json!({"columns": columns, "after": after})).await?;
        let page = &answer["changes"];
        let nodes = page["nodes"].as_array().ok_or_else(|| Trouble::not_jiyue("a feed without a page"))?;
        let mut changes = Changes { has_next: page["pageInfo"]["hasNextPage"] == true, ..Changes::default() };
        // A feed that ends where it begins says so by itself.
        changes.end = page["pageInfo"]["endCursor"].as_str().unwrap_or(after).to_owned();
        let mut last: BTreeMap<String, bool> = BTreeMap::new();
        for change in nodes {
            let mut effects = change["effects"].clone();
            loop {
                for effect in effects["nodes"].as_array().into_iter().flatten() {
                    let id = text(&effect["subjectId"])?;
                    match id.split_once('_').map(|(noun, _)| noun) {
                        Some("content") => drop(last.insert(id, effect["effect"] == "LEFT")),
                        Some("column") => changes.columns = true,
                        Some("site") => changes.sites = true,
                        _ => {}
                    }
                }
                if effects["pageInfo"]["hasNextPage"] != true {
                    break;
                }
                // This is told without the filter; what these columns do not show is sorted out by who takes it over.
                let variables = json!({"id": change["id"], "after": effects["pageInfo"]["endCursor"]});
                effects = self.ask(FURTHER, variables).await?["node"]["effects"].clone();
            }
        }
        for (id, is_left) in last {
            let list = if is_left { &mut changes.left } else { &mut changes.touched };
            list.push(id);
        }
        Ok(changes)
    }
}

fn text(value: &Json) -> Result<String, Trouble> {
    value.as_str().map(str::to_owned).ok_or_else(|| Trouble::not_jiyue("something is not there that always is"))
}
