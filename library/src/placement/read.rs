//! Reading placements: pages of columns and sites, showings of a content, neighbours, where a mirror comes from.

use std::collections::HashMap;
use std::sync::Arc;

use super::{PLACEMENT, Placement, WIDTH};
use crate::Scope;
use crate::changes::List;
use crate::content::{CONTENT, ContentKind, LiveContent, Order, Validity};
use crate::database::{Sql, Value};
use crate::id::{AnyId, ColumnId, ContentId, OrganisationId, PlacementId, SiteId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::scope::{ListNote, Page, Paging, Range, Walk};
use crate::site::Site;

/// A placement with the content that it shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The placement.
    pub placement: Arc<Placement>,
    /// The content.
    pub content: Arc<LiveContent>,
}

/// What narrows a list of placements; all given parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct PlacementFilter {
    pub kinds: Vec<ContentKind>,
    pub any_tags: Vec<TagId>,
    pub published_from: Option<Instant>,
    pub published_before: Option<Instant>,
    pub with_descendants: bool,
    pub with_cover: Option<bool>,
    pub theme: Option<String>,
    pub publisher: Option<OrganisationId>,
    pub validity: Vec<Validity>,
}

/// By what a list of placements is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub enum PlacementOrderField {
    #[default]
    PinnedThenNewest,
    Rank,
    PublishedAt,
    UpdatedAt,
}

/// The order of a list of placements.
pub type PlacementOrder = Order<PlacementOrderField>;

/// Why a placement is there.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct Reason {
    pub subscription: Option<crate::id::SubscriptionId>,
    pub source: Option<PlacementId>,
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
     order by placement_id, subscription_id",
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

