//! Links between contents (关联): typed, from one content to another or to a page outside; read from both ends.

mod deed;
mod role;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use role::LinkRole;

use crate::Scope;
use crate::changes::List;
use crate::content::{CONTENT, LiveContent};
use crate::database::Sql;
use crate::id::{AnyId, ContentId};
use crate::refusal::Result;

/// What a link means, read from the content that has it to the one that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum LinkType {
    Interprets,
    BasedOn,
    ServiceFor,
    Amends,
    Repeals,
    Supplements,
    ReportsOn,
    Translates,
    Reposts,
    SeeAlso,
}

/// From which end a link is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum LinkDirection {
    Out,
    In,
}

/// A link as one of its ends shows it.
#[derive(Debug, Clone)]
pub struct ContentLink {
    /// What it means.
    pub kind: LinkType,
    /// From which end it is read.
    pub direction: LinkDirection,
    /// What editors say of it.
    pub note: Option<String>,
    /// The live content at the other end.
    pub content: Option<Arc<LiveContent>>,
    /// The page outside: title and address.
    pub page: Option<(String, String)>,
}

/// How many columns of a row stand before those of the content at the other end.
const BEFORE: usize = 7;

/// The links of contents from both ends, each with the live content at the other end.
fn statement() -> Sql {
    let columns = CONTENT.replace("{c}", "c");
    Sql::built(format!(
        "select e.own, e.type, e.direction, e.other, e.title, e.url, e.note, {columns} from (
           select k.id as own, l.type, 0 as direction, l.to_id as other, l.title, l.url, l.note, l.rank, l.id
             from each_id($1) k join link l on l.from_id = k.id
           union all
           select k.id, l.type, 1, l.from_id, null, null, l.note, l.rank, l.id
             from each_id($1) k join link l on l.to_id = k.id
         ) e left join content c on c.id = e.other order by e.own, e.direction, e.rank, e.id"
    ))
}

impl Scope {
    /// The links of contents, out before in; those to contents that the public does not see are left out. One
    /// statement for any number of contents.
    pub async fn links(&self, contents: &[ContentId]) -> Result<HashMap<ContentId, Vec<ContentLink>>> {
        for id in contents {
            self.note_list(List::Links(*id));
        }
        let rows = self.rows(&statement(), vec![contents.into()]).await?;
        let mut ends = HashMap::new();
        for row in &rows {
            if let Some(end) = row.get::<Option<ContentId>>(3)? {
                self.note_record(AnyId::ContentId(end));
            }
            if row.get::<Option<ContentId>>(BEFORE)?.is_some() {
                let content = self.read_content(row, BEFORE)?;
                ends.insert(content.id, content);
            }
        }
        let seen = self.visible(ends.into_values().collect()).await?;
        let found: HashMap<_, _> = seen.into_iter().map(|content| (content.id, content)).collect();
        let mut links: HashMap<ContentId, Vec<ContentLink>> = HashMap::new();
        for row in &rows {
            let end: Option<ContentId> = row.get(3)?;
            let content = end.and_then(|id| found.get(&id).cloned());
            let title: Option<String> = row.get(4)?;
            let page = title.zip(row.get::<Option<String>>(5)?);
            if content.is_none() && page.is_none() {
                continue;
            }
            let Some(kind) = row.text(1).and_then(|text| text.parse().ok()) else { continue };
            let direction = if row.get::<i64>(2)? == 0 { LinkDirection::Out } else { LinkDirection::In };
            let link = ContentLink { kind, direction, note: row.get(6)?, content, page };
            links.entry(row.get(0)?).or_default().push(link);
        }
        Ok(links)
    }
}
