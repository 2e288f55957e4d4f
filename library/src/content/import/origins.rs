//! Finding imported contents by where they came from.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::Library;
use crate::content::ContentState;
use crate::database::Sql;
use crate::id::{AttachmentId, ColumnId, ContentId};
use crate::refusal::{Error, Result};

/// A content that came from elsewhere, as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOrigin {
    /// The content.
    pub id: ContentId,
    /// Its newest revision.
    pub revision: i64,
    /// Where that stands.
    pub state: ContentState,
    /// Who saved it.
    pub edited_by: String,
    /// The hash of what was taken over, as its live revision has it; empty if none is live.
    pub content_hash: String,
}

static BY_ORIGIN: Sql = Sql::new(
    "select w.origin_system, w.origin_id, w.content_id, w.revision, w.state, w.edited_by, c.card
       from rows($1) r join working w on w.origin_system = r.value->>0 and w.origin_id = r.value->>1
       left join content c on c.id = w.content_id",
);
static IN_COLUMN: Sql = Sql::new(
    "select origin_id, content_id, column_id, state from working
     where origin_system = $1 and origin_id > $2 order by origin_id limit $3",
);
static BY_BYTES: Sql = Sql::new("select id from attachment where sha256 = $1 order by id limit 1");

/// What of a card is needed here.
#[derive(Deserialize)]
struct Hashed {
    #[serde(default)]
    content_hash: Option<String>,
}

impl Library {
    /// The contents that came from these origins (system and id there), by origin. One statement for any number.
    pub async fn contents_of_origins(
        &self,
        origins: &[(String, String)],
    ) -> Result<HashMap<(String, String), KnownOrigin>> {
        let mut known = HashMap::new();
        if origins.is_empty() {
            return Ok(known);
        }
        let rows: Vec<Json> = origins.iter().map(|(system, id)| json!([system, id])).collect();
        for row in self.database().rows(&BY_ORIGIN, &[Json::Array(rows).into()]).await? {
            let state = row.text(4).and_then(|text| text.parse().ok());
            let hashed: Option<Hashed> = row.json(6)?;
            let found = KnownOrigin {
                id: row.get(2)?,
                revision: row.get(3)?,
                state: state.ok_or_else(|| Error::Database("a working row cannot be read".to_owned()))?,
                edited_by: row.get(5)?,
                content_hash: hashed.and_then(|card| card.content_hash).unwrap_or_default(),
            };
            known.insert((row.get(0)?, row.get(1)?), found);
        }
        Ok(known)
    }

    /// Looks at `limit` contents that came from a system, by their ids there, after `after`. Answers those that are
    /// published with this home column, and the id to go on after, if there is more.
    pub async fn origins_in_column(
        &self,
        column: ColumnId,
        system: &str,
        after: &str,
        limit: i64,
    ) -> Result<(Vec<(String, ContentId)>, Option<String>)> {
        let rows = self.database().rows(&IN_COLUMN, &[system.into(), after.into(), limit.into()]).await?;
        let mut found = Vec::new();
        let mut last = None;
        for row in &rows {
            let id: String = row.get(0)?;
            let state = row.text(3).and_then(|text| text.parse().ok());
            if row.get::<Option<ColumnId>>(2)? == Some(column) && state == Some(ContentState::Published) {
                found.push((id.clone(), row.get(1)?));
            }
            last = Some(id);
        }
        Ok((found, last.filter(|_| i64::try_from(rows.len()) == Ok(limit))))
    }

    /// The first file with these bytes, by their SHA-256 in hexadecimal.
    pub async fn attachment_of_bytes(&self, sha256: &str) -> Result<Option<AttachmentId>> {
        let rows = self.database().rows(&BY_BYTES, &[sha256.into()]).await?;
        rows.first().map(|row| row.get(0)).transpose()
    }
}
