//! What a deed is done to, as the scopes of grants see it.

use crate::Directory;
use crate::grant::GrantScope;
use crate::id::{AnyId, ColumnId, OrganisationId, SiteId};

/// Who may see a target at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Everybody: it is public.
    Everybody,
    /// Whoever has any role over it.
    AnyRole,
    /// Who keeps accounts over it, or audits it.
    Administration,
}

/// What a deed is done to, as scopes see it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Sites that it belongs to.
    pub sites: Vec<SiteId>,
    /// Columns that it is in.
    pub columns: Vec<ColumnId>,
    /// Organisations whose it is.
    pub organisations: Vec<OrganisationId>,
    /// Who may see it.
    pub seen: Seen,
}

impl Target {
    /// The whole library.
    pub fn platform() -> Self {
        Self { sites: Vec::new(), columns: Vec::new(), organisations: Vec::new(), seen: Seen::Everybody }
    }

    /// A site.
    pub fn site(directory: &Directory, id: SiteId) -> Option<Self> {
        let site = directory.sites.get(id)?;
        let seen = if site.is_running() { Seen::Everybody } else { Seen::AnyRole };
        Some(Self { sites: vec![id], columns: Vec::new(), organisations: vec![site.fields.sponsor], seen })
    }

    /// A column: of its site, and of who keeps it.
    pub fn column(directory: &Directory, id: ColumnId) -> Option<Self> {
        let column = directory.columns.get(id)?;
        let of_site = Self::site(directory, column.site)?;
        let organisations = of_site.organisations.iter().copied().chain(column.fields.owner).collect();
        Some(Self { columns: vec![id], organisations, ..of_site })
    }

    /// A content: of its home site and column, of who publishes it, and of who keeps these. The public sees what is live.
    pub fn content(
        directory: &Directory,
        site: SiteId,
        column: Option<ColumnId>,
        publisher: Option<OrganisationId>,
        is_live: bool,
    ) -> Self {
        let keeper = column.and_then(|id| directory.columns.get(id)?.fields.owner);
        let sponsor = directory.sites.get(site).map(|site| site.fields.sponsor);
        Self {
            sites: vec![site],
            columns: column.into_iter().collect(),
            organisations: publisher.into_iter().chain(keeper).chain(sponsor).collect(),
            seen: if is_live { Seen::Everybody } else { Seen::AnyRole },
        }
    }

    /// An organisation: itself, and the sites that it sponsors.
    pub fn organisation(directory: &Directory, id: OrganisationId) -> Option<Self> {
        directory.organisations.get(id)?;
        Some(Self { organisations: vec![id], ..Self::platform() })
    }

    /// The leaders of an organisation: who keeps a site that it sponsors keeps them, too.
    pub fn leadership(directory: &Directory, id: OrganisationId) -> Option<Self> {
        let sponsored = directory.sites.all().iter().filter(|site| site.fields.sponsor == id);
        Some(Self { sites: sponsored.map(|site| site.id).collect(), ..Self::organisation(directory, id)? })
    }

    /// The pages of a site, or of one of its columns.
    pub fn page(directory: &Directory, site: SiteId, column: Option<ColumnId>) -> Option<Self> {
        match column {
            Some(column) => Self::column(directory, column),
            None => Self::site(directory, site),
        }
    }

    /// The fields of a site's own, or those of the whole library.
    pub fn fields(directory: &Directory, site: Option<SiteId>) -> Option<Self> {
        site.map_or_else(|| Some(Self::platform()), |site| Self::site(directory, site))
    }

    /// What belongs to a record of the directory; nothing for what is not there, or is of no scope.
    pub fn of(directory: &Directory, id: AnyId) -> Option<Self> {
        match id {
            AnyId::SiteId(id) => Self::site(directory, id),
            AnyId::OrganisationId(id) => Self::organisation(directory, id),
            AnyId::LeaderId(id) => Self::leadership(directory, directory.leaders.get(id)?.organisation),
            AnyId::ColumnId(id) => Self::column(directory, id),
            AnyId::SubscriptionId(id) => Self::column(directory, directory.subscriptions.get(id)?.target),
            AnyId::TagId(id) => {
                let steward = directory.tags.get(id)?.fields.steward;
                Some(Self { organisations: steward.into_iter().collect(), ..Self::platform() })
            }
            AnyId::TagGroupId(id) => directory.tag_groups.get(id).map(|_| Self::platform()),
            AnyId::CodeItemId(id) => directory.codes.get(id).map(|_| Self::platform()),
            AnyId::PanelId(id) => {
                let panel = directory.panels.get(id)?;
                Self::page(directory, panel.site, panel.column)
            }
            AnyId::FieldDefinitionId(id) => Self::fields(directory, directory.fields.get(id)?.site),
            AnyId::AccountId(id) => Some(Self::colleagues(directory, directory.accounts.get(id)?.organisation)),
            AnyId::ApiKeyId(id) => Self::of(directory, AnyId::AccountId(directory.api_keys.get(id)?.account)),
            _ => None,
        }
    }

    /// The accounts of an organisation: who keeps a site that it sponsors keeps them, too.
    pub fn colleagues(directory: &Directory, organisation: Option<OrganisationId>) -> Self {
        let sponsored = |site: &&std::sync::Arc<crate::site::Site>| Some(site.fields.sponsor) == organisation;
        Self {
            sites: directory.sites.all().iter().filter(sponsored).map(|site| site.id).collect(),
            columns: Vec::new(),
            organisations: organisation.into_iter().collect(),
            seen: Seen::Administration,
        }
    }

    /// What a grant's scope itself is.
    pub fn scope(directory: &Directory, scope: GrantScope) -> Option<Self> {
        match scope {
            GrantScope::Platform => Some(Self::platform()),
            GrantScope::Site(id) => Self::site(directory, id),
            GrantScope::Organisation(id) => Self::organisation(directory, id),
            GrantScope::Column(id) => Self::column(directory, id),
        }
    }

    /// Whether it lies in `scope`.
    pub(crate) fn lies_in(&self, directory: &Directory, scope: GrantScope) -> bool {
        match scope {
            GrantScope::Platform => true,
            GrantScope::Site(top) => {
                let above = |id: SiteId| directory.sites.ancestors(id).iter().any(|site| site.id == top);
                self.sites.iter().any(|id| *id == top || above(*id))
            }
            GrantScope::Organisation(top) => {
                let above = |id: OrganisationId| directory.organisations.ancestors(id).iter().any(|one| one.id == top);
                self.organisations.iter().any(|id| *id == top || above(*id))
            }
            GrantScope::Column(top) => {
                let above = |id: ColumnId| directory.columns.ancestors(id).iter().any(|column| column.id == top);
                self.columns.iter().any(|id| *id == top || above(*id))
            }
        }
    }
}
