//! Reading placements: pages of columns and sites, showings of a content, neighbours, where a mirror comes from.

use std::collections::HashMap;
use std::sync::Arc;

use super::{PLACEMENT, Placement, PlacementOrigin, WIDTH};
use crate::Scope;
use crate::changes::List;
use crate::content::{CONTENT, LiveContent};
use crate::database::{Row, Sql};
use crate::id::{AnyId, ColumnId, ContentId, PlacementId, SiteId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::scope::{ListNote, Range};
use crate::site::Site;

/// A placement with the content that it shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The placement.
    pub placement: Arc<Placement>,
    /// The content.
    pub content: Arc<LiveContent>,
}

/// Why a placement is there.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Reason {
    pub subscription: Option<crate::id::SubscriptionId>,
    pub source: Option<PlacementId>,
}

impl Reason {
    /// Reads a subscription and a source; the editors' own reason is kept under the nil id.
    fn read(row: &Row, at: usize) -> Result<Self> {
        let subscription: Option<crate::id::SubscriptionId> = row.get(at)?;
        Ok(Self { subscription: subscription.filter(|id| !id.0.is_nil()), source: row.get(at + 1)? })
    }

    /// The editors' own, or mirrored.
    pub fn origin(&self) -> PlacementOrigin {
        if self.subscription.is_some() { PlacementOrigin::Mirrored } else { PlacementOrigin::Own }
    }
}

/// The showings next to one in its column, by time of publication.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Neighbours {
    pub newer: Option<Shown>,
    pub older: Option<Shown>,
}

/// One step of a breadcrumb.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Crumb {
    pub name: String,
    pub url: Option<String>,
}

static REASONS: Sql = Sql::new(
    "select placement_id, subscription_id, source_placement_id from placement_reason where placement_id in ids($1)
     and decision = 'ACCEPTED' order by placement_id, subscription_id",
);
static TOTALS: Sql =
    Sql::new("select id, cast(sum(members) as bigint) from shelf where list = $1 and id in ids($2) group by id");
static LAST: Sql = Sql::new(
    "select k.id, (select p.published_at from placement p where p.column_id = k.id and p.shown
       order by p.published_at desc, p.content_id desc limit 1) from each_id($1) k",
);
static LAST_OF_SITES: Sql = Sql::new(
    "select k.id, (select p.published_at from placement p where p.site_id = k.id and p.shown
       order by p.published_at desc, p.content_id desc limit 1) from each_id($1) k",
);

/// Placements with the reason that matters most, in the first two cells, and their contents.
fn select(condition: &str) -> Sql {
    let reason = |what: &str| {
        format!(
            "(select x.{what} from placement_reason x where x.placement_id = d.id and x.decision = 'ACCEPTED'
               order by x.subscription_id limit 1)"
        )
    };
    let reasons = format!("{}, {}", reason("subscription_id"), reason("source_placement_id"));
    let columns = format!("{reasons}, {PLACEMENT}, {CONTENT}").replace("{d}", "d").replace("{c}", "c");
    Sql::built(format!("select {columns} from placement d join content c on c.id = d.content_id {condition}"))
}

/// For each placement, the next one in its column on either side, found by the index of the column.
fn neighbour_statement() -> Sql {
    let columns = format!("{PLACEMENT}, {CONTENT}").replace("{d}", "d").replace("{c}", "c");
    let side = |side: i32, sign: &str, direction: &str| {
        format!(
            "select k.id, {side} as side, {columns} from each_id($1) k join placement p on p.id = k.id
             join placement d on d.id = (select q.id from placement q where q.column_id = p.column_id and q.shown
               and (q.published_at, q.content_id) {sign} (p.published_at, p.content_id)
               order by q.published_at {direction}, q.content_id {direction} limit 1)
             join content c on c.id = d.content_id"
        )
    };
    Sql::built(format!("{} union all {}", side(0, ">", "asc"), side(1, "<", "desc")))
}

impl Scope {
    pub(super) fn read_shown(&self, row: &Row, at: usize) -> Result<Shown> {
        let placement = Placement::read(row, at)?;
        let content = self.read_content(row, at + WIDTH)?;
        self.note_record(AnyId::PlacementId(placement.id));
        self.note_record(AnyId::ContentId(content.id));
        Ok(Shown { placement: Arc::new(placement), content })
    }

    /// Reads a row of [`select`].
    fn read_reasoned(&self, row: &Row) -> Result<Shown> {
        let Shown { mut placement, content } = self.read_shown(row, 2)?;
        Arc::make_mut(&mut placement).reason = Some(Reason::read(row, 0)?);
        Ok(Shown { placement, content })
    }

