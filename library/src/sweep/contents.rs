//! Which contents a sweep is about. All in one order: deeds that touch many contents never wait for each other in a circle.

use super::Rest;
use crate::Library;
use crate::database::{Sql, Value};
use crate::id::{ContentId, TagId};
use crate::refusal::Result;
use crate::sharing::{brought, candidates};

static STANDING: Sql =
    Sql::new("select distinct content_id from placement where column_id in ids($1) and shown order by content_id");
static TAGGED: Sql = Sql::new("select content_id from content_tag where tag_id = $1 order by content_id");

impl Library {
    /// The contents that are left behind `after`.
    pub(super) async fn rest_of(&self, rest: &Rest, after: ContentId) -> Result<Vec<ContentId>> {
        let directory = self.directory();
        let mut contents = match *rest {
            Rest::Subscription { id, .. } => {
                let mut contents = brought(self.database(), id).await?;
                if let Some(subscription) = directory.subscriptions.get(id) {
                    contents.extend(candidates(self.database(), &directory, self.zone(), subscription).await?);
                }
                contents
            }
            Rest::Column { id, with_descendants } => {
                let columns = if with_descendants { directory.columns.family(id) } else { vec![id] };
                self.ids(&STANDING, columns.as_slice().into()).await?
            }
            Rest::MergedTag { from, .. } => self.tagged(from).await?,
        };
        contents.sort_unstable();
        contents.dedup();
        contents.retain(|id| *id > after);
        Ok(contents)
    }

    async fn tagged(&self, tag: TagId) -> Result<Vec<ContentId>> {
        self.ids(&TAGGED, tag.into()).await
    }

    async fn ids(&self, sql: &Sql, param: Value) -> Result<Vec<ContentId>> {
        let rows = self.database().rows(sql, &[param]).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }
}
