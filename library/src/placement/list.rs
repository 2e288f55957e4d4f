//! Lists of placements: pages of columns and of sites, in every order, and how many there are.

use uuid::Uuid;

use super::PLACEMENT;
use super::read::Shown;
use crate::changes::List;
use crate::content::{CONTENT, ContentKind, Order, Validity};
use crate::database::Value;
use crate::id::{ColumnId, ContentId, OrganisationId, SiteId, TagId};
use crate::instant::Instant;
use crate::preview::Stretch;
use crate::refusal::Result;
use crate::scope::{Filtered, ListNote, Paging, Range, Walk, Walked};
use crate::site::Site;
use crate::{Directory, Scope};

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

impl Scope {
    /// A page of each of several columns: one statement for all of them.
    pub async fn placements_of_columns(
        &self,
        columns: &[ColumnId],
        filter: &PlacementFilter,
        order: PlacementOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Vec<Walked<Shown>>> {
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
    ) -> Result<Walked<Shown>> {
        let group = if site.is_running() { vec![site.id.0] } else { Vec::new() };
        let lists = vec![vec![List::Site(site.id)]];
        let mut pages = self.shown("site_id", vec![group], &lists, filter, order, paging).await?;
        Ok(pages.pop().unwrap_or_else(Walked::empty))
    }

    async fn shown(
        &self,
        parent: &'static str,
        groups: Vec<Vec<Uuid>>,
        lists: &[Vec<List>],
        filter: &PlacementFilter,
        order: PlacementOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Vec<Walked<Shown>>> {
        let publishers = filter.publisher.map(|publisher| self.merged_with(publisher));
        let directory = self.directory();
        self.tags_meant(&filter.any_tags);
        let walk = walk(&directory, parent, groups.clone(), filter, publishers.as_deref(), order);
        let mut pages = Vec::with_capacity(lists.len());
        for (group, stretch) in walk.rows(self, paging).await?.into_iter().enumerate() {
            // Several walks of one group are merged here when there are several groups.
            let mut items = stretch.rows.iter().map(|row| self.read_shown(row, 1)).collect::<Result<Vec<_>>>()?;
            if lists[group].len() > 1 && lists.len() > 1 {
                sort(&mut items, order, paging.backward);
                items.dedup_by_key(|shown| shown.content.id);
            }
            let mut stop = stretch.stop;
            if let Some(laid) = self.preview().filter(|_| paging.offset == 0) {
                let mut instead = laid.shown(None).collect::<Vec<_>>();
                instead.retain(|shown| laid.is_among(self, filter) && group_has(parent, &groups[group], shown));
                if parent == "column_id" {
                    // Of several columns of one list, the first by identifier shows it, as the walk does.
                    instead.sort_unstable_by_key(|shown| shown.placement.column);
                    instead.truncate(1);
                }
                let key = |shown: &Shown| shown.cursor_key(order, parent == "site_id");
                let page = Stretch { items: &mut items, stopped: &mut stop, paging, ascending: order.ascending };
                page.lay(laid.content.id, instead, |shown| shown.content.id, key);
            }
            let beyond = items.get(paging.size).map(|shown| key_of(shown, order));
            let stopped = stop.filter(|_| beyond.is_none());
            let end = beyond.or_else(|| stopped.as_deref().and_then(read_key));
            // Where a short page ends depends on everything that was passed over; a full one stays true whatever that is.
            let kinds = if stopped.is_some() { &[] } else { filter.kinds.as_slice() };
            for list in &lists[group] {
                let range = range(order, paging, end);
                self.note_range(ListNote { list: *list, kinds: kinds.to_vec(), range });
            }
            pages.push(Walked::of(items, paging, stopped));
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
        let family = filter.with_descendants;
        let groups: Vec<Vec<Uuid>> = match site {
            Some(site) => vec![vec![site.0]],
            None => columns
                .iter()
                .map(|column| match family {
                    true => self.column_family(*column).into_iter().map(|id| id.0).collect(),
                    false => vec![column.0],
                })
                .collect(),
        };
        for id in groups.iter().flatten() {
            let list = if site.is_some() { List::Site(SiteId(*id)) } else { List::Column(ColumnId(*id)) };
            self.note_range(ListNote { list, kinds: filter.kinds.clone(), range: Range::Whole });
        }
        if *filter == plain {
            let (list, ids) = match site {
                Some(site) => ("site", vec![site.0]),
                None => (if family { "family" } else { "column" }, columns.iter().map(|column| column.0).collect()),
            };
            let counted = self.shelf_counts(list, ids.clone()).await?;
            return Ok(ids.iter().map(|id| Some(counted.get(id).copied().unwrap_or(0))).collect());
        }
        let parent = if site.is_some() { "site_id" } else { "column_id" };
        self.tags_meant(&filter.any_tags);
        let mut totals = Vec::with_capacity(groups.len());
        let publishers = filter.publisher.map(|publisher| self.merged_with(publisher));
        for group in groups {
            let by_time = PlacementOrder { field: PlacementOrderField::PublishedAt, ascending: false };
            let walk = walk(&self.directory(), parent, vec![group], filter, publishers.as_deref(), by_time).whole();
            let counted = walk.count(self, MOST + 1).await?;
            totals.push((counted <= MOST).then_some(counted));
        }
        Ok(totals)
    }
}

/// Whether a list of these columns, or of this site, is where it is shown.
fn group_has(parent: &str, group: &[Uuid], shown: &Shown) -> bool {
    let of = if parent == "site_id" { shown.placement.site.0 } else { shown.placement.column.0 };
    group.contains(&of)
}

fn walk(
    directory: &Directory,
    parent: &'static str,
    groups: Vec<Vec<Uuid>>,
    filter: &PlacementFilter,
    publishers: Option<&[OrganisationId]>,
    order: PlacementOrder,
) -> Filtered {
    // A site may show a content in several columns: there the placement's own id makes the order total.
    let keys: &[&'static str] = match order.field {
        PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => {
            &["rank", "published_at", "content_id", "id"]
        }
        PlacementOrderField::PublishedAt => &["published_at", "content_id", "id"],
        PlacementOrderField::UpdatedAt => &["updated_at", "content_id", "id"],
    };
    let keys = if parent == "site_id" { keys } else { &keys[..keys.len() - 1] };
    let mut walk = Filtered::over(Walk {
        select: format!("{PLACEMENT}, {CONTENT}"),
        table: "placement",
        content: "content_id",
        parent: Some(parent),
        groups,
        order: keys.to_vec(),
        ascending: order.ascending,
        conditions: vec!["{d}.shown".to_owned()],
        params: Vec::new(),
    });
    walk.filter_any(
        "({d}.kind || '') in texts({})",
        filter.kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect(),
    );
    if !filter.any_tags.is_empty() {
        let condition =
            "exists (select 1 from content_tag t where t.content_id = {d}.content_id and t.tag_id in ids({}))";
        walk.filter(condition, directory.tags_walked(&filter.any_tags).as_slice());
    }
    for (sign, instant) in [(">=", filter.published_from), ("<", filter.published_before)] {
        let Some(instant) = instant else { continue };
        // In another order than that of time, the index by time would have to be sorted.
        match order.field {
            PlacementOrderField::PublishedAt => walk.walk.narrow(&format!("{{d}}.published_at {sign} {{}}"), instant),
            _ => walk.filter(&format!("({{d}}.published_at + 0) {sign} {{}}"), instant),
        }
    }
    if let (true, Some(from)) = (keys[0] == "rank", filter.published_from) {
        // Nothing that is not pinned and older stands before the end.
        walk.walk.narrow("({d}.rank, {d}.published_at) >= (0, {})", from);
    }
    if let Some(publishers) = publishers {
        walk.filter("{c}.publisher_id in ids({})", publishers);
    }
    if let Some(with_cover) = filter.with_cover {
        walk.filter("({c}.card like '%\"cover\":{%') = {}", with_cover);
    }
    if let Some(theme) = &filter.theme {
        let condition = "exists (select 1 from content_code k where k.content_id = {d}.content_id and k.list = 'THEME' and k.code = {})";
        walk.filter(condition, theme);
    }
    let validity = filter.validity.iter().map(|validity| <&str>::from(validity).to_owned()).collect();
    walk.filter_any(
        "exists (select 1 from policy y where y.content_id = {d}.content_id and y.validity in texts({}))",
        validity,
    );
    walk
}

fn key_of(shown: &Shown, order: PlacementOrder) -> Key {
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

type Key = (i64, Instant, ContentId);

/// A key of a list's order; a site's list has the placement's id behind it.
fn read_key(key: &[Value]) -> Option<Key> {
    match key {
        [Value::Int(rank), Value::Int(at), Value::Id(id), ..] => Some((*rank, Instant(*at), ContentId(*id))),
        [Value::Int(at), Value::Id(id), ..] => Some((0, Instant(*at), ContentId(*id))),
        _ => None,
    }
}

/// The part of a list on which a page depends; `end` is the first showing behind it, or where the walk stopped.
fn range(order: PlacementOrder, paging: &Paging<Vec<Value>>, end: Option<Key>) -> Range {
    let (low, high) = paging.span(order.ascending, paging.from.as_deref().and_then(read_key), end);
    let short = |key: Option<Key>| key.map(|(_, at, id)| (at, id));
    match order.field {
        PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => Range::Ranked(low, high),
        PlacementOrderField::PublishedAt => Range::Published(short(low), short(high)),
        PlacementOrderField::UpdatedAt => Range::Updated(short(low), short(high)),
    }
}

impl Shown {
    /// The key of this showing in an order, as cursors hold it; in a site's list the placement's id comes last.
    pub fn cursor_key(&self, order: PlacementOrder, of_site: bool) -> Vec<Value> {
        let (rank, at, id) = key_of(self, order);
        let mut key: Vec<Value> = match order.field {
            PlacementOrderField::PinnedThenNewest | PlacementOrderField::Rank => {
                vec![rank.into(), at.into(), id.into()]
            }
            PlacementOrderField::PublishedAt | PlacementOrderField::UpdatedAt => vec![at.into(), id.into()],
        };
        if of_site {
            key.push(self.placement.id.into());
        }
        key
    }
}
