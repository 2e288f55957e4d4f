//! What editors are told of searches: words without results (零结果词), questions without answers (未答问题), ratings of answers.

use super::{Way, of};
use crate::Scope;
use crate::database::Sql;
use crate::id::{ContentId, SiteId};
use crate::may::{Right, Target, may};
use crate::refusal::Result;

/// The most that a report tells.
const MOST: i64 = 200;

/// Something that readers looked for in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// What they looked for.
    pub query: String,
    /// How many readers did, each day by itself.
    pub readers: i64,
    /// On which day it was looked for last.
    pub last: String,
}

/// How often an answer was said to help, and how often not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// The knowledge entry.
    pub entry: ContentId,
    /// How often it helped.
    pub helpful: i64,
    /// How often it did not.
    pub unhelpful: i64,
}

static IN_VAIN: Sql = Sql::new(
    "select query, cast(count(*) as bigint) as many, max(day) from searched where site_id = $1 and way = $2 and hits = 0
     group by query order by many desc, query limit $3",
);
static RATINGS: Sql = Sql::new(
    "select content_id, cast(sum(case when helpful then 1 else 0 end) as bigint),
       cast(sum(case when helpful then 0 else 1 end) as bigint) as bad
     from answer_rating group by content_id order by bad desc, content_id limit $1",
);

impl Scope {
    fn keeps(&self, site: Option<SiteId>) -> bool {
        let directory = self.directory();
        let Some(caller) = self.caller() else { return false };
        match site {
            Some(site) => Target::site(&directory, site)
                .is_some_and(|target| may(&directory, caller, Right::Manage, &target).is_ok()),
            None => may(&directory, caller, Right::Platform, &Target::platform()).is_ok(),
        }
    }

    /// What was looked for in vain within a week, on a site or, for who keeps the platform, on none; nothing for who does not
    /// keep it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sought_in_vain(&self, site: Option<SiteId>, way: Way) -> Result<Vec<Sought>> {
        self.keep_private();
        if !self.keeps(site) {
            return Ok(Vec::new());
        }
        let way: &str = way.into();
        let rows = self.rows(&IN_VAIN, vec![of(site).into(), way.into(), MOST.into()]).await?;
        rows.iter().map(|row| Ok(Sought { query: row.get(0)?, readers: row.get(1)?, last: row.get(2)? })).collect()
    }

    /// How answers were rated, those first that helped least; nothing for who does not keep the platform.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_ratings(&self) -> Result<Vec<Rated>> {
        self.keep_private();
        if !self.keeps(None) {
            return Ok(Vec::new());
        }
        let rows = self.rows(&RATINGS, vec![MOST.into()]).await?;
        rows.iter().map(|row| Ok(Rated { entry: row.get(0)?, helpful: row.get(1)?, unhelpful: row.get(2)? })).collect()
    }
}
