//! Grants (授权): which role an account has, and where. What a role may do is decided in [`crate::may`].

mod grant_role;
mod read;
mod revoke;

use serde::{Deserialize, Serialize};

use crate::Directory;
use crate::account::Account;
use crate::changes::{Action, Effect, List, Work};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AccountId, AnyId, ColumnId, GrantId, OrganisationId, SiteId};
use crate::refusal::{Error, Refusal, RefusalCode, Result};

pub use grant_role::GrantRole;
pub(crate) use revoke::require_another_administrator;

/// What an account is somewhere (角色).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// 平台管理员.
    PlatformAdmin,
    /// 站点管理员.
    SiteAdmin,
    /// 编辑.
    Editor,
    /// 审核员, of one level.
    Reviewer,
    /// 发布员.
    Publisher,
    /// 标签管理员.
    TagSteward,
    /// 审计员.
    Auditor,
}

impl Role {
    /// Its name in Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "平台管理员",
            Self::SiteAdmin => "站点管理员",
            Self::Editor => "编辑",
            Self::Reviewer => "审核员",
            Self::Publisher => "发布员",
            Self::TagSteward => "标签管理员",
            Self::Auditor => "审计员",
        }
    }

    /// Whether a grant of it may be of this scope.
    pub fn fits(self, scope: GrantScope) -> bool {
        use GrantScope::{Column, Organisation, Platform, Site};
        match self {
            Self::PlatformAdmin => matches!(scope, Platform),
            Self::SiteAdmin => matches!(scope, Site(_)),
            Self::Editor | Self::Reviewer | Self::Publisher => true,
            Self::TagSteward => matches!(scope, Platform | Organisation(_)),
            Self::Auditor => matches!(scope, Platform | Site(_) | Organisation(_)) && !matches!(scope, Column(_)),
        }
    }
}

/// Where a role holds (授权范围).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantScope {
    /// Everywhere.
    Platform,
    /// A site and those below it.
    Site(SiteId),
    /// An organisation and those below it: what they publish, and the sites that they sponsor.
    Organisation(OrganisationId),
    /// A column and those below it.
    Column(ColumnId),
}

impl GrantScope {
    /// The scope that is this record; nothing for records of other nouns.
    pub fn of(id: AnyId) -> Option<Self> {
        match id {
            AnyId::SiteId(id) => Some(Self::Site(id)),
            AnyId::OrganisationId(id) => Some(Self::Organisation(id)),
            AnyId::ColumnId(id) => Some(Self::Column(id)),
            _ => None,
        }
    }

    /// The record that it is; nothing for the platform.
    pub fn id(self) -> Option<AnyId> {
        match self {
            Self::Platform => None,
            Self::Site(id) => Some(AnyId::SiteId(id)),
            Self::Organisation(id) => Some(AnyId::OrganisationId(id)),
            Self::Column(id) => Some(AnyId::ColumnId(id)),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Platform => "PLATFORM",
            Self::Site(_) => "SITE",
            Self::Organisation(_) => "ORGANISATION",
            Self::Column(_) => "COLUMN",
        }
    }

    fn uuid(self) -> Option<uuid::Uuid> {
        match self {
            Self::Platform => None,
            Self::Site(id) => Some(id.0),
            Self::Organisation(id) => Some(id.0),
            Self::Column(id) => Some(id.0),
        }
    }

    /// Whether its record is there.
    fn exists(self, directory: &Directory) -> bool {
        match self {
            Self::Platform => true,
            Self::Site(id) => directory.sites.get(id).is_some(),
            Self::Organisation(id) => directory.organisations.get(id).is_some(),
            Self::Column(id) => directory.columns.get(id).is_some(),
        }
    }
}

/// A role that an account has somewhere.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// Whose.
    pub account: AccountId,
    /// Which role.
    pub role: Role,
    /// The level that a reviewer reviews at, 1 to 4.
    pub level: Option<u8>,
    /// Where.
    pub scope: GrantScope,
}

impl Entry for Grant {
    type Id = GrantId;
    // The first administrator is an account and a grant in one deed.
    const CHANGED_BY: &'static [Action] = &[Action::GrantChanged, Action::AccountChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, account_id, role, level, scope_kind, scope_id from role_grant order by created_at, id",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        let unknown = || Error::Database("a grant has a role or a scope that is not known".to_owned());
        let level: i64 = row.get(3)?;
        let scope: Option<uuid::Uuid> = row.get(5)?;
        let scope = match (row.text(4), scope) {
            (Some("PLATFORM"), None) => GrantScope::Platform,
            (Some("SITE"), Some(id)) => GrantScope::Site(SiteId(id)),
            (Some("ORGANISATION"), Some(id)) => GrantScope::Organisation(OrganisationId(id)),
            (Some("COLUMN"), Some(id)) => GrantScope::Column(ColumnId(id)),
            _ => return Err(unknown()),
        };
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            role: row.text(2).and_then(|text| text.parse().ok()).ok_or_else(unknown)?,
            level: u8::try_from(level).ok().filter(|level| *level > 0),
            scope,
        })
    }

    fn id(&self) -> GrantId {
        self.id
    }
}

impl List {
    /// The grants of an account.
    pub(crate) fn grants(account: AccountId) -> Self {
        Self::Of("grants", AnyId::AccountId(account))
    }
}

impl Directory {
    /// The grants of an account, while it is active.
    pub(crate) fn grants_of(&self, account: AccountId) -> impl Iterator<Item = &Grant> {
        let active = self.accounts.get(account).is_some_and(|account: &std::sync::Arc<Account>| account.is_active());
        self.grants.all().iter().map(AsRef::as_ref).filter(move |grant: &&Grant| active && grant.account == account)
    }
}

/// Writes a grant.
pub(crate) async fn insert(
    work: &mut Work,
    account: AccountId,
    role: Role,
    level: Option<u8>,
    scope: GrantScope,
) -> Result<GrantId> {
    static INSERT: Sql = Sql::new(
        "insert into role_grant (id, account_id, role, level, scope_kind, scope_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    );
    let id = GrantId(work.library().new_id());
    let name: &str = role.into();
    let params = [
        id.into(),
        account.into(),
        name.into(),
        i64::from(level.unwrap_or(0)).into(),
        scope.kind().into(),
        scope.uuid().into(),
        work.at.into(),
    ];
    work.run(&INSERT, &params).await?;
    work.record(AnyId::GrantId(id), Effect::Entered);
    work.list(List::grants(account));
    Ok(id)
}

/// Refuses a scope or a level that the role does not have.
fn check(directory: &Directory, role: Role, level: Option<u8>, scope: GrantScope) -> Result<()> {
    if !scope.exists(directory) {
        return Err(Refusal::not_found("scope").into());
    }
    if !role.fits(scope) {
        let (message, english) = ("该角色不能授予此范围", "this role cannot be given there");
        return Err(Refusal::new(RefusalCode::Invalid, "scope", message, english).into());
    }
    let fits = match role {
        Role::Reviewer => level.is_some_and(|level| (1..=4).contains(&level)),
        _ => level.is_none(),
    };
    if !fits {
        let (message, english) =
            ("审核员须有1至4级的审核级别，其他角色没有", "reviewers have a level from 1 to 4, others none");
        return Err(Refusal::new(RefusalCode::Invalid, "level", message, english).into());
    }
    Ok(())
}
