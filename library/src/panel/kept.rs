//! Panels on the desk: archived ones, and those of sites that are not open, for who has a role over their pages.

use std::sync::Arc;

use super::Panel;
use crate::Scope;
use crate::changes::List;
use crate::id::{AnyId, ColumnId, PanelId, SiteId};
use crate::may::{Target, has_role};

impl Scope {
    /// A panel in whatever state, for who has a role over its page.
    pub fn kept_panel(&self, id: PanelId) -> Option<Arc<Panel>> {
        self.note_record(AnyId::PanelId(id));
        let directory = self.directory();
        let target = Target::of(&directory, AnyId::PanelId(id))?;
        directory.panels.get(id).filter(|_| has_role(&directory, self.caller(), &target)).cloned()
    }

    /// The panels of a site and its columns, or of one column, on whose pages the asker has a role, by code.
    pub fn kept_panels(&self, site: SiteId, column: Option<ColumnId>) -> Vec<Arc<Panel>> {
        self.note_list(List::panels(site));
        let directory = self.directory();
        let caller = self.caller();
        let kept = |panel: &&Arc<Panel>| {
            panel.site == site
                && column.is_none_or(|column| panel.column == Some(column))
                && Target::page(&directory, panel.site, panel.column)
                    .is_some_and(|target| has_role(&directory, caller, &target))
        };
        directory.panels.all().iter().filter(kept).cloned().collect()
    }
}
