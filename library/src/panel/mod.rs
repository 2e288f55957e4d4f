//! Panels (页面区块): menus, carousels, banners and link lists that editors arrange by hand.

mod archive;
mod arrange;
mod create;
mod edit;
mod kept;
mod read;
mod rules;

use serde::{Deserialize, Serialize};

use crate::attachment::Attached;
use crate::changes::Action;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{ColumnId, OrganisationId, PanelId, PlacementId, SiteId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;

pub use arrange::{ArrangePanel, Arranged};
pub use create::CreatePanel;
pub(crate) use edit::pass_time;
pub(crate) use rules::accept;

/// What a panel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum PanelKind {
    Menu,
    Carousel,
    Banner,
    Links,
    List,
    Floating,
    Text,
}

/// Where an item leads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum PanelTarget {
    Column(ColumnId),
    Placement(PlacementId),
    Tag(TagId),
    Site(SiteId),
    Organisation(OrganisationId),
    External { title: String, url: String },
}

/// One item of a panel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PanelItem {
    /// What it is called; the target's name if not given.
    #[serde(default)]
    pub title: Option<String>,
    /// A line below the title.
    #[serde(default)]
    pub summary: Option<String>,
    /// Its picture.
    #[serde(default)]
    pub image: Option<Attached>,
    /// Where it leads.
    #[serde(default)]
    pub target: Option<PanelTarget>,
    /// Its text, HTML.
    #[serde(default)]
    pub body: Option<String>,
    /// The items below it.
    #[serde(default)]
    pub children: Vec<PanelItem>,
    /// When it begins to be shown.
    #[serde(default)]
    pub starts_at: Option<Instant>,
    /// When it ceases to be shown.
    #[serde(default)]
    pub ends_at: Option<Instant>,
    /// Whether the editors keep it back, whatever the time is.
    #[serde(default)]
    pub hidden: bool,
    /// Whether it is shown now: state that the clock deed changes at its moment.
    #[serde(default)]
    pub shown: bool,
}

/// What describes a panel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PanelFields {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: PanelKind,
    /// Where "more" leads.
    #[serde(default)]
    pub more: Option<String>,
    /// Its items in order; at most 200, three levels.
    #[serde(default)]
    pub items: Vec<PanelItem>,
}

/// A panel of a site, or of one of its columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Panel {
    /// Its identifier.
    pub id: PanelId,
    /// Its site.
    pub site: SiteId,
    /// Its column, if it is not the whole site's.
    pub column: Option<ColumnId>,
    /// Its code, unique on its page.
    pub code: String,
    /// Whether it was put away: no page shows it.
    #[serde(default)]
    pub archived: bool,
    /// How many times editors have changed it: who arranges its items says which arrangement he saw.
    #[serde(default)]
    pub revision: i64,
    /// What describes it.
    #[serde(flatten)]
    pub fields: PanelFields,
}

impl Entry for Panel {
    type Id = PanelId;
    const CHANGED_BY: &'static [Action] = &[Action::PanelChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, site_id, column_id, code, archived, revision, document from panel order by site_id, code, id",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            site: row.get(1)?,
            column: row.get(2)?,
            code: row.get(3)?,
            archived: row.get(4)?,
            revision: row.get(5)?,
            fields: row.json(6)?,
        })
    }

    fn id(&self) -> PanelId {
        self.id
    }
}
