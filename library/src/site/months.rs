//! In which months a site published what (站点地图): for maps of the site, which are cut by months.

use chrono::NaiveDate;

use crate::Scope;
use crate::changes::List;
use crate::database::Sql;
use crate::id::{ContentId, SiteId};
use crate::instant::Instant;
use crate::refusal::Result;

/// A month in which a site published something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `2026-11`, by the library's days.
    pub name: String,
    /// How many contents of it are live.
    pub contents: i64,
    /// When one of them was changed last.
    pub changed: Instant,
}

static IN_MONTH: Sql = Sql::new(
    "select id, published_at, updated_at from content where home_site_id = $1 and published_at >= $2 and published_at < $3
     order by published_at, id limit $4 offset $5",
);

/// The months of a site, `$2` being how far its days are ahead.
fn months() -> Sql {
    Sql::by_month("published_at", "$2", |month| {
        format!(
            "select {month} as month, count(*), max(updated_at) from content where home_site_id = $1 group by month order by month"
        )
    })
}

impl Scope {
    /// The months in which a site published what is live and at home there, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn months_of(&self, site: SiteId) -> Result<Vec<Month>> {
        self.note_list(List::Owned(site));
        let ahead = self.library().zone().ahead();
        let rows = self.rows(&months(), vec![site.into(), ahead.into()]).await?;
        let month =
            |row: &crate::database::Row| Ok(Month { name: row.get(0)?, contents: row.get(1)?, changed: row.get(2)? });
        rows.iter().map(month).collect()
    }

    /// What a site published in a month, with the moments of publication and of the last change, the oldest first; nothing for
    /// what is no month.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_in_month(
        &self,
        site: SiteId,
        (year, month): (i32, u32),
        most: i64,
        offset: i64,
    ) -> Result<Vec<(ContentId, Instant, Instant)>> {
        self.note_list(List::Owned(site));
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let first = |(year, month)| NaiveDate::from_ymd_opt(year, month, 1);
        let Some((begin, end)) = first((year, month)).zip(first(next)) else { return Ok(Vec::new()) };
        let zone = self.library().zone();
        let params = vec![site.into(), zone.begin(begin).into(), zone.begin(end).into(), most.into(), offset.into()];
        let rows = self.rows(&IN_MONTH, params).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
    }
}
