//! Preview links (预览链接): who brings one sees one revision of one content in its place on one site, and nothing else that is
//! not public.
//!
//! The token is random and only its hash is kept (decision 0015): so it can be revoked, and a copy of the database opens nothing.

mod laid;
mod link;
mod read;
mod revoke;

use crate::Library;
use crate::database::Sql;
use crate::id::{ContentId, PreviewId, SiteId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};

pub(crate) use laid::{Laid, Stretch};
pub use link::{PreviewLink, Previewed};

/// What a preview link shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// The link.
    pub id: PreviewId,
    /// The content.
    pub content: ContentId,
    /// Its revision.
    pub revision: i64,
    /// The site on which it is shown.
    pub site: SiteId,
}

static FIND: Sql = Sql::new(
    "select id, content_id, revision, site_id, expires_at from preview_link where digest = $1 and revoked_at is null",
);

impl Library {
    /// What a preview link shows now.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a token that is not one of ours, has expired or was revoked: which of them is not told.
    pub async fn preview(&self, token: &str) -> Result<Preview> {
        let refused = || {
            let (message, english) = ("预览链接无效或已过期", "the preview link is not valid, or not any more");
            Refusal::new(RefusalCode::Unauthenticated, "", message, english)
        };
        let digest = identity::Opaque::read(identity::Kind::Preview, token).ok_or_else(refused)?.digest();
        let rows = self.database().rows(&FIND, &[digest.into()]).await?;
        let row = rows.first().ok_or_else(refused)?;
        if row.get::<Instant>(4)? <= self.now() {
            return Err(refused().into());
        }
        Ok(Preview { id: row.get(0)?, content: row.get(1)?, revision: row.get(2)?, site: row.get(3)? })
    }
}
