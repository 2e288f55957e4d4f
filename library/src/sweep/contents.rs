//! Which contents a sweep is about. All in one order: deeds that touch many contents never wait for each other in a circle.

use super::Rest;
use crate::Library;
use crate::database::{Sql, Value};
use crate::directory::Directory;
use crate::id::{ContentId, OrganisationId, TagId};
use crate::refusal::Result;
use crate::sharing::{brought, candidates};

static STANDING: Sql =
    Sql::new("select distinct content_id from placement where column_id in ids($1) and shown order by content_id");
static TAGGED: Sql =
    Sql::new("select distinct content_id from content_tag where tag_id in ids($1) order by content_id");
static PUBLISHED: Sql = Sql::new("select id from content where publisher_id in ids($1) order by id");

impl Library {
    /// The contents that are left behind `after`.
    pub(super) async fn rest_of(&self, rest: &Rest, after: ContentId) -> Result<Vec<ContentId>> {
        let directory = self.directory();
        let mut contents = match *rest {
            Rest::Subscription { id, target } => {
                let mut contents = brought(self.database(), id, target).await?;
                if let Some(subscription) = directory.subscriptions.get(id) {
                    contents.extend(candidates(self.database(), &directory, self.zone(), subscription).await?);
                }
                contents
            }
            Rest::Column { id, with_descendants } => {
                let columns = if with_descendants { directory.columns.family(id) } else { vec![id] };
                self.ids(&STANDING, columns.as_slice().into()).await?
            }
            Rest::Tag { id } => self.tagged(&directory, id).await?,
            // What names the one means the other from now on: what has that one, or one below it, may be shared otherwise, too.
            Rest::MergedTag { into, .. } if directory.shares_by_tag() => self.tagged(&directory, into).await?,
            Rest::Organisation { id } => {
                let units: Vec<OrganisationId> = directory.organisations.all().iter().map(|unit| unit.id).collect();
                let is = |unit: &OrganisationId| directory.is_unit(*unit, id, true);
                let units: Vec<OrganisationId> = units.into_iter().filter(is).collect();
                self.ids(&PUBLISHED, units.as_slice().into()).await?
            }
            Rest::Retag { id } => self.left_to_retag(id).await?,
            Rest::MergedTag { from, .. } => self.ids(&TAGGED, [from].as_slice().into()).await?,
        };
        contents.sort_unstable();
        contents.dedup();
        contents.retain(|id| *id > after);
        Ok(contents)
    }

    /// What has a tag, one that was merged into it, or one below.
    async fn tagged(&self, directory: &Directory, tag: TagId) -> Result<Vec<ContentId>> {
        let is = |one: &TagId| directory.is_tag(*one, tag, true);
        let tags: Vec<TagId> = directory.tags.all().iter().map(|tag| tag.id).filter(is).collect();
        self.ids(&TAGGED, tags.as_slice().into()).await
    }

    async fn ids(&self, sql: &Sql, param: Value) -> Result<Vec<ContentId>> {
        let rows = self.database().rows(sql, &[param]).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }
}
