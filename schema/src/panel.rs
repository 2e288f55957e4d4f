//! Panels (页面区块) as the contract shows them.
//!
//! Wraps the library's record. An item whose target the public may not see is not shown either: a banner must not lead
//! to what was withdrawn. Panels that are shown together load their placements in one statement, when first asked for
//! items.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use library::Scope;
use library::id::{ColumnId, PlacementId};
use library::panel::PanelTarget as Kept;
use tokio::sync::OnceCell;

use crate::attachment::Attachment;
use crate::body::Body;
use crate::column::Column;
use crate::enums::PanelKind;
use crate::organisation::Organisation;
use crate::placement::Placement;
use crate::scalars::{self, DateTime, Url, kept};
use crate::site::Site;
use crate::structure::item_id;
use crate::tag::Tag;

/// A page outside the library (外部网页).
#[derive(Debug, Clone, SimpleObject)]
pub struct ExternalPage {
    /// What it is called (标题).
    pub title: String,
    /// Its address (网址).
    pub url: Url,
}

crate::interface::union! {
    /// Where an item of a panel leads (区块项目标).
    PanelTarget { Column, Placement, Tag, Site, Organisation, ExternalPage }
}

impl PanelTarget {
    fn name(&self) -> &str {
        match self {
            Self::Column(column) => &column.column.fields.name,
            Self::Placement(placement) => placement.title(),
            Self::Tag(tag) => &tag.0.fields.name,
            Self::Site(site) => &site.0.fields.name,
            Self::Organisation(organisation) => &organisation.0.fields.name,
            Self::ExternalPage(page) => &page.title,
        }
    }

    /// Its address, as seen on the site of `panel`.
    async fn address(&self, ctx: &Context<'_>, panel: &library::panel::Panel) -> Result<Option<Url>> {
        let scope = crate::scope(ctx);
        Ok(match self {
            Self::Column(column) => Some(column.address(scope)?),
            Self::Placement(placement) => Some(placement.url(ctx).await?),
            Self::Tag(tag) => {
                let site = kept(scope.site(panel.site), "site of a panel")?;
                Some(tag.address(&site))
            }
            Self::Site(site) => Some(Url(site.0.url())),
            Self::Organisation(organisation) => organisation.0.fields.url.clone().map(Url),
            Self::ExternalPage(page) => Some(page.url.clone()),
        })
    }
}

/// Panels that are shown together, and the placements that they lead to.
struct Kin {
    panels: Vec<Arc<library::panel::Panel>>,
    placements: OnceCell<HashMap<PlacementId, Placement>>,
}

impl Kin {
    async fn placements(&self, scope: &Scope) -> Result<&HashMap<PlacementId, Placement>> {
        let load = || crate::kin::placements_of(scope, &self.panels);
        self.placements.get_or_try_init(load).await.map_err(crate::error)
    }
}

/// A panel, with the others that are shown beside it.
#[derive(Clone)]
pub struct Panel {
    /// The library's record.
    pub panel: Arc<library::panel::Panel>,
    kin: Arc<Kin>,
}

/// The items below the one at `above`, or the panel's own for an empty path.
fn level<'a>(panel: &'a library::panel::Panel, above: &[usize]) -> &'a [library::panel::PanelItem] {
    above.iter().fold(&panel.fields.items[..], |items, at| &items[*at].children[..])
}

impl Panel {
    /// A panel that is shown by itself.
    pub fn alone(panel: Arc<library::panel::Panel>) -> Self {
        let kin = Arc::new(Kin { panels: vec![panel.clone()], placements: OnceCell::new() });
        Self { panel, kin }
    }

    /// Panels that are shown together.
    pub fn together(panels: Vec<Arc<library::panel::Panel>>) -> Vec<Self> {
        let kin = Arc::new(Kin { panels: panels.clone(), placements: OnceCell::new() });
        panels.into_iter().map(|panel| Self { panel, kin: kin.clone() }).collect()
    }

    /// The items below `above` that are shown now and lead to something that may be seen, or nowhere.
    async fn seen(&self, ctx: &Context<'_>, above: Vec<usize>) -> Result<Vec<PanelItem>> {
        let scope = crate::scope(ctx);
        let placements = self.kin.placements(scope).await?;
        let items = level(&self.panel, &above);
        let columns = columns_of(scope, items);
        let mut seen = Vec::new();
        for (at, item) in items.iter().enumerate().filter(|(_, item)| item.shown) {
            let target = item.target.as_ref().map(|target| target_of(scope, target, placements, &columns));
            // A target that may not be seen takes its item along.
            let target = match target {
                Some(None) => continue,
                Some(found) => found,
                None => None,
            };
            seen.push(PanelItem { panel: self.clone(), above: above.clone(), at, target });
        }
        Ok(seen)
    }
}

