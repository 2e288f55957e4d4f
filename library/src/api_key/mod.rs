//! Keys of front ends and other systems (接口密钥): by one, a system acts for an account, narrowed to a site and to rights
//! that are named. A key never administers, and what is public it reads as everybody does.
//!
//! Of the key itself only a hash is kept. When it was last used stands beside it, in no log.

mod bearer;
mod create;
mod read;
mod revoke;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind, List};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::grant::GrantScope;
use crate::id::{AccountId, ApiKeyId, SiteId};
use crate::instant::Instant;
use crate::may::Right;
use crate::refusal::Result;

pub(crate) use bearer::Uses;
pub use create::{CreateApiKey, MadeApiKey};

/// What a key is good for, within what its account may (密钥权限).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ApiKeyRight {
    /// To read what is not published yet.
    Preview,
    /// To do deeds.
    Deeds,
    /// To register operations of its application, and to retire them.
    Operations,
}

/// What describes a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyFields {
    /// What it is for, as lists show it.
    pub name: String,
    /// What it is good for.
    pub rights: Vec<ApiKeyRight>,
    /// The application that it is made for: it runs what that has registered and nothing else, unless it registers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
}

/// A key of a system.
#[derive(Clone)]
pub struct ApiKey {
    /// Its identifier.
    pub id: ApiKeyId,
    /// For which account it acts.
    pub account: AccountId,
    /// Where: on a site and those below it; nothing for the whole platform.
    pub site: Option<SiteId>,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is good for nothing.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// What describes it.
    pub fields: ApiKeyFields,
    digest: String,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.id, self.account)
    }
}

impl ApiKey {
    /// Whether it is good for anything at `now`.
    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Where it may be used.
    pub fn scope(&self) -> GrantScope {
        self.site.map_or(GrantScope::Platform, GrantScope::Site)
    }

    /// Whether it is good for what `right` is for. No key administers, audits or keeps what belongs to the whole library.
    pub(crate) fn allows(&self, right: Right) -> bool {
        !matches!(right, Right::Administer | Right::Audit | Right::Platform)
            && self.fields.rights.contains(&ApiKeyRight::Deeds)
    }

    /// Whether it is good for reading what is not published yet.
    pub(crate) fn previews(&self) -> bool {
        self.fields.rights.contains(&ApiKeyRight::Preview)
    }
}

impl Entry for ApiKey {
    type Id = ApiKeyId;
    const CHANGED_BY: &'static [Action] = &[Action::ApiKeyChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, account_id, site_id, digest, created_at, expires_at, revoked_at, document
             from api_key order by created_at desc, id desc",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            site: row.get(2)?,
            digest: row.get(3)?,
            created_at: row.get(4)?,
            expires_at: row.get(5)?,
            revoked_at: row.get(6)?,
            fields: row.json(7)?,
        })
    }

    fn id(&self) -> ApiKeyId {
        self.id
    }

    // Nobody but who brings it looks it up by this, and nothing notes it: its hash stands in no log.
    fn keys(&self) -> Vec<(KeyKind, String)> {
        vec![(KeyKind::ApiKey, self.digest.clone())]
    }
}

impl List {
    /// The keys.
    pub(crate) fn api_keys() -> Self {
        Self::All("api_keys")
    }
}
