//! What a follower wants of the change feed, and what an effect means for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Scope;
use crate::changes::{Effect, Stands};
use crate::content::ContentKind;
use crate::id::{AnyId, ColumnId, SiteId, TagId};

/// What narrows the change feed; all given parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct ChangeFilter {
    /// Contents that one of these sites shows.
    pub sites: Vec<SiteId>,
    pub columns: Vec<ColumnId>,
    pub with_descendants: bool,
    pub tags: Vec<TagId>,
    pub kinds: Vec<ContentKind>,
}

/// A filter with its families and merged tags looked up.
pub(crate) struct Wanted<'a> {
    scope: &'a Scope,
    with_descendants: bool,
    sites: BTreeSet<SiteId>,
    columns: BTreeSet<ColumnId>,
    tags: BTreeSet<TagId>,
    kinds: &'a [ContentKind],
}

impl<'a> Wanted<'a> {
    pub fn of(scope: &'a Scope, filter: &'a ChangeFilter) -> Self {
        let family = |id: &ColumnId| match filter.with_descendants {
            true => scope.column_family(*id),
            false => vec![*id],
        };
        // Whoever wants a tag wants what has the one into which it was merged, and what had those merged into it.
        let directory = scope.directory();
        let now = |id: TagId| scope.tag(id).map_or(id, |tag| tag.id);
        let wanted: BTreeSet<TagId> = filter.tags.iter().map(|id| now(*id)).collect();
        let mut tags: BTreeSet<TagId> = filter.tags.iter().copied().collect();
        if !tags.is_empty() {
            tags.extend(directory.tags.all().iter().map(|tag| tag.id).filter(|id| wanted.contains(&now(*id))));
        }
        Self {
            scope,
            with_descendants: filter.with_descendants,
            sites: filter.sites.iter().copied().collect(),
            columns: filter.columns.iter().flat_map(family).collect(),
            tags,
            kinds: &filter.kinds,
        }
    }

    /// What an effect on a content, or on a showing of it, means; nothing if it stood and stands outside.
    pub fn effect(&self, stored: Effect, stands: &Stands) -> Option<(Effect, Vec<ColumnId>)> {
        let before: Vec<ColumnId> = stands.columns.before().collect();
        let after: Vec<ColumnId> = stands.columns.after().collect();
        let (was_live, is_live) = (stored != Effect::Entered, stored != Effect::Left);
        let was = was_live && self.matches(stands.kind, &before, &stands.tags.before().collect::<Vec<_>>());
        let is = is_live && self.matches(stands.kind, &after, &stands.tags.after().collect::<Vec<_>>());
        match (was, is) {
            (false, false) => None,
            (false, true) => Some((Effect::Entered, self.of_mine(after))),
            (true, true) => Some((Effect::Changed, self.of_mine(after))),
            (true, false) => Some((Effect::Left, self.of_mine(before))),
        }
    }

    /// Whether what left everything was wanted, and wanted for what this column showed.
    pub fn covers(&self, stands: &Stands, column: ColumnId) -> bool {
        let columns: Vec<ColumnId> = stands.columns.before().collect();
        let on_site = || self.site_of(column).is_some_and(|site| self.sites.contains(&site));
        let everywhere = self.columns.is_empty() && self.sites.is_empty();
        (everywhere || self.columns.contains(&column) || on_site())
            && self.matches(stands.kind, &columns, &stands.tags.before().collect::<Vec<_>>())
    }

    fn matches(&self, kind: ContentKind, columns: &[ColumnId], tags: &[TagId]) -> bool {
        let shown_on = |site: &SiteId| columns.iter().any(|column| self.site_of(*column) == Some(*site));
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.columns.is_empty() || columns.iter().any(|column| self.columns.contains(column)))
            && (self.tags.is_empty() || tags.iter().any(|tag| self.tags.contains(tag)))
            && (self.sites.is_empty() || self.sites.iter().any(shown_on))
    }

    /// Those of the columns that were asked for, as far as they are public.
    fn of_mine(&self, mut columns: Vec<ColumnId>) -> Vec<ColumnId> {
        let on_site = |column: &ColumnId| self.site_of(*column).is_some_and(|site| self.sites.contains(&site));
        columns.retain(|column| {
            (self.columns.is_empty() || self.columns.contains(column))
                && (self.sites.is_empty() || on_site(column))
                && self.scope.column(*column).is_some()
        });
        columns.sort_unstable();
        columns
    }

    /// Whether changes of a record of the directory are wanted. What shows or hides many contents at once, or moves them, is told
    /// to everybody whom it may concern: their site, and with descendants the columns of their site.
    pub fn wants(&self, id: AnyId) -> bool {
        let directory = self.scope.directory();
        let (column, site) = match id {
            AnyId::ColumnId(id) => (Some(id), self.site_of(id)),
            AnyId::SiteId(id) => (None, Some(id)),
            AnyId::PanelId(id) => match directory.panels.get(id) {
                Some(panel) => (panel.column, Some(panel.site)),
                None => (None, None),
            },
            _ => (None, None),
        };
        let beside_mine = || self.columns.iter().any(|mine| self.site_of(*mine) == site);
        let on_my_sites = self.sites.is_empty() || site.is_some_and(|id| self.sites.contains(&id));
        match id {
            AnyId::SiteId(_) => on_my_sites && (self.columns.is_empty() || beside_mine()),
            AnyId::ColumnId(_) if self.with_descendants && !self.columns.is_empty() => on_my_sites && beside_mine(),
            _ => {
                let tag = if let AnyId::TagId(id) = id { Some(id) } else { None };
                self.kinds.is_empty()
                    && (self.columns.is_empty() || column.is_some_and(|id| self.columns.contains(&id)))
                    && (self.tags.is_empty() || tag.is_some_and(|id| self.tags.contains(&id)))
                    && on_my_sites
            }
        }
    }

    fn site_of(&self, column: ColumnId) -> Option<SiteId> {
        self.scope.directory().columns.get(column).map(|column| column.site)
    }
}
