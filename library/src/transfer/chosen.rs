//! Which records of the directory a site needs: its own, and what those and its contents name.
//!
//! Organisations, leaders, tags and code lists are not chosen: the whole city has them in common.

use std::collections::BTreeSet;

use super::Outgoing;
use crate::attachment::Attached;
use crate::directory::Directory;
use crate::id::{AttachmentId, ColumnId, PlacementId, SiteId, SubscriptionId};
use crate::panel::{PanelItem, PanelTarget};
use crate::sharing::SubscriptionSource;
use crate::site::SiteStatus;

/// The subscriptions by which contents reach `columns`, over however many sites.
pub(super) fn subscriptions(directory: &Directory, columns: Vec<ColumnId>) -> BTreeSet<SubscriptionId> {
    let (mut reached, mut open): (BTreeSet<ColumnId>, Vec<ColumnId>) = (columns.iter().copied().collect(), columns);
    let mut found = BTreeSet::new();
    while let Some(column) = open.pop() {
        for subscription in directory.subscriptions.all().iter().filter(|into| into.target == column) {
            found.insert(subscription.id);
            let SubscriptionSource::Column(source) = subscription.source else { continue };
            let sources = match subscription.fields.with_descendants {
                true => directory.columns.family(source),
                false => vec![source],
            };
            open.extend(sources.into_iter().filter(|source| reached.insert(*source)));
        }
    }
    found
}

/// The placements that the panels of a site lead to.
pub(super) fn panel_placements(directory: &Directory, site: SiteId) -> Vec<PlacementId> {
    let mut found = Vec::new();
    each_item(directory, site, &mut |item| {
        if let Some(PanelTarget::Placement(id)) = item.target {
            found.push(id);
        }
    });
    found
}

/// The columns of other sites in which the activities of leaders stand.
pub(super) fn activities(directory: &Directory, site: SiteId) -> BTreeSet<ColumnId> {
    let columns = directory.leaders.all().iter().filter_map(|leader| leader.fields.activities);
    columns.filter(|id| directory.columns.get(*id).is_some_and(|column| column.site != site)).collect()
}

fn each_item(directory: &Directory, site: SiteId, see: &mut impl FnMut(&PanelItem)) {
    fn below(items: &[PanelItem], see: &mut impl FnMut(&PanelItem)) {
        for item in items {
            see(item);
            below(&item.children, see);
        }
    }
    for panel in directory.panels.all().iter().filter(|panel| panel.site == site) {
        below(&panel.fields.items, see);
    }
}

impl Outgoing {
    /// Completes the columns with those that the directory itself names, and with what all of them hang under.
    pub(super) fn choose_columns(&mut self) {
        let (directory, site) = (&self.directory, self.site.id);
        let mut chosen = std::mem::take(&mut self.columns);
        for column in directory.columns.all().iter().filter(|column| column.site == site) {
            chosen.insert(column.id);
            chosen.extend(column.fields.edition_of);
        }
        for id in &self.subscriptions {
            let Some(subscription) = directory.subscriptions.get(*id) else { continue };
            chosen.insert(subscription.target);
            if let SubscriptionSource::Column(source) = subscription.source {
                chosen.insert(source);
            }
        }
        chosen.extend(directory.leaders.all().iter().filter_map(|leader| leader.fields.activities));
        chosen.extend(directory.fields.all().iter().filter_map(|field| field.column));
        each_item(directory, site, &mut |item| {
            if let Some(PanelTarget::Column(id)) = item.target {
                chosen.insert(id);
            }
        });
        let above: Vec<ColumnId> =
            chosen.iter().flat_map(|id| directory.columns.ancestors(*id)).map(|column| column.id).collect();
        chosen.extend(above);
        chosen.retain(|id| directory.columns.get(*id).is_some());
        self.columns = chosen;
    }

    /// Completes the sites with all that are no secret, and with those that something taken along stands on.
    pub(super) fn choose_sites(&mut self) {
        let directory = &self.directory;
        let mut chosen = std::mem::take(&mut self.sites);
        chosen.insert(self.site.id);
        let open = directory.sites.all().iter().filter(|site| site.status != SiteStatus::Preparing);
        chosen.extend(open.map(|site| site.id));
        chosen.extend(self.columns.iter().filter_map(|id| directory.columns.get(*id)).map(|column| column.site));
        chosen.extend(directory.fields.all().iter().filter_map(|field| field.site));
        let above: Vec<SiteId> =
            chosen.iter().flat_map(|id| directory.sites.ancestors(*id)).map(|site| site.id).collect();
        chosen.extend(above);
        self.sites = chosen;
    }

    /// The files that leaders, chosen columns and the site's panels show.
    pub(super) fn directory_files(&self) -> BTreeSet<AttachmentId> {
        let directory = &self.directory;
        let mut files = BTreeSet::new();
        let mut take = |attached: &Attached| files.extend(attached.files());
        directory.leaders.all().iter().filter_map(|leader| leader.fields.photo.as_ref()).for_each(&mut take);
        let columns = self.columns.iter().filter_map(|id| directory.columns.get(*id));
        columns.filter_map(|column| column.fields.cover.as_ref()).for_each(&mut take);
        each_item(directory, self.site.id, &mut |item| item.image.iter().for_each(&mut take));
        files
    }
}