/// The columns that shown items lead to: they are shown together, so they are kin.
fn columns_of(scope: &Scope, items: &[library::panel::PanelItem]) -> HashMap<ColumnId, Column> {
    let mut found = Vec::new();
    for item in items.iter().filter(|item| item.shown) {
        if let Some(Kept::Column(id)) = &item.target {
            found.extend(scope.column(*id));
        }
    }
    Column::together(found).into_iter().map(|column| (column.column.id, column)).collect()
}

fn target_of(
    scope: &Scope,
    target: &Kept,
    placements: &HashMap<PlacementId, Placement>,
    columns: &HashMap<ColumnId, Column>,
) -> Option<PanelTarget> {
    match target {
        Kept::Column(id) => columns.get(id).cloned().map(PanelTarget::Column),
        Kept::Placement(id) => placements.get(id).cloned().map(PanelTarget::Placement),
        Kept::Tag(id) => scope.tag(*id).map(|tag| PanelTarget::Tag(Tag(tag))),
        Kept::Site(id) => scope.site(*id).map(|site| PanelTarget::Site(Site(site))),
        Kept::Organisation(id) => {
            scope.organisation(*id).map(|organisation| PanelTarget::Organisation(Organisation(organisation)))
        }
        Kept::External { title, url } => {
            Some(PanelTarget::ExternalPage(ExternalPage { title: title.clone(), url: Url(url.clone()) }))
        }
    }
}

/// A panel (页面区块): a menu, carousel, banner or link list that editors arrange by hand.
#[Object]
impl Panel {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.panel.id.into()
    }

    /// Its code, unique on its page (区块代码).
    async fn code(&self) -> &str {
        &self.panel.code
    }

    /// What it is called (区块名称).
    async fn name(&self) -> &str {
        &self.panel.fields.name
    }

    /// What it is (区块类型).
    async fn kind(&self) -> PanelKind {
        self.panel.fields.kind.into()
    }

    /// Where "more" leads (更多).
    async fn more(&self) -> Option<Url> {
        self.panel.fields.more.clone().map(Url)
    }

    /// Its items that are shown now (区块项), in the editors' order.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many; at most 100 (数量).")] first: Option<i32>,
    ) -> Result<Vec<PanelItem>> {
        let most = scalars::first(first)?;
        let mut items = self.seen(ctx, Vec::new()).await?;
        items.truncate(most);
        Ok(items)
    }
}

/// An item of a panel, by its place among all items, shown or not, so that its id does not move when others appear.
pub struct PanelItem {
    panel: Panel,
    above: Vec<usize>,
    at: usize,
    target: Option<PanelTarget>,
}

impl PanelItem {
    fn item(&self) -> &library::panel::PanelItem {
        &level(&self.panel.panel, &self.above)[self.at]
    }

    fn path(&self) -> Vec<usize> {
        self.above.iter().copied().chain([self.at]).collect()
    }
}

/// An item of a panel (区块项).
#[Object]
impl PanelItem {
    /// The panel's identifier and the item's place in it; good for as long as the panel is not rearranged.
    async fn id(&self) -> ID {
        item_id(self.panel.panel.id, &self.path())
    }

    /// What it is called (标题); the target's name unless the editors gave another.
    async fn title(&self) -> &str {
        let given = self.item().title.as_deref();
        given.or(self.target.as_ref().map(PanelTarget::name)).unwrap_or_default()
    }

    /// A line below the title (摘要).
    async fn summary(&self) -> Option<&str> {
        self.item().summary.as_deref()
    }

    /// The target's address (网址); null if it leads nowhere.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        match &self.target {
            Some(target) => target.address(ctx, &self.panel.panel).await,
            None => Ok(None),
        }
    }

    /// Its picture (图片).
    async fn image(&self) -> Option<Attachment> {
        self.item().image.clone().map(Attachment)
    }

    /// When the content that it leads to was published (发布时间); null for other targets.
    async fn published_at(&self) -> Option<DateTime> {
        match &self.target {
            Some(PanelTarget::Placement(showing)) => Some(showing.placement.published_at.utc()),
            _ => None,
        }
    }

    /// Where it leads (目标).
    async fn target(&self) -> Option<&PanelTarget> {
        self.target.as_ref()
    }

    /// Its text (正文).
    async fn body(&self) -> Option<Body> {
        self.item().body.clone().map(Body::of_html)
    }

    /// The items below it that are shown now (下级项), in the editors' order.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<PanelItem>> {
        self.panel.seen(ctx, self.path()).await
    }

    /// When it begins to be shown (展示开始时间).
    async fn starts_at(&self) -> Option<DateTime> {
        self.item().starts_at.map(|at| at.utc())
    }

    /// When it ceases to be shown (展示结束时间).
    async fn ends_at(&self) -> Option<DateTime> {
        self.item().ends_at.map(|at| at.utc())
    }
}
