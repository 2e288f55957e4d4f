//! What a mirror brought, by the identifiers of the other side.

use std::collections::{HashMap, HashSet};

use super::Mirror;
use crate::Library;
use crate::content::KnownOrigin;
use crate::database::Sql;
use crate::id::ContentId;
use crate::refusal::Result;

static LEFT: Sql = Sql::new(
    "select origin_id from mirror_content where mirror = $1 and origin_id in texts($2) and left_at is not null",
);
static ABSENT: Sql = Sql::new(
    "select w.origin_id, w.content_id from working w
       left join mirror_content m on m.mirror = $2 and m.origin_id = w.origin_id
     where w.origin_system = $1 and w.live_revision is not null and (m.round is null or m.round <> $3)
     order by w.origin_id limit $4",
);

/// A content that a mirror brought, as it stands here.
#[derive(Debug, Clone)]
pub struct Mirrored {
    /// The content.
    pub known: KnownOrigin,
    /// Whether it was the mirror that took it off.
    pub left: bool,
}

impl Library {
    /// Which of these (identifiers of the other side) a mirror of this name brought, by identifier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mirrored(&self, name: &str, origin_ids: &[String]) -> Result<HashMap<String, Mirrored>> {
        if origin_ids.is_empty() {
            return Ok(HashMap::new());
        }
        let system = Mirror::system_of(name);
        let origins: Vec<(String, String)> = origin_ids.iter().map(|id| (system.clone(), id.clone())).collect();
        let known = self.contents_of_origins(&origins).await?;
        let mut left = HashSet::new();
        for row in self.database().rows(&LEFT, &[name.into(), origin_ids.to_vec().into()]).await? {
            left.insert(row.get::<String>(0)?);
        }
        let found = known.into_iter().map(|((_, id), known)| {
            let left = left.contains(&id);
            (id, Mirrored { known, left })
        });
        Ok(found.collect())
    }

    /// Contents that a mirror brought, that are live, and that its snapshot did not see: identifiers there and here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mirrored_and_absent(&self, mirror: &Mirror, most: i64) -> Result<Vec<(String, ContentId)>> {
        let params = [mirror.system().into(), mirror.name.as_str().into(), mirror.round.into(), most.into()];
        let rows = self.database().rows(&ABSENT, &params).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }
}
