//! How tags are used (标签使用统计): by month, on one site, for who works there.

use super::Tag;
use crate::Scope;
use crate::database::Sql;
use crate::id::{SiteId, TagId};
use crate::instant::Date;
use crate::may::{Target, has_role};
use crate::refusal::{Refusal, RefusalCode, Result};

/// The longest time that a report is about, in days.
const LONGEST: i64 = 366;
/// The most rows of a report.
const MOST: i64 = 5_000;

/// How often a tag was given to what a site published in a month.
#[derive(Debug, Clone)]
pub struct TagUse {
    /// The tag.
    pub tag: std::sync::Arc<Tag>,
    /// `2026-11`, by the library's days.
    pub month: String,
    /// How many live contents that are at home on the site.
    pub contents: i64,
}

/// The statement of the report, `$4` being how far the library's days are ahead.
fn report() -> Sql {
    Sql::by_month("c.published_at", "$4", |month| {
        format!(
            "select t.tag_id, {month} as month, count(*) from content c join content_tag t on t.content_id = c.id
             where c.home_site_id = $1 and c.published_at >= $2 and c.published_at < $3
             group by t.tag_id, month order by month desc, count(*) desc, t.tag_id limit $5"
        )
    })
}

impl Scope {
    /// The tags of what a site published from one day until before another, by month: the newest month first, in it what was
    /// given most; at most 5,000 rows. Nothing for who has no role over the site.
    ///
    /// # Errors
    /// Refuses an end that is not behind the beginning, and more than 366 days.
    pub async fn tag_report(&self, site: SiteId, from: Date, before: Date) -> Result<Vec<TagUse>> {
        let directory = self.directory();
        let target = Target::site(&directory, site);
        if !target.is_some_and(|target| has_role(&directory, self.caller(), &target)) {
            return Ok(Vec::new());
        }
        let days = (before - from).num_days();
        if !(1..=LONGEST).contains(&days) {
            let (message, english) = ("时间范围应为1至366天", "the time must be 1 to 366 days");
            return Err(Refusal::new(RefusalCode::Invalid, "before", message, english).into());
        }
        let zone = self.library().zone();
        let (begin, end) = (zone.begin(from), zone.begin(before));
        let params = vec![site.into(), begin.into(), end.into(), zone.ahead().into(), MOST.into()];
        let mut used = Vec::new();
        for row in self.rows(&report(), params).await? {
            let id: TagId = row.get(0)?;
            let Some(tag) = directory.tags.get(directory.tag_of(id)).cloned() else { continue };
            used.push(TagUse { tag, month: row.get(1)?, contents: row.get(2)? });
        }
        Ok(used)
    }
}
