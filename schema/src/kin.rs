//! Kin: records that one list answered together, so that what each of them needs next is read for all at once.
//!
//! The first sibling that asks runs one statement for the whole family; the others wait for it. There is no timer, no
//! task and no key map of a loader: a family is known when its list is read.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use library::content::{Body, ContentKind, Detail, Draft, LiveContent};
use library::database::Value;
use library::id::{ColumnId, ContentId, PlacementId, SiteId};
use library::link::ContentLink;
use library::placement::{Neighbours, PlacementFilter, PlacementOrder, Reason, Shown};
use library::{Instant, Paging, Scope, Walked};
use tokio::sync::OnceCell;

use crate::content::Content;
use crate::placement::Placement;

/// Something loaded once for a family.
type Once<T> = OnceCell<Arc<T>>;

/// Something loaded once for a family and each of the arguments with which it is asked for.
pub struct PerArguments<K, T> {
    cells: Mutex<HashMap<K, Arc<Once<T>>>>,
}

impl<K, T> Default for PerArguments<K, T> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Eq + Hash, T> PerArguments<K, T> {
    async fn get<F: Future<Output = library::Result<T>>>(
        &self,
        key: K,
        load: impl FnOnce() -> F,
    ) -> library::Result<Arc<T>> {
        let cell = self.cells.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        cell.get_or_try_init(|| async { load().await.map(Arc::new) }).await.cloned()
    }
}

/// A link with the node at its other end.
#[derive(Clone)]
pub struct Linked {
    /// The link.
    pub link: ContentLink,
    /// The content at its other end.
    pub content: Option<Content>,
}

/// The arguments of `related`.
type RelatedKey = (Vec<ContentKind>, Option<SiteId>, usize);

/// Contents that were read together.
#[derive(Default)]
pub struct ContentKin {
    contents: Vec<Arc<LiveContent>>,
    details: Once<HashMap<ContentId, Arc<Detail>>>,
    bodies: Once<HashMap<ContentId, Arc<Body>>>,
    links: Once<HashMap<ContentId, Vec<Linked>>>,
    showings: PerArguments<Option<SiteId>, HashMap<ContentId, Vec<Placement>>>,
    related: PerArguments<RelatedKey, HashMap<ContentId, Vec<Content>>>,
}

impl ContentKin {
    /// A family of contents.
    pub fn new(contents: Vec<Arc<LiveContent>>) -> Self {
        Self { contents, ..Self::default() }
    }

    /// What is shown of one instead of what is live.
    fn draft(&self, id: ContentId) -> Option<&Draft> {
        self.contents.iter().find(|content| content.id == id)?.draft.as_deref()
    }

    fn ids(&self) -> Vec<ContentId> {
        self.contents.iter().map(|content| content.id).collect()
    }

    /// What the page of one adds.
    pub async fn detail(&self, scope: &Scope, id: ContentId) -> library::Result<Option<Arc<Detail>>> {
        if let Some(draft) = self.draft(id) {
            return Ok(Some(draft.detail.clone()));
        }
        let load = async || scope.details(&self.ids()).await.map(Arc::new);
        Ok(self.details.get_or_try_init(load).await?.get(&id).cloned())
    }

    /// The body of one.
    pub async fn body(&self, scope: &Scope, id: ContentId) -> library::Result<Option<Arc<Body>>> {
        if let Some(draft) = self.draft(id) {
            return Ok(Some(draft.body.clone()));
        }
        let load = async || scope.bodies(&self.ids()).await.map(Arc::new);
        Ok(self.bodies.get_or_try_init(load).await?.get(&id).cloned())
    }

    /// The links of one, with what is at their other ends; those are kin of one another.
    pub async fn links(&self, scope: &Scope, id: ContentId) -> library::Result<Vec<Linked>> {
        if let Some(draft) = self.draft(id) {
            let mut linked = linked(HashMap::from([(id, draft.links.clone())]));
            return Ok(linked.remove(&id).unwrap_or_default());
        }
        let load = async || scope.links(&self.ids()).await.map(|links| Arc::new(linked(links)));
        Ok(self.links.get_or_try_init(load).await?.get(&id).cloned().unwrap_or_default())
    }