fn select(condition: &str) -> Sql {
    let columns = format!("{PLACEMENT}, {CONTENT}").replace("{d}", "d").replace("{c}", "c");
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
    fn read_shown(&self, row: &crate::database::Row, at: usize) -> Result<Shown> {
        let placement = Placement::read(row, at)?;
        let content = LiveContent::read(row, at + WIDTH)?;
        self.note_record(AnyId::PlacementId(placement.id));
        self.note_record(AnyId::ContentId(content.id));
        Ok(Shown { placement: Arc::new(placement), content: Arc::new(content) })
    }

    /// A page of each of several columns: one statement for all of them.
    pub async fn placements_of_columns(
        &self,
        columns: &[ColumnId],
        filter: &PlacementFilter,
        order: PlacementOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Vec<Page<Shown>>> {
        let mut groups = Vec::with_capacity(columns.len());
        for column in columns {
            let family = match filter.with_descendants {
                true => self.column_family(*column),
                false => vec![*column],
            };
            let running = self.column(*column).and_then(|c| self.site(c.site)).is_some_and(|site| site.is_running());
            groups.push(if running { family.into_iter().take(200).map(|id| id.0).collect() } else { Vec::new() });
        }
        let lists: Vec<Vec<List>> =
            groups.iter().map(|group: &Vec<_>| group.iter().map(|id| List::Column(ColumnId(*id))).collect()).collect();
        self.shown("column_id", groups, &lists, filter, order, paging).await
    }

    /// A page of everything that a site shows.
    pub async fn placements_of_site(
        &self,
        site: &Site,
        filter: &PlacementFilter,
        order: PlacementOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Page<Shown>> {
        let group = if site.is_running() { vec![site.id.0] } else { Vec::new() };
        let lists = vec![vec![List::Site(site.id)]];
        let mut pages = self.shown("site_id", vec![group], &lists, filter, order, paging).await?;
        Ok(pages.pop().unwrap_or_else(Page::empty))
    }

    async fn shown(
        &self,
        parent: &'static str,
        groups: Vec<Vec<uuid::Uuid>>,
        lists: &[Vec<List>],
        filter: &PlacementFilter,
        order: PlacementOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Vec<Page<Shown>>> {
        let walk = walk(parent, groups, filter, order);
        let mut pages = Vec::with_capacity(lists.len());
        for (group, mut rows) in walk.rows(self, paging).await?.into_iter().enumerate() {
            // Several walks of one group are merged here when there are several groups.
            let mut items = rows.drain(..).map(|row| self.read_shown(&row, 1)).collect::<Result<Vec<_>>>()?;
            if lists[group].len() > 1 && lists.len() > 1 {
                sort(&mut items, order, paging.backward);
                items.dedup_by_key(|shown| shown.content.id);
            }
            let more = items.len() > paging.size;
            items.truncate(paging.size);
            if paging.backward {
                items.reverse();
            }
            for list in &lists[group] {
                let range = range(order, paging, &items, more);
                self.note_range(ListNote { list: *list, kinds: filter.kinds.clone(), range });
            }
            let (has_next, has_previous) = match paging.backward {
                true => (paging.from.is_some(), more),
                false => (more, paging.from.is_some() || paging.offset > 0),
            };
            pages.push(Page { items, has_next, has_previous, total: None });
        }
        Ok(pages)
    }

    /// How many placements lists have: kept counters where nothing narrows them, else counted up to 10,000.
    pub async fn placement_totals(
        &self,
        columns: &[ColumnId],
        site: Option<SiteId>,
        filter: &PlacementFilter,
    ) -> Result<Vec<Option<i64>>> {
        const MOST: i64 = 10_000;
        let plain = PlacementFilter { with_descendants: filter.with_descendants, ..PlacementFilter::default() };
        let groups: Vec<Vec<uuid::Uuid>> = match site {
            Some(site) => vec![vec![site.0]],
            None => columns
                .iter()
                .map(|column| match filter.with_descendants {
                    true => self.column_family(*column).into_iter().map(|id| id.0).collect(),
                    false => vec![column.0],
                })
                .collect(),
        };
        let (name, parent) = if site.is_some() { ("site", "site_id") } else { ("column", "column_id") };
        for id in groups.iter().flatten() {
            let list = if site.is_some() { List::Site(SiteId(*id)) } else { List::Column(ColumnId(*id)) };
            self.note_range(ListNote { list, kinds: filter.kinds.clone(), range: Range::Whole });
        }
        let merged = groups.iter().any(|group| group.len() > 1);
        if *filter == plain && !merged {
            let ids: Vec<_> = groups.iter().flatten().copied().collect();
            let counted = self.shelf_counts(name, ids).await?;
            return Ok(groups.iter().map(|group| Some(group.iter().filter_map(|id| counted.get(id)).sum())).collect());
        }
        let mut totals = Vec::with_capacity(groups.len());
        for group in groups {
            let mut walk = walk(parent, vec![group], filter, PlacementOrder::default());
            walk.select = "1".to_owned();
            let paging = Paging { size: MOST as usize, backward: false, from: None, offset: 0 };
            let counted = walk.count(self, &paging).await?;
            totals.push((counted <= MOST).then_some(counted));
        }
        Ok(totals)
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
            let shown = self.read_shown(row, 0)?;
            if self.site(shown.placement.site).is_some_and(|site| site.is_running()) {
                found.insert(shown.placement.id, shown);
            }
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
            let shown = self.read_shown(row, 0)?;
            if self.site(shown.placement.site).is_some_and(|site| site.is_running()) {
                found.entry(shown.content.id).or_default().push(shown);
            }
        }
        Ok(found)
    }

    /// The showing of one content on a site, if it has any.
    pub async fn placement_on(&self, content: &LiveContent, site: SiteId) -> Result<Option<Shown>> {
        let mut found = self.placements_of_contents(&[content.id], Some(site)).await?;
        Ok(found.remove(&content.id).and_then(|shown| shown.into_iter().next()))
    }

    /// Why placements are there.
    pub async fn placement_reasons(&self, ids: &[PlacementId]) -> Result<HashMap<PlacementId, Vec<Reason>>> {
        let mut reasons: HashMap<PlacementId, Vec<Reason>> = HashMap::new();
        for row in self.rows(&REASONS, vec![ids.into()]).await? {
            let subscription: crate::id::SubscriptionId = row.get(1)?;
            let reason = Reason { subscription: Some(subscription).filter(|id| !id.0.is_nil()), source: row.get(2)? };
            reasons.entry(row.get(0)?).or_default().push(reason);
        }
        Ok(reasons)
    }

    /// The placements from which one is mirrored, nearest first, up to the editors' own.
    pub async fn provenance(&self, placement: &Placement) -> Result<Vec<Shown>> {
        if placement.source.is_none() {
            return Ok(Vec::new());
        }
        let mut of_content = self.placements_of_contents(&[placement.content], None).await?;
        let all = of_content.remove(&placement.content).unwrap_or_default();
        let mut chain: Vec<Shown> = Vec::new();
        let mut next = placement.source;
        while let Some(shown) = next.and_then(|id| all.iter().find(|shown| shown.placement.id == id)) {
            if chain.iter().any(|known| known.placement.id == shown.placement.id) {
                break;
            }
            chain.push(shown.clone());
            next = shown.placement.source;
        }
        Ok(chain)
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

fn walk(parent: &'static str, groups: Vec<Vec<uuid::Uuid>>, filter: &PlacementFilter, order: PlacementOrder) -> Walk {
    let mut walk = Walk {
        select: format!("{PLACEMENT}, {CONTENT}"),
        table: "placement",
        content: "content_id",
        parent: Some(parent),
        groups,
        order: match order.field {
            PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => {
                vec!["rank", "published_at", "content_id"]
            }
            PlacementOrderField::PublishedAt => vec!["published_at", "content_id"],
            PlacementOrderField::UpdatedAt => vec!["updated_at", "content_id"],
        },
        ascending: order.ascending,
        conditions: vec!["{d}.shown".to_owned()],
        params: Vec::new(),
    };
    walk.narrow_any(
        "({d}.kind || '') in texts({})",
        filter.kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect(),
    );
    if !filter.any_tags.is_empty() {
        let condition =
            "exists (select 1 from content_tag t where t.content_id = {d}.content_id and t.tag_id in ids({}))";
        walk.narrow(condition, filter.any_tags.as_slice());
    }
    // In another order than that of time, the index by time would have to be sorted: then it is filtered while walking.
    let time =
        if order.field == PlacementOrderField::PublishedAt { "{d}.published_at" } else { "({d}.published_at + 0)" };
    for (sign, instant) in [(">=", filter.published_from), ("<", filter.published_before)] {
        if let Some(instant) = instant {
            walk.narrow(&format!("{time} {sign} {{}}"), instant);
        }
    }
    if let Some(publisher) = filter.publisher {
        walk.narrow("{c}.publisher_id = {}", publisher);
    }
    if let Some(with_cover) = filter.with_cover {
        walk.narrow("({c}.card like '%\"cover\":{%') = {}", with_cover);
    }
    if let Some(theme) = &filter.theme {
        let condition = "exists (select 1 from content_code k where k.content_id = {d}.content_id and k.list = 'THEME' and k.code = {})";
        walk.narrow(condition, theme);
    }
    let validity = filter.validity.iter().map(|validity| <&str>::from(validity).to_owned()).collect();
    walk.narrow_any(
        "exists (select 1 from policy y where y.content_id = {d}.content_id and y.validity in texts({}))",
        validity,
    );
    walk
}

fn key_of(shown: &Shown, order: PlacementOrder) -> (i64, Instant, ContentId) {
    let placement = &shown.placement;
    match order.field {
        PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => {
            (placement.rank, placement.published_at, shown.content.id)
        }
        PlacementOrderField::PublishedAt => (0, placement.published_at, shown.content.id),
        PlacementOrderField::UpdatedAt => (0, placement.updated_at, shown.content.id),
    }
}

fn sort(items: &mut [Shown], order: PlacementOrder, backward: bool) {
    items.sort_by_key(|shown| key_of(shown, order));
    if order.ascending == backward {
        items.reverse();
    }
}

fn range(order: PlacementOrder, paging: &Paging<Vec<Value>>, items: &[Shown], more: bool) -> Range {
    if paging.offset > 0 || paging.from.is_some() || paging.backward {
        return Range::Whole;
    }
    let key = items.last().filter(|_| more).map(|shown| key_of(shown, order));
    let (low, high) = if order.ascending { (None, key) } else { (key, None) };
    let short = |key: Option<(i64, Instant, ContentId)>| key.map(|(_, at, id)| (at, id));
    match order.field {
        PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => Range::Ranked(low, high),
        PlacementOrderField::PublishedAt => Range::Published(short(low), short(high)),
        PlacementOrderField::UpdatedAt => Range::Updated(short(low), short(high)),
    }
}

impl Shown {
    /// The key of this showing in an order, as cursors hold it.
    pub fn cursor_key(&self, order: PlacementOrder) -> Vec<Value> {
        let (rank, at, id) = key_of(self, order);
        match order.field {
            PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => {
                vec![rank.into(), at.into(), id.into()]
            }
            PlacementOrderField::PublishedAt | PlacementOrderField::UpdatedAt => vec![at.into(), id.into()],
        }
    }
}
