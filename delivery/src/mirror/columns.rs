//! Which columns of the other side are followed: found by site and path, with all that lies below them.

use serde_json::{Value as Json, json};

use super::ask::{Origin, Trouble};

const COLUMN: &str =
    "query Column($site: String!, $path: String!) { column(by: {at: {site: $site, path: $path}}) { id } }";
const COLUMNS: &str = "query Columns($site: String!, $after: String) { columns(filter: {site: {code: $site}}, first: 100, after: \
    $after) { pageInfo { endCursor hasNextPage } nodes { id path ancestors { id path } } } }";

/// A column of the other side that is followed, or lies below one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginColumn {
    /// Its identifier.
    pub id: String,
    /// Its place, and those of the columns above it from the nearest on: `SITE/PATH`.
    pub places: Vec<String>,
    /// Whether it is followed itself.
    pub followed: bool,
}

impl Origin {
    /// The columns at these places (`SITE/PATH`) and all below them, in the order of their identifiers.
    ///
    /// # Errors
    /// When one of them is not shown, or the other side does not answer.
    pub async fn columns(&self, places: &[String]) -> Result<Vec<OriginColumn>, Trouble> {
        let mut found: Vec<OriginColumn> = Vec::new();
        let mut sites: Vec<&str> = Vec::new();
        let mut followed: Vec<String> = Vec::new();
        for place in places {
            let (site, path) = place.split_at(place.find('/').unwrap_or(place.len()));
            let answer = self.ask(COLUMN, json!({"site": site, "path": path})).await?;
            let Some(id) = answer["column"]["id"].as_str() else {
                let reason = format!("it shows no column {path} on a site {site}");
                return Err(Trouble::stays("COLUMN_NOT_FOUND", reason));
            };
            followed.push(id.to_owned());
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
        for site in sites {
            self.below(site, &followed, &mut found).await?;
        }
        if let Some(id) = followed.iter().find(|id| !found.iter().any(|column| column.id == **id)) {
            let reason = format!("the column {id} is not among the columns of its site");
            return Err(Trouble::stays("COLUMN_NOT_FOUND", reason));
        }
        found.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    async fn below(&self, site: &str, followed: &[String], found: &mut Vec<OriginColumn>) -> Result<(), Trouble> {
        let mut after = Json::Null;
        loop {
            let answer = self.ask(COLUMNS, json!({"site": site, "after": after})).await?;
            let page = &answer["columns"];
            for node in page["nodes"].as_array().into_iter().flatten() {
                let mut chain = vec![node];
                chain.extend(node["ancestors"].as_array().into_iter().flatten().rev());
                let ids: Vec<&str> = chain.iter().filter_map(|column| column["id"].as_str()).collect();
                let Some(id) = ids.first() else { return Err(Trouble::not_jiyue("a column without an identifier")) };
                if ids.iter().any(|id| followed.iter().any(|wanted| wanted == id)) {
                    let paths = chain.iter().filter_map(|column| column["path"].as_str());
                    let places = paths.map(|path| format!("{site}{path}")).collect();
                    let is_followed = followed.iter().any(|wanted| wanted == id);
                    found.push(OriginColumn { id: (*id).to_owned(), places, followed: is_followed });
                }
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(());
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}
