//! Hot keywords (热词): what several readers have looked for lately.

use chrono::Days;

use super::{FEWEST_READERS, Way, of};
use crate::Scope;
use crate::database::Sql;
use crate::id::SiteId;
use crate::refusal::Result;

/// How many more are read than are told, for those that were forbidden since.
const SPARE: usize = 20;
/// How many days count.
const LATELY: u64 = 7;

/// What was found, by enough readers of one day; with all the readers of those days.
static HOT: Sql = Sql::new(
    "select query, cast(sum(readers) as bigint) as many from (
       select day, query, count(distinct reader) as readers from searched
       where site_id in ids($1) and way = $2 and day >= $3 and hits > 0 group by day, query
       having count(distinct reader) >= $4) d
     group by query order by many desc, query limit $5",
);

impl Scope {
    /// What was looked for most on a site within a week, or on all; never what fewer than five readers of a day looked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hot_keywords(&self, site: Option<SiteId>, first: usize) -> Result<Vec<String>> {
        self.keep_private();
        let today = self.library().zone().date(self.library().now());
        let since = today.checked_sub_days(Days::new(LATELY - 1)).unwrap_or(today).to_string();
        // What was looked for without a site counts for all of them together alone.
        let sites: Vec<SiteId> = match site {
            Some(site) => vec![site],
            None => {
                let directory = self.directory();
                let running = directory.sites.all().iter().filter(|site| site.is_running()).map(|site| site.id);
                running.chain([of(None)]).collect()
            }
        };
        let most = i64::try_from(first + SPARE).unwrap_or(i64::MAX);
        let way: &str = Way::Search.into();
        let params = vec![sites.as_slice().into(), way.into(), since.into(), FEWEST_READERS.into(), most.into()];
        let mut hot = Vec::new();
        for row in self.rows(&HOT, params).await? {
            let query: String = row.get(0)?;
            if hot.len() < first && !self.is_forbidden(of(site), &query).await? {
                hot.push(query);
            }
        }
        Ok(hot)
    }
}
