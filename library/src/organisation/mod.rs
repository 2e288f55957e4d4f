//! Organisations (机构): who publishes, issues and runs; four levels from city to village.

mod close;
mod create;
mod edit;
mod kept;
mod merge;
mod move_organisation;
mod read;
mod rules;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind};
use crate::content::FieldEntry;
use crate::database::{Row, Sql};
use crate::directory::{Directory, Entry};
use crate::id::{OrganisationId, SiteId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::site::AdministrativeLevel;

pub use create::CreateOrganisation;
pub use move_organisation::MoveOrganisation;
pub use read::{OrganisationFilter, OrganisationLocator};
pub(crate) use rules::active;
use rules::{accept, may_hang_under};

/// Whether an organisation still acts (机构状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum OrganisationState {
    Active,
    Merged,
    Closed,
}

/// An office within an organisation (内设机构).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Office {
    pub name: String,
    #[serde(default)]
    pub functions: Option<String>,
    #[serde(default)]
    pub head: Option<String>,
    #[serde(default)]
    pub telephone: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
}

/// What describes an organisation (条例 20(2)).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrganisationFields {
    /// The full name, not abbreviated.
    pub name: String,
    /// The usual short form.
    #[serde(default)]
    pub short_name: Option<String>,
    /// 统一社会信用代码, 18 characters.
    #[serde(default)]
    pub credit_code: Option<String>,
    /// Its level.
    pub level: AdministrativeLevel,
    /// 行政区划代码.
    #[serde(default)]
    pub division_code: Option<String>,
    /// What it hangs under.
    #[serde(default)]
    pub parent: Option<OrganisationId>,
    /// Order among its siblings, smallest first.
    #[serde(default)]
    pub rank: i64,
    /// 机关职能, HTML.
    #[serde(default)]
    pub functions: Option<String>,
    /// 内设机构.
    #[serde(default)]
    pub offices: Vec<Office>,
    /// 办公地址.
    #[serde(default)]
    pub address: Option<String>,
    /// 办公时间.
    #[serde(default)]
    pub office_hours: Option<String>,
    /// 联系电话.
    #[serde(default)]
    pub telephone: Option<String>,
    /// 传真.
    #[serde(default)]
    pub fax: Option<String>,
    /// 邮政编码.
    #[serde(default)]
    pub postcode: Option<String>,
    /// 电子邮箱.
    #[serde(default)]
    pub email: Option<String>,
    /// Its page or site.
    #[serde(default)]
    pub url: Option<String>,
    /// The site that it sponsors as its own.
    #[serde(default)]
    pub site: Option<SiteId>,
    /// Values of fields of its site's own, or of the library's.
    #[serde(default)]
    pub fields: Vec<FieldEntry>,
}

/// An organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its code, unique in the library.
    pub code: String,
    /// Where it went, if it was merged.
    pub merged_into: Option<OrganisationId>,
    /// When it was closed, if it was.
    #[serde(default)]
    pub closed_at: Option<Instant>,
    /// What describes it.
    #[serde(flatten)]
    pub fields: OrganisationFields,
}

impl Organisation {
    /// Whether it still acts.
    pub fn state(&self) -> OrganisationState {
        match (self.merged_into, self.closed_at) {
            (Some(_), _) => OrganisationState::Merged,
            (None, Some(_)) => OrganisationState::Closed,
            (None, None) => OrganisationState::Active,
        }
    }

    /// Whether it was neither merged nor closed.
    pub fn is_active(&self) -> bool {
        self.state() == OrganisationState::Active
    }
}

impl Entry for Organisation {
    type Id = OrganisationId;
    const CHANGED_BY: &'static [Action] = &[Action::OrganisationChanged];

    fn load() -> &'static Sql {
        static ALL: Sql =
            Sql::new("select id, code, merged_into_id, closed_at, document from organisation order by rank, code");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            code: row.get(1)?,
            merged_into: row.get(2)?,
            closed_at: row.get(3)?,
            fields: row.json(4)?,
        })
    }

    fn id(&self) -> OrganisationId {
        self.id
    }

    fn parent(&self) -> Option<OrganisationId> {
        self.fields.parent
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        let mut keys = vec![(KeyKind::OrganisationCode, self.code.clone())];
        keys.extend(self.fields.credit_code.iter().map(|code| (KeyKind::CreditCode, code.clone())));
        keys
    }
}

/// The longest chain of merges that is followed.
const MOST_MERGES: usize = 32;

impl Directory {
    /// What an organisation is now: itself, or what it was merged into, however often.
    pub(crate) fn unit_of(&self, id: OrganisationId) -> OrganisationId {
        let mut id = id;
        for _ in 0..MOST_MERGES {
            match self.organisations.get(id).and_then(|unit| unit.merged_into) {
                Some(target) => id = target,
                None => break,
            }
        }
        id
    }

    /// Whether an organisation is `wanted`, merged ones counting as what they were merged into; `deep`, or lies below it.
    pub(crate) fn is_unit(&self, unit: OrganisationId, wanted: OrganisationId, deep: bool) -> bool {
        let (unit, wanted) = (self.unit_of(unit), self.unit_of(wanted));
        unit == wanted || (deep && self.organisations.ancestors(unit).iter().any(|above| above.id == wanted))
    }
}
