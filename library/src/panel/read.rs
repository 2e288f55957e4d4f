//! Reading panels.

use std::sync::Arc;

use super::Panel;
use crate::Scope;
use crate::changes::List;
use crate::id::{AnyId, ColumnId, PanelId, SiteId};

impl List {
    /// The panels of a site and its columns.
    pub(crate) fn panels(site: SiteId) -> Self {
        Self::Of("panels", AnyId::SiteId(site))
    }
}

impl Scope {
    /// A panel that was not put away.
    pub fn panel(&self, id: PanelId) -> Option<Arc<Panel>> {
        self.note_record(AnyId::PanelId(id));
        let panel = self.directory().panels.get(id).filter(|panel| !panel.archived).cloned()?;
        self.site(panel.site).map(|_| panel)
    }

    /// The panels of a site's pages, or of one column's, those with `codes` in the order asked for; all if none is named.
    pub fn panels(&self, site: SiteId, column: Option<ColumnId>, codes: Option<&[String]>) -> Vec<Arc<Panel>> {
        self.note_list(List::panels(site));
        let directory = self.directory();
        let of_page = |panel: &&Arc<Panel>| panel.site == site && panel.column == column && !panel.archived;
        let here = || directory.panels.all().iter().filter(of_page);
        let found: Vec<_> = match codes {
            None => here().cloned().collect(),
            Some(codes) => codes.iter().filter_map(|code| here().find(|panel| panel.code == *code).cloned()).collect(),
        };
        for panel in &found {
            self.note_record(AnyId::PanelId(panel.id));
        }
        found
    }
}