    /// The showings of one, on one site or on all.
    pub async fn showings(&self, scope: &Scope, id: ContentId, on: Option<SiteId>) -> library::Result<Vec<Placement>> {
        let load = || async {
            let found = scope.placements_of_contents(&self.ids(), on).await?;
            let all: Vec<(ContentId, Shown)> =
                found.into_iter().flat_map(|(id, shown)| shown.into_iter().map(move |shown| (id, shown))).collect();
            let (ids, shown): (Vec<_>, Vec<_>) = all.into_iter().unzip();
            let mut showings: HashMap<ContentId, Vec<Placement>> = HashMap::new();
            for (id, placement) in ids.into_iter().zip(Placement::together(shown)) {
                showings.entry(id).or_default().push(placement);
            }
            Ok(showings)
        };
        Ok(self.showings.get(on, load).await?.get(&id).cloned().unwrap_or_default())
    }

    /// What is related to one.
    pub async fn related(&self, scope: &Scope, id: ContentId, key: RelatedKey) -> library::Result<Vec<Content>> {
        let (kinds, on, first) = key.clone();
        let load = || async move {
            let found = scope.related(&self.contents, &kinds, on, first).await?;
            let mut all: Vec<Arc<LiveContent>> = found.values().flatten().cloned().collect();
            all.sort_unstable_by_key(|content| content.id);
            all.dedup_by_key(|content| content.id);
            let nodes: HashMap<_, _> =
                all.iter().map(|content| content.id).zip(Content::together(all.clone())).collect();
            let node = |content: Arc<LiveContent>| nodes.get(&content.id).cloned();
            Ok(found.into_iter().map(|(id, list)| (id, list.into_iter().filter_map(node).collect())).collect())
        };
        Ok(self.related.get(key, load).await?.get(&id).cloned().unwrap_or_default())
    }
}

/// Links with what is at their other ends, which are kin of one another.
fn linked(links: HashMap<ContentId, Vec<ContentLink>>) -> HashMap<ContentId, Vec<Linked>> {
    let mut ends: Vec<Arc<LiveContent>> = links.values().flatten().filter_map(|link| link.content.clone()).collect();
    ends.sort_unstable_by_key(|content| content.id);
    ends.dedup_by_key(|content| content.id);
    let nodes: HashMap<_, _> = ends.iter().map(|content| content.id).zip(Content::together(ends.clone())).collect();
    let linked = |link: ContentLink| {
        let content = link.content.as_ref().and_then(|content| nodes.get(&content.id).cloned());
        Linked { link, content }
    };
    links.into_iter().map(|(id, links)| (id, links.into_iter().map(linked).collect())).collect()
}

/// Placements that were read together.
#[derive(Default)]
pub struct PlacementKin {
    placements: Vec<Arc<library::placement::Placement>>,
    reasons: Once<HashMap<PlacementId, Vec<Reason>>>,
    sources: Once<HashMap<PlacementId, Placement>>,
    neighbours: Once<HashMap<PlacementId, Neighbours>>,
}

impl PlacementKin {
    /// A family of placements.
    pub fn new(placements: Vec<Arc<library::placement::Placement>>) -> Self {
        Self { placements, ..Self::default() }
    }

    /// The showings next to one.
    pub async fn neighbours(&self, scope: &Scope, id: PlacementId) -> library::Result<Neighbours> {
        let load = async || scope.neighbours(&self.placements).await.map(Arc::new);
        Ok(self.neighbours.get_or_try_init(load).await?.get(&id).cloned().unwrap_or_default())
    }

    /// Why one is there.
    pub async fn reasons(&self, scope: &Scope, id: PlacementId) -> library::Result<Vec<Reason>> {
        Ok(self.all_reasons(scope).await?.get(&id).cloned().unwrap_or_default())
    }

    async fn all_reasons(&self, scope: &Scope) -> library::Result<Arc<HashMap<PlacementId, Vec<Reason>>>> {
        let ids: Vec<_> = self.placements.iter().map(|placement| placement.id).collect();
        let load = async || scope.placement_reasons(&ids).await.map(Arc::new);
        self.reasons.get_or_try_init(load).await.cloned()
    }

    /// The placement that `source` names, which one of the family mirrors.
    pub async fn source(&self, scope: &Scope, source: PlacementId) -> library::Result<Option<Placement>> {
        let load = async || {
            let reasons = self.all_reasons(scope).await?;
            let mut ids: Vec<_> = reasons.values().flatten().filter_map(|reason| reason.source).collect();
            ids.sort_unstable();
            ids.dedup();
            let found = scope.placements_by_id(&ids).await?;
            let nodes = Placement::together(found);
            Ok::<_, library::Error>(Arc::new(nodes.into_iter().map(|node| (node.placement.id, node)).collect()))
        };
        Ok(self.sources.get_or_try_init(load).await?.get(&source).cloned())
    }
}

