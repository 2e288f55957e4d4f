//! Sites (站点): who runs them, where they are found, how they number and address their contents.

mod create;
mod edit;
mod kept;
mod months;
mod read;
mod rules;
mod status;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::finding::Severities;
use crate::id::{ContentId, OrganisationId, SiteId};
use crate::instant::{DayZone, Instant};
use crate::refusal::Result;

pub use create::CreateSite;
pub use months::Month;
pub use read::{SiteFilter, SiteLocator};
pub(crate) use rules::wrong_state;
use rules::{accept, may_hang_under, may_sponsor};

/// The administrative level of a site or organisation (行政级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum AdministrativeLevel {
    Province,
    City,
    County,
    Town,
    Village,
}

/// What kind of front end a site is (站点类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SiteKind {
    Portal,
    Department,
    County,
    Channel,
    MiniProgram,
    Screen,
}

/// Whether a site is open to the public (运行状态). Only RUNNING sites show content; PREPARING ones are not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SiteStatus {
    Preparing,
    Running,
    Suspended,
    Closed,
}

/// What describes a site (71号, 网页设计规范).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteFields {
    /// 网站名称.
    pub name: String,
    /// A short name for crumbs and lists.
    #[serde(default)]
    pub short_name: Option<String>,
    /// Its host names, the main one first; at most 50.
    pub hosts: Vec<String>,
    /// 网站标识码, ten characters.
    #[serde(default)]
    pub site_id_code: Option<String>,
    /// 行政级别.
    pub level: AdministrativeLevel,
    /// 站点类型.
    pub kind: SiteKind,
    /// What readers are told while it is suspended or closed.
    #[serde(default)]
    pub status_notice: Option<String>,
    /// BCP 47 language tag.
    pub language: String,
    /// IANA time zone.
    #[serde(default = "shanghai")]
    pub time_zone: String,
    /// The site of which this one is an edition in another language.
    #[serde(default)]
    pub edition_of: Option<SiteId>,
    /// 主办单位.
    pub sponsor: OrganisationId,
    /// 承办单位.
    #[serde(default)]
    pub operators: Vec<OrganisationId>,
    /// ICP备案号.
    #[serde(default)]
    pub icp_number: Option<String>,
    /// 公安备案号.
    #[serde(default)]
    pub police_record_number: Option<String>,
    /// 联系方式.
    #[serde(default)]
    pub contact: Option<String>,
    /// 党政机关标识.
    #[serde(default)]
    pub party_government_mark_url: Option<String>,
    /// "我为政府网站找错"入口.
    #[serde(default)]
    pub error_report_url: Option<String>,
    /// Reachable over IPv6.
    #[serde(default)]
    pub ipv6_ready: bool,
    /// 无障碍.
    #[serde(default)]
    pub accessible: bool,
    /// 适老化.
    #[serde(default)]
    pub elder_mode: bool,
    /// How index numbers are made: `{org9}`, `{year}`, `{month}` and `{serialN}` (N digits).
    #[serde(default = "national_pattern")]
    pub index_number_pattern: String,
    /// How grave what content checks find is on this site, where it is not as the rules say.
    #[serde(default)]
    pub checks: Severities,
    /// Settings for the site's own front end; public by contract.
    #[serde(default)]
    pub front_end_settings: serde_json::Map<String, serde_json::Value>,
    /// How its contents are reviewed where no column says otherwise; one review if not given. Internal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<crate::column::ReviewPolicy>,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

/// 目录指引 (国办秘函〔2009〕6号): front part, slash, year, hyphen, five digits.
fn national_pattern() -> String {
    "{org9}/{year}-{serial5}".to_owned()
}

/// A site.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Site {
    /// Its identifier.
    pub id: SiteId,
    /// Its code, unique in the library.
    pub code: String,
    /// The site above it.
    pub parent: Option<SiteId>,
    /// Whether it is open.
    pub status: SiteStatus,
    /// What describes it.
    #[serde(flatten)]
    pub fields: SiteFields,
}

impl Site {
    /// The address of its home page.
    pub fn url(&self) -> String {
        format!("https://{}", self.fields.hosts.first().map_or("localhost", String::as_str))
    }

    /// The address of `path` on it.
    pub fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }

    /// The path of a content on it: `/content/{yyyymm}/{short id}`, without any column in it, so that moving the
    /// content or renaming a column breaks no address.
    pub fn content_path(zone: DayZone, id: ContentId, published_at: Instant) -> String {
        format!("/content/{}/{}", zone.year_month(published_at), id.short())
    }

    /// Whether it shows content to the public.
    pub fn is_running(&self) -> bool {
        self.status == SiteStatus::Running
    }
}

impl Entry for Site {
    type Id = SiteId;
    const CHANGED_BY: &'static [Action] = &[Action::SiteChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new("select id, code, parent_id, status, document from site order by code");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            code: row.get(1)?,
            parent: row.get(2)?,
            status: row.text(3).and_then(|text| text.parse().ok()).unwrap_or(SiteStatus::Closed),
            fields: row.json(4)?,
        })
    }

    fn id(&self) -> SiteId {
        self.id
    }

    fn parent(&self) -> Option<SiteId> {
        self.parent
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        let mut keys = vec![(KeyKind::SiteCode, self.code.clone())];
        keys.extend(self.fields.hosts.iter().map(|host| (KeyKind::Host, host.clone())));
        keys
    }
}
