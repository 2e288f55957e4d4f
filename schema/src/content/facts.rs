//! Small facts about a content: rows of its table of elements, where it came from.

use async_graphql::SimpleObject;
use library::content::LiveContent;

use crate::scalars::Url;

/// One row of the table of elements (公开要素).
#[derive(SimpleObject)]
pub struct ElementRow {
    /// A stable key (键).
    pub key: String,
    /// As it is printed (名称).
    pub label: String,
    /// What it says (内容).
    pub text: String,
    /// Where it leads (网址).
    pub url: Option<Url>,
}

/// Where a content came from, when another system made it (来源标识).
#[derive(SimpleObject)]
pub struct OriginRef {
    /// The system (来源系统).
    pub system: String,
    /// Its id there (来源编号).
    pub id: String,
    /// A hash of what was taken over (内容指纹).
    pub content_hash: String,
}

impl OriginRef {
    /// Where a content came from, when another system made it.
    pub fn of(content: &LiveContent) -> Option<Self> {
        let (system, id) = content.origin.clone()?;
        Some(Self { system, id, content_hash: content.card.content_hash.clone().unwrap_or_default() })
    }
}

impl ElementRow {
    /// A row as the library prints it.
    pub fn of(row: library::content::ElementRow) -> Self {
        Self { key: row.key, label: row.label, text: row.text, url: row.url.map(Url) }
    }
}
