//! Panels (页面区块): menus, carousels, banners and link lists that editors arrange by hand.

mod create;
mod edit;
mod read;

use serde::{Deserialize, Serialize};

use crate::attachment::Attached;
use crate::changes::Action;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::html::Html;
use crate::id::{ColumnId, OrganisationId, PanelId, PlacementId, SiteId, TagId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{text, web};

pub use create::CreatePanel;
pub(crate) use edit::pass_time;

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
    /// What describes it.
    #[serde(flatten)]
    pub fields: PanelFields,
}

impl Entry for Panel {
    type Id = PanelId;
    const CHANGED_BY: &'static [Action] = &[Action::PanelChanged];

    fn load() -> &'static Sql {
        static ALL: Sql =
            Sql::new("select id, site_id, column_id, code, document from panel order by site_id, code, id");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get(0)?, site: row.get(1)?, column: row.get(2)?, code: row.get(3)?, fields: row.json(4)? })
    }

    fn id(&self) -> PanelId {
        self.id
    }
}

/// The fields as they are kept at `now`, and every later moment at which an item appears or goes.
pub(crate) fn accept(mut fields: PanelFields, now: Instant, html: &Html) -> Result<(PanelFields, Vec<Instant>)> {
    fields.name = text::require("name", &fields.name, 100)?;
    if let Some(more) = &mut fields.more {
        *more = web::address("more", more)?;
    }
    let mut moments = Vec::new();
    let mut left = 200_usize;
    for item in &mut fields.items {
        accept_item(item, now, html, &mut moments, &mut left, 3)?;
    }
    moments.retain(|moment| *moment > now);
    moments.sort_unstable();
    moments.dedup();
    Ok((fields, moments))
}

fn accept_item(
    item: &mut PanelItem,
    now: Instant,
    html: &Html,
    moments: &mut Vec<Instant>,
    left: &mut usize,
    levels: usize,
) -> Result<()> {
    let too_many = || Refusal::new(RefusalCode::TooLong, "items", "最多200项、三级", "at most 200 items, three levels");
    *left = left.checked_sub(1).ok_or_else(too_many)?;
    if levels == 0 {
        return Err(too_many().into());
    }
    if item.title.is_none() && item.target.is_none() {
        return Err(Refusal::new(
            RefusalCode::Required,
            "items.title",
            "缺少标题",
            "an item needs a title or a target",
        )
        .into());
    }
    item.title = item.title.as_deref().map(|title| text::require("items.title", title, 200)).transpose()?;
    item.body = item.body.take().map(|text| html.clean("items.body", &text)).transpose()?;
    if let Some(PanelTarget::External { url, .. }) = &mut item.target {
        *url = web::address("items.target.url", url)?;
    }
    item.shown = item.starts_at.is_none_or(|at| at <= now) && item.ends_at.is_none_or(|at| at > now);
    moments.extend(item.starts_at);
    moments.extend(item.ends_at);
    for child in &mut item.children {
        accept_item(child, now, html, moments, left, levels - 1)?;
    }
    Ok(())
}
