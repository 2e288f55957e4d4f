//! Organisations (机构): who publishes, issues and runs; four levels from city to village.

mod create;
mod edit;
mod read;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind};
use crate::content::FieldEntry;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::html::Html;
use crate::id::{OrganisationId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::site::AdministrativeLevel;
use crate::{Directory, text, web};

pub use create::CreateOrganisation;
pub use read::{OrganisationFilter, OrganisationLocator};

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
    /// What describes it.
    #[serde(flatten)]
    pub fields: OrganisationFields,
}

impl Entry for Organisation {
    type Id = OrganisationId;
    const CHANGED_BY: &'static [Action] = &[Action::OrganisationChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new("select id, code, merged_into_id, document from organisation order by rank, code");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get(0)?, code: row.get(1)?, merged_into: row.get(2)?, fields: row.json(3)? })
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

fn accept(
    mut fields: OrganisationFields,
    id: Option<OrganisationId>,
    directory: &Directory,
    html: &Html,
) -> Result<OrganisationFields> {
    fields.name = text::require("name", &fields.name, 200)?;
    fields.functions = fields.functions.map(|text| html.clean("functions", &text)).transpose()?;
    if let Some(parent) = fields.parent {
        if directory.organisations.get(parent).is_none() {
            return Err(Refusal::not_found("parent").into());
        }
        if id.is_some_and(|id| directory.organisations.family(id).contains(&parent)) {
            return Err(Refusal::new(
                crate::RefusalCode::Loop,
                "parent",
                "上级机构不能是自身或下级",
                "would be its own parent",
            )
            .into());
        }
    }
    if let Some(code) = &fields.credit_code
        && directory.organisations.by_key(KeyKind::CreditCode, code).is_some_and(|other| Some(other.id) != id)
    {
        return Err(Refusal::duplicate("credit_code").into());
    }
    if let Some(url) = &mut fields.url {
        *url = web::address("url", url)?;
    }
    for entry in &mut fields.fields {
        let own = |field: &&std::sync::Arc<crate::field::FieldDefinition>| {
            field.key == entry.key && (field.site.is_none() || field.site == fields.site)
        };
        let definition = directory.fields.all().iter().find(own).ok_or_else(|| Refusal::not_found("fields"))?;
        entry.value = definition.accept("fields", entry.value.take())?;
    }
    Ok(fields)
}
