//! Columns (栏目): the tree of shelves of a site that contents are placed in.

mod archive;
mod cover;
mod create;
mod edit;
mod move_column;
mod read;
mod review_policy;

use serde::{Deserialize, Serialize};

use crate::attachment::Attached;
use crate::changes::{Action, KeyKind, key_of};
use crate::content::ContentKind;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{ColumnId, ContentId, OrganisationId, SiteId};
use crate::instant::Date;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, text, web};

pub use create::CreateColumn;
pub use read::{ColumnFilter, ColumnLocator};
pub(crate) use review_policy::accept as accept_review;
pub use review_policy::{MOST_LEVELS, ReviewPolicy, review_policy};

/// What a column is for (栏目类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ColumnKind {
    Channel,
    News,
    Notice,
    Policy,
    Interpretation,
    Knowledge,
    Service,
    Personnel,
    Plan,
    Consultation,
    Survey,
    Interview,
    Catalogue,
    Topic,
    Single,
    Gallery,
    Link,
}

impl ColumnKind {
    /// The value of the page tag ColumnType (网页设计规范).
    pub fn meta_column_type(self) -> &'static str {
        match self {
            Self::Channel => "频道首页",
            Self::News | Self::Gallery => "动态要闻",
            Self::Notice => "通知公告",
            Self::Policy => "政策文件",
            Self::Interpretation => "政策解读",
            Self::Knowledge => "答问知识",
            Self::Service => "办事服务",
            Self::Personnel => "人事信息",
            Self::Plan => "规划计划",
            Self::Consultation => "政务咨询",
            Self::Survey => "调查征集",
            Self::Interview => "互动访谈",
            Self::Catalogue => "政府信息公开",
            Self::Topic => "专题专栏",
            Self::Single => "概况信息",
            Self::Link => "链接栏目",
        }
    }
}

/// Whether a column is kept up (栏目状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ColumnStatus {
    Open,
    Maintenance,
    Closed,
}

/// Whether others may have it (共享类型: 无条件 / 有条件 / 不予共享).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ShareType {
    #[default]
    Open,
    Conditional,
    None,
}

/// What describes a column (UCAP page tags, 六安).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColumnFields {
    /// ColumnName.
    pub name: String,
    /// ColumnDescription.
    pub description: String,
    /// ColumnKeywords.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What it is for.
    pub kind: ColumnKind,
    /// Order among its siblings, smallest first.
    #[serde(default)]
    pub rank: i64,
    /// Whether the site's navigation shows it.
    #[serde(default)]
    pub in_navigation: bool,
    /// Where a LINK column leads.
    #[serde(default)]
    pub link_url: Option<String>,
    /// Its picture.
    #[serde(default)]
    pub cover: Option<Attached>,
    /// The name of the front end's template.
    #[serde(default)]
    pub template: Option<String>,
    /// The first day of a topic.
    #[serde(default)]
    pub opens_on: Option<Date>,
    /// The last day of a topic.
    #[serde(default)]
    pub closed_on: Option<Date>,
    /// The kinds that may be placed in it; empty for all.
    #[serde(default)]
    pub accepts: Vec<ContentKind>,
    /// Who keeps it.
    #[serde(default)]
    pub owner: Option<OrganisationId>,
    /// What a SINGLE column shows instead of a list.
    #[serde(default)]
    pub landing: Option<ContentId>,
    /// BCP 47; the site's if not given.
    #[serde(default)]
    pub language: Option<String>,
    /// The column of which this is an edition in another language.
    #[serde(default)]
    pub edition_of: Option<ColumnId>,
    /// Whether other sites may have it.
    pub share_type: ShareType,
    /// How often it must change, in days.
    #[serde(default)]
    pub update_cycle_days: Option<i32>,
    /// How contents of it are reviewed; as above it if not given. Internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewPolicy>,
}

/// A column.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Column {
    /// Its identifier.
    pub id: ColumnId,
    /// Its site.
    pub site: SiteId,
    /// What it hangs under.
    pub parent: Option<ColumnId>,
    /// Its path on the site.
    pub path: String,
    /// Whether it is kept up.
    pub status: ColumnStatus,
    /// What describes it.
    #[serde(flatten)]
    pub fields: ColumnFields,
}

impl Column {
    /// How deep it lies; 1 for a first-level column.
    pub fn depth(&self) -> usize {
        self.path.matches('/').count()
    }
}

impl Entry for Column {
    type Id = ColumnId;
    const CHANGED_BY: &'static [Action] = &[Action::ColumnChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, site_id, parent_id, path, status, document from site_column order by site_id, rank, path",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            site: row.get(1)?,
            parent: row.get(2)?,
            path: row.get(3)?,
            status: row.text(4).and_then(|text| text.parse().ok()).unwrap_or(ColumnStatus::Closed),
            fields: row.json(5)?,
        })
    }

    fn id(&self) -> ColumnId {
        self.id
    }

    fn parent(&self) -> Option<ColumnId> {
        self.parent
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        vec![(KeyKind::Path, key_of(&self.site.to_string(), &self.path))]
    }
}

/// Refuses the paths that are the addresses of contents and tags.
fn not_reserved(path: &str) -> Result<()> {
    if path == "/content" || path.starts_with("/content/") || path == "/tag" || path.starts_with("/tag/") {
        return Err(Refusal::new(
            RefusalCode::Invalid,
            "path",
            "/content 与 /tag 为信息和标签地址保留",
            "/content and /tag are the addresses of contents and tags",
        )
        .into());
    }
    Ok(())
}

/// The most keywords of a column.
const MOST_KEYWORDS: usize = 30;

fn accept(mut fields: ColumnFields, directory: &Directory) -> Result<ColumnFields> {
    fields.name = text::require("name", &fields.name, 100)?;
    fields.description = text::accept("description", &fields.description, 500)?;
    if let Some(url) = &mut fields.link_url {
        *url = web::address("link_url", url)?;
    }
    for keyword in &mut fields.keywords {
        *keyword = text::require("keywords", keyword, 50)?;
    }
    if fields.keywords.len() > MOST_KEYWORDS {
        let (message, english) = (format!("最多{MOST_KEYWORDS}个关键词"), format!("at most {MOST_KEYWORDS} keywords"));
        return Err(Refusal::new(RefusalCode::TooLong, "keywords", message, english).into());
    }
    for (path, said, most) in [("template", &mut fields.template, 100), ("language", &mut fields.language, 35)] {
        *said = said.as_deref().map(|said| text::accept(path, said, most)).transpose()?.filter(|said| !said.is_empty());
    }
    let invalid = |path: &str, message: &str, english: &str| {
        Err(Refusal::new(RefusalCode::Invalid, path, message, english).into())
    };
    if fields.opens_on.zip(fields.closed_on).is_some_and(|(from, until)| until < from) {
        return invalid("closed_on", "结束日期早于开始日期", "ends before it begins");
    }
    if fields.update_cycle_days.is_some_and(|days| !(1..=3660).contains(&days)) {
        return invalid("update_cycle_days", "更新周期应为1至3660天", "1 to 3660 days");
    }
    if fields.edition_of.is_some_and(|edition| directory.columns.get(edition).is_none()) {
        return Err(Refusal::not_found("edition_of").into());
    }
    if fields.owner.is_some_and(|owner| directory.organisations.get(owner).is_none()) {
        return Err(Refusal::not_found("owner").into());
    }
    fields.review = fields.review.map(review_policy::accept).transpose()?;
    Ok(fields)
}
