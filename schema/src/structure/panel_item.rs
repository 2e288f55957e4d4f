//! Items of panels as they are given: a whole tree, or an arrangement of one level of it.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject, Result};
use library::Instant;
use library::id::PanelId;
use library::panel::{Arranged, PanelItem, PanelTarget};

use super::given::given_moment;
use super::leader::PictureInput;
use crate::scalars::{DateTime, Html, Url, bad_input, id};

/// A page outside the library (外部网页).
#[derive(Debug, Clone, InputObject)]
pub struct PanelPageInput {
    /// What it is called (标题).
    pub title: String,
    /// Its address (网址).
    pub url: Url,
}

/// Where an item of a panel leads (区块项目标): exactly one of these.
#[derive(Debug, Clone, OneofObject)]
pub enum PanelTargetInput {
    /// A column (栏目).
    Column(ID),
    /// A showing of a content (信息展示).
    Placement(ID),
    /// A tag (标签).
    Tag(ID),
    /// A site (站点).
    Site(ID),
    /// An organisation (机构).
    Organisation(ID),
    /// A page outside (外部网页).
    Page(PanelPageInput),
}

impl TryFrom<PanelTargetInput> for PanelTarget {
    type Error = async_graphql::Error;

    fn try_from(target: PanelTargetInput) -> Result<Self> {
        Ok(match target {
            PanelTargetInput::Column(given) => Self::Column(id(&given)?),
            PanelTargetInput::Placement(given) => Self::Placement(id(&given)?),
            PanelTargetInput::Tag(given) => Self::Tag(id(&given)?),
            PanelTargetInput::Site(given) => Self::Site(id(&given)?),
            PanelTargetInput::Organisation(given) => Self::Organisation(id(&given)?),
            PanelTargetInput::Page(PanelPageInput { title, url }) => Self::External { title, url: url.0 },
        })
    }
}

/// One item of a panel (区块项); it needs a title or a target.
#[derive(Debug, Clone, InputObject)]
pub struct PanelItemInput {
    /// What it is called (标题); the target's name if not given.
    pub title: Option<String>,
    /// A line below the title (摘要).
    pub summary: Option<String>,
    /// Its picture (图片).
    pub image: Option<PictureInput>,
    /// Where it leads (目标).
    pub target: Option<PanelTargetInput>,
    /// Its text, as HTML that is cleaned (正文).
    pub body_html: Option<Html>,
    /// The items below it (下级项); three levels in all.
    #[graphql(default)]
    pub children: Vec<PanelItemInput>,
    /// When it begins to be shown (展示开始时间).
    pub starts_at: Option<DateTime>,
    /// When it ceases to be shown (展示结束时间).
    pub ends_at: Option<DateTime>,
    /// Whether it is kept back, whatever the time is (隐藏).
    #[graphql(default = false)]
    pub hidden: bool,
}

impl TryFrom<PanelItemInput> for PanelItem {
    type Error = async_graphql::Error;

    fn try_from(item: PanelItemInput) -> Result<Self> {
        Ok(Self {
            title: item.title,
            summary: item.summary,
            image: item.image.map(PictureInput::chosen).transpose()?,
            target: item.target.map(TryInto::try_into).transpose()?,
            body: item.body_html.map(|html| html.0),
            children: panel_items(item.children)?,
            starts_at: item.starts_at.map(|at| Instant::of(&at)),
            ends_at: item.ends_at.map(|at| Instant::of(&at)),
            hidden: item.hidden,
            shown: false,
        })
    }
}

/// Items as the deed takes them.
///
/// # Errors
/// `BAD_USER_INPUT` for malformed identifiers.
pub fn panel_items(items: Vec<PanelItemInput>) -> Result<Vec<PanelItem>> {
    items.into_iter().map(TryInto::try_into).collect()
}

/// One item in its new place (区块项编排); what is not given stays.
#[derive(Debug, Clone, InputObject)]
pub struct ArrangedItemInput {
    /// Which item, by the identifier that it has in the revision that was seen (区块项).
    pub item: ID,
    /// Whether it is kept back, whatever the time is (隐藏).
    pub hidden: Option<bool>,
    /// When it begins to be shown; null for from now on (展示开始时间).
    pub starts_at: MaybeUndefined<DateTime>,
    /// When it ceases to be shown; null for never (展示结束时间).
    pub ends_at: MaybeUndefined<DateTime>,
}

impl ArrangedItemInput {
    /// The item's place among those below `under` of a panel.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` if it is malformed or names an item that is not directly there.
    pub fn placed(self, panel: PanelId, under: &[usize]) -> Result<Arranged> {
        let place = place_of(&self.item, panel)?;
        let (at, above) = place.split_last().ok_or_else(not_an_item)?;
        if above != under {
            return Err(bad_input("items: each lies directly below `under`"));
        }
        let (starts_at, ends_at) = (given_moment(self.starts_at), given_moment(self.ends_at));
        Ok(Arranged { at: *at, hidden: self.hidden, starts_at, ends_at })
    }
}

/// The identifier of the item at a place of a panel.
pub fn item_id(panel: PanelId, place: &[usize]) -> ID {
    let steps: Vec<String> = place.iter().map(usize::to_string).collect();
    ID(format!("{panel}:{}", steps.join(".")))
}

/// The place that the identifier of an item of `panel` tells.
///
/// # Errors
/// `BAD_USER_INPUT` if it is malformed, or of another panel.
pub fn place_of(item: &ID, panel: PanelId) -> Result<Vec<usize>> {
    let (of, steps) = item.0.split_once(':').ok_or_else(not_an_item)?;
    if of.parse() != Ok(panel) {
        return Err(not_an_item());
    }
    steps.split('.').map(|step| step.parse().map_err(|_| not_an_item())).collect()
}

fn not_an_item() -> async_graphql::Error {
    bad_input("not an item of this panel")
}