/// One page of a column's placements with the keys of their cursors, as a family of columns reads it.
type ColumnPage = Walked<(Vec<Value>, Placement)>;

/// The arguments of `placements`, without a cursor.
type PageKey = (PlacementFilter, PlacementOrder, usize, bool, usize);

/// Columns that were read together.
#[derive(Default)]
pub struct ColumnKin {
    ids: Vec<ColumnId>,
    pages: PerArguments<PageKey, HashMap<ColumnId, ColumnPage>>,
    totals: PerArguments<PlacementFilter, HashMap<ColumnId, Option<i64>>>,
    newest: Once<HashMap<ColumnId, Instant>>,
}

impl ColumnKin {
    /// A family of columns.
    pub fn new(ids: Vec<ColumnId>) -> Self {
        Self { ids, ..Self::default() }
    }

    /// A page of one column's placements. Without a cursor it is read for the whole family.
    pub async fn page(
        &self,
        scope: &Scope,
        id: ColumnId,
        filter: &PlacementFilter,
        order: PlacementOrder,
        paging: &Paging<Vec<Value>>,
    ) -> library::Result<ColumnPage> {
        if paging.from.is_some() {
            let mut pages = pages(scope, &[id], filter, order, paging).await?;
            return Ok(pages.remove(&id).unwrap_or_else(Walked::empty));
        }
        let key = (filter.clone(), order, paging.size, paging.backward, paging.offset);
        let found = self.pages.get(key, || pages(scope, &self.ids, filter, order, paging)).await?;
        Ok(found.get(&id).cloned().unwrap_or_else(Walked::empty))
    }

    /// How many placements one column has.
    pub async fn total(&self, scope: &Scope, id: ColumnId, filter: &PlacementFilter) -> library::Result<Option<i64>> {
        let load = || async {
            let totals = scope.placement_totals(&self.ids, None, filter).await?;
            Ok(self.ids.iter().copied().zip(totals).collect())
        };
        Ok(self.totals.get(filter.clone(), load).await?.get(&id).copied().flatten())
    }

    /// When the newest showing of one column was published.
    pub async fn last_published(&self, scope: &Scope, id: ColumnId) -> library::Result<Option<Instant>> {
        let load = async || scope.last_published(&self.ids).await.map(Arc::new);
        Ok(self.newest.get_or_try_init(load).await?.get(&id).copied())
    }
}

async fn pages(
    scope: &Scope,
    ids: &[ColumnId],
    filter: &PlacementFilter,
    order: PlacementOrder,
    paging: &Paging<Vec<Value>>,
) -> library::Result<HashMap<ColumnId, ColumnPage>> {
    let found = scope.placements_of_columns(ids, filter, order, paging).await?;
    let all: Vec<Shown> = found.iter().flat_map(|page| page.items.iter().cloned()).collect();
    let mut nodes = Placement::together(all).into_iter();
    let mut page = |page: Walked<Shown>| {
        page.with(|items| items.iter().map(|shown| shown.cursor_key(order, false)).zip(nodes.by_ref()).collect())
    };
    let pages: Vec<_> = found.into_iter().map(&mut page).collect();
    Ok(ids.iter().copied().zip(pages).collect())
}

/// The placements that items of these panels lead to.
pub async fn placements_of(
    scope: &Scope,
    panels: &[Arc<library::panel::Panel>],
) -> library::Result<HashMap<PlacementId, Placement>> {
    fn collect(items: &[library::panel::PanelItem], ids: &mut Vec<PlacementId>) {
        for item in items {
            if let Some(library::panel::PanelTarget::Placement(id)) = item.target {
                ids.push(id);
            }
            collect(&item.children, ids);
        }
    }
    let mut ids = Vec::new();
    for panel in panels {
        collect(&panel.fields.items, &mut ids);
    }
    ids.sort_unstable();
    ids.dedup();
    let nodes = Placement::together(scope.placements_by_id(&ids).await?);
    Ok(nodes.into_iter().map(|node| (node.placement.id, node)).collect())
}