    /// The kept counters of lists.
    pub(crate) async fn shelf_counts(
        &self,
        list: &'static str,
        ids: Vec<uuid::Uuid>,
    ) -> Result<HashMap<uuid::Uuid, i64>> {
        let rows = self.rows(&TOTALS, vec![list.into(), ids.into()]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// When the newest showing of each column was published.
    pub async fn last_published(&self, columns: &[ColumnId]) -> Result<HashMap<ColumnId, Instant>> {
        for column in columns {
            self.note_list(List::Column(*column));
        }
        let rows = self.rows(&LAST, vec![columns.into()]).await?;
        let found = rows.iter().map(|row| Ok((row.get(0)?, row.get::<Option<Instant>>(1)?)));
        let found = found.collect::<Result<Vec<(ColumnId, Option<Instant>)>>>()?;
        Ok(found.into_iter().filter_map(|(id, at)| at.map(|at| (id, at))).collect())
    }

    /// When the newest showing of a site was published.
    pub async fn last_published_on(&self, site: SiteId) -> Result<Option<Instant>> {
        self.note_list(List::Site(site));
        let rows = self.rows(&LAST_OF_SITES, vec![[site].as_slice().into()]).await?;
        rows.first().map_or(Ok(None), |row| row.get(1))
    }

    /// Shown placements of running sites, in the order of `ids`.
    pub async fn placements_by_id(&self, ids: &[PlacementId]) -> Result<Vec<Shown>> {
        for id in ids {
            self.note_record(AnyId::PlacementId(*id));
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.rows(&select("where d.id in ids($1) and d.shown"), vec![ids.into()]).await?;
        let mut found = HashMap::new();
        for row in &rows {
            let shown = self.read_reasoned(row)?;
            if self.site(shown.placement.site).is_some_and(|site| site.is_running()) {
                found.insert(shown.placement.id, shown);
            }
        }
        if let Some(laid) = self.preview() {
            found.extend(laid.shown(None).map(|shown| (shown.placement.id, shown)));
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// The showings of contents on running sites, or on one of them: the content's own column first, then the oldest.
    pub async fn placements_of_contents(
        &self,
        contents: &[ContentId],
        on: Option<SiteId>,
    ) -> Result<HashMap<ContentId, Vec<Shown>>> {
        for id in contents {
            self.note_list(List::Placements(*id));
        }
        let condition = "where d.content_id in ids($1) and d.shown and ($2 or d.site_id = $3)
             order by d.content_id, case when d.column_id = c.home_column_id then 0 else 1 end, d.shown_since, d.id";
        let rows = self.rows(&select(condition), vec![contents.into(), on.is_none().into(), on.into()]).await?;
        let mut found: HashMap<ContentId, Vec<Shown>> = HashMap::new();
        for row in &rows {
            let shown = self.read_reasoned(row)?;
            if self.site(shown.placement.site).is_some_and(|site| site.is_running()) {
                found.entry(shown.content.id).or_default().push(shown);
            }
        }
        if let Some(laid) = self.preview().filter(|laid| contents.contains(&laid.content.id)) {
            found.insert(laid.content.id, laid.shown(on).collect());
        }
        Ok(found)
    }

    /// The showing of one content on a site, if it has any.
    pub async fn placement_on(&self, content: &LiveContent, site: SiteId) -> Result<Option<Shown>> {
        let mut found = self.placements_of_contents(&[content.id], Some(site)).await?;
        Ok(found.remove(&content.id).and_then(|shown| shown.into_iter().next()))
    }

    /// Why placements are there; the reason that matters most to readers comes first, the editors' own.
    pub async fn placement_reasons(&self, ids: &[PlacementId]) -> Result<HashMap<PlacementId, Vec<Reason>>> {
        let mut reasons: HashMap<PlacementId, Vec<Reason>> = HashMap::new();
        for row in self.rows(&REASONS, vec![ids.into()]).await? {
            reasons.entry(row.get(0)?).or_default().push(Reason::read(&row, 1)?);
        }
        Ok(reasons)
    }

    /// The showings next to each of these in its column, by time of publication: one statement for all of them.
    pub async fn neighbours(&self, placements: &[Arc<Placement>]) -> Result<HashMap<PlacementId, Neighbours>> {
        let ids: Vec<PlacementId> = placements.iter().map(|placement| placement.id).collect();
        let mut found: HashMap<PlacementId, Neighbours> = HashMap::new();
        for row in self.rows(&neighbour_statement(), vec![ids.as_slice().into()]).await? {
            let shown = self.read_shown(&row, 2)?;
            let neighbours = found.entry(row.get(0)?).or_default();
            match row.get::<i64>(1)? {
                0 => neighbours.newer = Some(shown),
                _ => neighbours.older = Some(shown),
            }
        }
        for placement in placements {
            let neighbours = found.get(&placement.id);
            let key = |shown: Option<&Shown>| shown.map(|s| (s.placement.published_at, s.content.id));
            let older = key(neighbours.and_then(|found| found.older.as_ref()));
            let newer = key(neighbours.and_then(|found| found.newer.as_ref()));
            let range = Range::Published(older, newer);
            self.note_range(ListNote { list: List::Column(placement.column), kinds: Vec::new(), range });
        }
        Ok(found)
    }

    /// The one address under which search engines should know a content: that of its home site.
    pub fn canonical_url(&self, content: &LiveContent) -> Option<String> {
        let path = Site::content_path(self.library().zone(), content.id, content.published_at);
        self.site(content.home_site).map(|site| site.url_of(&path))
    }

    /// From the home page to the column, and the content's title at the end.
    pub fn breadcrumb(&self, site: &Site, column: Option<ColumnId>, title: Option<&str>) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb { name: "首页".to_owned(), url: Some(site.url_of("/")) }];
        if let Some(column) = column.and_then(|id| self.column(id)) {
            for step in self.column_ancestors(column.id).iter().chain([&column]) {
                crumbs.push(Crumb { name: step.fields.name.clone(), url: Some(site.url_of(&step.path)) });
            }
        }
        crumbs.extend(title.map(|title| Crumb { name: title.to_owned(), url: None }));
        crumbs
    }
}
