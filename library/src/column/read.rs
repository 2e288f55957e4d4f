//! Reading columns.

use std::sync::Arc;

use super::{Column, ColumnKind, ColumnStatus, ShareType};
use crate::Scope;
use crate::changes::{KeyKind, List, key_of};
use crate::id::{AnyId, ColumnId, OrganisationId, SiteId};
use crate::site::SiteLocator;
use crate::text::normal_path;

/// How a column is named by those who ask for it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ColumnLocator {
    Id(ColumnId),
    /// By the code of its site and its path.
    At {
        site: String,
        path: String,
    },
}

/// What narrows a list of columns; all given parts must hold.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ColumnFilter {
    pub site: Option<SiteLocator>,
    /// A part of the name.
    pub name: Option<String>,
    pub kinds: Vec<ColumnKind>,
    pub owner: Option<OrganisationId>,
    /// Whether other sites may have it.
    pub shareable: Option<bool>,
    pub in_navigation: Option<bool>,
    /// Columns that take contents from this one.
    pub feeds_from: Option<ColumnId>,
}

impl List {
    /// The columns of a site and their order.
    pub(crate) fn columns(site: SiteId) -> Self {
        Self::Of("columns", AnyId::SiteId(site))
    }
}

impl Scope {
    /// A column of a site that the public may know of.
    pub fn column(&self, id: ColumnId) -> Option<Arc<Column>> {
        self.note_record(AnyId::ColumnId(id));
        let column = self.directory().columns.get(id).cloned()?;
        self.site(column.site).map(|_| column)
    }

    /// The column at `path` of a site.
    pub fn column_at(&self, site: SiteId, path: &str) -> Option<Arc<Column>> {
        let key = key_of(&site.to_string(), &normal_path(path));
        self.note_key(KeyKind::Path, key.clone());
        let id = self.directory().columns.by_key(KeyKind::Path, &key)?.id;
        self.column(id)
    }

    /// The column that a locator names.
    pub fn column_by(&self, by: &ColumnLocator) -> Option<Arc<Column>> {
        match by {
            ColumnLocator::Id(id) => self.column(*id),
            ColumnLocator::At { site, path } => {
                let site = self.site_by(&SiteLocator::Code(site.clone()))?;
                self.column_at(site.id, path)
            }
        }
    }

    /// The open columns directly below one of a site, or its first level, by rank.
    pub fn columns_below(&self, site: SiteId, parent: Option<ColumnId>) -> Vec<Arc<Column>> {
        self.note_list(List::columns(site));
        let directory = self.directory();
        let open = |column: &&Arc<Column>| column.status != ColumnStatus::Closed;
        match parent {
            Some(parent) => directory.columns.children(parent).filter(open).cloned().collect(),
            None => {
                let first = |column: &&Arc<Column>| column.site == site && column.parent.is_none();
                directory.columns.all().iter().filter(first).filter(open).cloned().collect()
            }
        }
    }

    /// A column and all that is below it.
    pub(crate) fn column_family(&self, id: ColumnId) -> Vec<ColumnId> {
        if let Some(column) = self.directory().columns.get(id) {
            self.note_list(List::columns(column.site));
        }
        self.directory().columns.family(id)
    }

    /// What a column hangs under, outermost first.
    pub fn column_ancestors(&self, id: ColumnId) -> Vec<Arc<Column>> {
        self.note_record(AnyId::ColumnId(id));
        let ancestors = self.directory().columns.ancestors(id);
        for ancestor in &ancestors {
            self.note_record(AnyId::ColumnId(ancestor.id));
        }
        ancestors
    }

    /// The same column in other languages, itself left out.
    pub fn editions_of_column(&self, column: &Column) -> Vec<Arc<Column>> {
        let origin = column.fields.edition_of.unwrap_or(column.id);
        let mut editions = self.columns(&ColumnFilter::default());
        editions
            .retain(|other| other.id != column.id && (other.id == origin || other.fields.edition_of == Some(origin)));
        editions
    }

    /// The columns that match, by site, rank and path.
    pub fn columns(&self, filter: &ColumnFilter) -> Vec<Arc<Column>> {
        let site = match &filter.site {
            None => None,
            Some(by) => match self.site_by(by) {
                Some(site) => Some(site.id),
                None => return Vec::new(),
            },
        };
        let directory = self.directory();
        self.note_list(List::sites());
        for visited in directory.sites.all() {
            if site.is_none_or(|site| site == visited.id) {
                self.note_list(List::columns(visited.id));
            }
        }
        if let Some(source) = filter.feeds_from {
            self.note_list(List::subscriptions(source));
        }
        let fits = |column: &&Arc<Column>| {
            let fields = &column.fields;
            column.status != ColumnStatus::Closed
                && site.is_none_or(|site| column.site == site)
                && self.site(column.site).is_some()
                && filter.name.as_ref().is_none_or(|name| fields.name.contains(name.as_str()))
                && (filter.kinds.is_empty() || filter.kinds.contains(&fields.kind))
                && filter.owner.is_none_or(|owner| fields.owner == Some(owner))
                && filter.shareable.is_none_or(|shareable| (fields.share_type != ShareType::None) == shareable)
                && filter.in_navigation.is_none_or(|shown| fields.in_navigation == shown)
                && filter.feeds_from.is_none_or(|source| {
                    directory
                        .subscriptions
                        .all()
                        .iter()
                        .any(|subscription| subscription.target == column.id && subscription.feeds_from(source))
                })
        };
        directory.columns.all().iter().filter(fits).cloned().collect()
    }
}
