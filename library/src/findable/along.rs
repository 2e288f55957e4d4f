//! Walking along all contents, or those that a record of the directory may have made findable otherwise.

use crate::Library;
use crate::database::{Sql, Value};
use crate::id::{ContentId, SiteId, TagId};
use crate::refusal::Result;

/// Which contents are walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// All that are live.
    Library,
    /// Those that a site owns or shows.
    Site(SiteId),
    /// Those with a tag, as the tables have it.
    Tag(TagId),
}

static LIBRARY: Sql = Sql::new("select id from content where id > $1 order by id limit $2");
static SITE: Sql = Sql::new(
    "select id from (select id from content where home_site_id = $3 and id > $1
       union select content_id from placement where site_id = $3 and content_id > $1) s order by id limit $2",
);
static TAG: Sql =
    Sql::new("select content_id from content_tag where tag_id = $3 and content_id > $1 order by content_id limit $2");

impl Library {
    /// The next contents in the order of their identifiers, at most `limit`; whether they are public is not asked here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contents_along(&self, along: Along, after: Option<ContentId>, limit: usize) -> Result<Vec<ContentId>> {
        let after = after.unwrap_or(ContentId(uuid::Uuid::nil()));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut params: Vec<Value> = vec![after.into(), limit.into()];
        let sql = match along {
            Along::Library => &LIBRARY,
            Along::Site(site) => {
                params.push(site.into());
                &SITE
            }
            Along::Tag(tag) => {
                params.push(tag.into());
                &TAG
            }
        };
        self.database().rows(sql, &params).await?.iter().map(|row| row.get(0)).collect()
    }
}
