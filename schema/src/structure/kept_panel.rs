//! A panel as who arranges it sees it: all of its items, shown or not.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use library::panel::PanelTarget;

use super::panel_item::item_id;
use crate::attachment::Attachment;
use crate::enums::PanelKind;
use crate::node::Node;
use crate::panel::ExternalPage;
use crate::scalars::{DateTime, Html, Url, int};

/// A panel that the asker may arrange: who found it, has asked the library.
#[derive(Clone)]
pub struct DeskPanel(pub Arc<library::panel::Panel>);

/// A panel as who arranges it sees it (区块编排): `Panel` shows of it what the public sees now.
#[Object]
impl DeskPanel {
    /// The panel's identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The identifier of its site (站点标识).
    async fn site_id(&self) -> ID {
        self.0.site.into()
    }

    /// The identifier of its column, if it is not the whole site's (栏目标识).
    async fn column_id(&self) -> Option<ID> {
        self.0.column.map(Into::into)
    }

    /// Its code, unique on its page (区块代码).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is called (区块名称).
    async fn name(&self) -> &str {
        &self.0.fields.name
    }

    /// What it is (区块类型).
    async fn kind(&self) -> PanelKind {
        self.0.fields.kind.into()
    }

    /// Where "more" leads (更多).
    async fn more(&self) -> Option<Url> {
        self.0.fields.more.clone().map(Url)
    }

    /// Whether it was put away (已归档).
    async fn archived(&self) -> bool {
        self.0.archived
    }

    /// How many times editors have changed it (版本号), for `expectedRevision`.
    async fn revision(&self) -> i32 {
        int(self.0.revision)
    }

    /// All of its items in their order (区块项).
    async fn items(&self) -> Vec<DeskPanelItem> {
        DeskPanelItem::below(&self.0, &[], &self.0.fields.items)
    }
}

/// An item of a panel, with its place.
pub struct DeskPanelItem {
    panel: Arc<library::panel::Panel>,
    place: Vec<usize>,
    item: library::panel::PanelItem,
}

impl DeskPanelItem {
    /// The items below the place `above`.
    fn below(panel: &Arc<library::panel::Panel>, above: &[usize], items: &[library::panel::PanelItem]) -> Vec<Self> {
        let place = |at: usize| above.iter().copied().chain([at]).collect();
        let one = |(at, item): (usize, &library::panel::PanelItem)| Self {
            panel: panel.clone(),
            place: place(at),
            item: item.clone(),
        };
        items.iter().enumerate().map(one).collect()
    }
}

/// An item of a panel as who arranges it sees it (区块项编排).
#[Object]
impl DeskPanelItem {
    /// The panel's identifier and the item's place in it (标识), good for the revision that it was read in.
    async fn id(&self) -> ID {
        item_id(self.panel.id, &self.place)
    }

    /// The title that the editors gave (标题); null if the target's name stands for it.
    async fn title(&self) -> Option<&str> {
        self.item.title.as_deref()
    }

    /// A line below the title (摘要).
    async fn summary(&self) -> Option<&str> {
        self.item.summary.as_deref()
    }

    /// Its picture (图片); its file is public while the item is shown.
    async fn image(&self) -> Option<Attachment> {
        self.item.image.clone().map(Attachment)
    }

    /// The identifier of what it leads to within the library (目标标识).
    async fn target_id(&self) -> Option<ID> {
        match self.item.target.as_ref()? {
            PanelTarget::Column(id) => Some((*id).into()),
            PanelTarget::Placement(id) => Some((*id).into()),
            PanelTarget::Tag(id) => Some((*id).into()),
            PanelTarget::Site(id) => Some((*id).into()),
            PanelTarget::Organisation(id) => Some((*id).into()),
            PanelTarget::External { .. } => None,
        }
    }

    /// What it leads to within the library (目标); null if the public does not see that, so that the item is not shown.
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = self.target_id(ctx).await? else { return Ok(None) };
        Ok(crate::node::find(crate::scope(ctx), vec![id]).await?.pop().flatten())
    }

    /// The page outside that it leads to (外部网页).
    async fn page(&self) -> Option<ExternalPage> {
        match self.item.target.as_ref()? {
            PanelTarget::External { title, url } => Some(ExternalPage { title: title.clone(), url: Url(url.clone()) }),
            _ => None,
        }
    }

    /// Its text (正文).
    async fn body_html(&self) -> Option<Html> {
        self.item.body.clone().map(Html)
    }

    /// The items below it (下级项).
    async fn children(&self) -> Vec<DeskPanelItem> {
        Self::below(&self.panel, &self.place, &self.item.children)
    }

    /// When it begins to be shown (展示开始时间).
    async fn starts_at(&self) -> Option<DateTime> {
        self.item.starts_at.map(|at| at.utc())
    }

    /// When it ceases to be shown (展示结束时间).
    async fn ends_at(&self) -> Option<DateTime> {
        self.item.ends_at.map(|at| at.utc())
    }

    /// Whether the editors keep it back, whatever the time is (隐藏).
    async fn hidden(&self) -> bool {
        self.item.hidden
    }

    /// Whether it is shown now, as far as the editors and the time decide (当前显示).
    async fn shown(&self) -> bool {
        self.item.shown
    }
}
