//! Keys of systems (接口密钥): making and revoking them. A key itself is answered once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use library::id::ApiKeyId;
use library::{Instant, Scope};
use tokio::sync::OnceCell;

use super::Account;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::node::Node;
use crate::nouns::of_directory;
use crate::scalars::{DateTime, id, kept, optional_id};

/// What a key is good for, within what its account may (密钥权限).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::api_key::ApiKeyRight")]
pub enum ApiKeyRight {
    /// To read what is not published yet (预览).
    Preview,
    /// To do deeds; never to keep accounts, keys, roles or the platform (操作).
    Deeds,
    /// To register operations of its application, and to retire them (登记操作).
    Operations,
}

/// Keys that were read together.
#[derive(Default)]
struct Family {
    ids: Vec<ApiKeyId>,
    used: OnceCell<HashMap<ApiKeyId, Instant>>,
}

/// A key that the asker may see: who found it, has asked the library.
#[derive(Clone)]
pub struct ApiKey {
    key: Arc<library::api_key::ApiKey>,
    family: Arc<Family>,
}

impl ApiKey {
    /// Keys that one list answers.
    pub fn together(keys: Vec<Arc<library::api_key::ApiKey>>) -> Vec<Self> {
        let ids = keys.iter().map(|key| key.id).collect();
        let family = Arc::new(Family { ids, ..Family::default() });
        keys.into_iter().map(|key| Self { key, family: family.clone() }).collect()
    }

    /// One key alone.
    pub fn alone(key: Arc<library::api_key::ApiKey>) -> Self {
        let family = Arc::new(Family { ids: vec![key.id], ..Family::default() });
        Self { key, family }
    }

    async fn used(&self, scope: &Scope) -> library::Result<Option<Instant>> {
        let load = || scope.api_keys_used(&self.family.ids);
        Ok(self.family.used.get_or_try_init(load).await?.get(&self.key.id).copied())
    }
}

/// A key by which a system acts for an account (接口密钥), sent as `Authorization: Bearer`. Found by who sees its account. The
/// key itself is shown by nobody.
#[Object]
impl ApiKey {
    /// The identifier (标识), which is not the key.
    async fn id(&self) -> ID {
        self.key.id.into()
    }

    /// What it is for (名称).
    async fn name(&self) -> &str {
        &self.key.fields.name
    }

    /// The account for which it acts (账号).
    async fn account(&self, ctx: &Context<'_>) -> Result<Account> {
        let found = crate::scope(ctx).library().directory().accounts.get(self.key.account).cloned();
        kept(found, "account of a key").map(Account::whole)
    }

    /// The code of the site that it is good for, with those below it; null for the whole platform (范围).
    async fn site_code(&self, ctx: &Context<'_>) -> Option<String> {
        let directory = crate::scope(ctx).library().directory();
        directory.sites.get(self.key.site?).map(|site| site.code.clone())
    }

    /// That site, if it is open (站点).
    async fn site(&self, ctx: &Context<'_>) -> Option<Node> {
        of_directory(crate::scope(ctx), self.key.scope().id()?)
    }

    /// What it is good for (权限).
    async fn rights(&self) -> Vec<ApiKeyRight> {
        self.key.fields.rights.iter().copied().map(Into::into).collect()
    }

    /// The application that it is made for (应用): it runs what that has registered and nothing else, unless it registers for it. Null
    /// for a key that runs everything.
    async fn app(&self) -> Option<&str> {
        self.key.fields.app.as_deref()
    }

    /// When it was made (创建时间).
    async fn created_at(&self) -> DateTime {
        self.key.created_at.utc()
    }

    /// From when on it is good for nothing (失效时间); null for never.
    async fn expires_at(&self) -> Option<DateTime> {
        self.key.expires_at.map(Instant::utc)
    }

    /// When it was revoked (撤销时间).
    async fn revoked_at(&self) -> Option<DateTime> {
        self.key.revoked_at.map(Instant::utc)
    }

    /// When it was last used, to the minute (最近使用时间); null for never.
    async fn last_used_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let used = self.used(crate::scope(ctx)).await.map_err(crate::error)?;
        Ok(used.map(Instant::utc))
    }
}

/// A key to be made (新建接口密钥).
#[derive(Clone, InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for (名称).
    pub name: String,
    /// For which account it acts (账号): one that the asker keeps, the asker's own if not given.
    pub account: Option<ID>,
    /// The site that it is good for, with those below it (范围); the whole platform if not given.
    pub site: Option<ID>,
    /// What it is good for, within what the account may (权限); none is needed for a key of an application that reads what is public.
    pub rights: Vec<ApiKeyRight>,
    /// The application that it is made for (应用): a code. The key runs what that has registered and nothing else; with the right
    /// `OPERATIONS` it registers for it.
    pub app: Option<String>,
    /// From when on it is good for nothing (失效时间); never if not given.
    pub expires_at: Option<DateTime>,
}

payload! {
    /// What came of making a key (新建接口密钥结果).
    CreateApiKeyPayload {
        /// The key as lists show it (接口密钥).
        api_key: ApiKey,
        /// The key itself (密钥): `jiyue_key_` and 48 characters. Answered this once and kept nowhere; null where the deed is
        /// repeated under its `Idempotency-Key`.
        secret: String,
    }
}

/// Makes a key.
pub async fn create_api_key(ctx: &Context<'_>, input: CreateApiKeyInput) -> Result<CreateApiKeyPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let new = library::api_key::CreateApiKey {
        name: input.name,
        account: optional_id(input.account.as_ref())?,
        site: optional_id(input.site.as_ref())?,
        rights: input.rights.into_iter().map(Into::into).collect(),
        app: input.app,
        expires_at: input.expires_at.map(|end| Instant::of(&end)),
    };
    let asker = caller.clone();
    let deed = async move { library.create_api_key(&asker, new).await };
    done(ctx, deed, |made| CreateApiKeyPayload {
        api_key: afterwards(ctx, caller).api_key(made.id).map(ApiKey::alone),
        secret: made.secret.map(|secret| secret.0),
        position: written(made.position),
        ..CreateApiKeyPayload::default()
    })
    .await
}

/// A key to be revoked (撤销接口密钥).
#[derive(Clone, InputObject)]
pub struct RevokeApiKeyInput {
    /// Which key, by its identifier (接口密钥).
    pub api_key: ID,
}

payload! {
    /// What came of revoking a key (撤销接口密钥结果).
    RevokeApiKeyPayload {
        /// The key, which is good for nothing from now on (接口密钥).
        api_key: ApiKey,
    }
}

/// Revokes a key.
pub async fn revoke_api_key(ctx: &Context<'_>, input: RevokeApiKeyInput) -> Result<RevokeApiKeyPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let key = id(&input.api_key)?;
    let asker = caller.clone();
    let deed = async move { library.revoke_api_key(&asker, key).await };
    done(ctx, deed, |position| RevokeApiKeyPayload {
        api_key: afterwards(ctx, caller).api_key(key).map(ApiKey::alone),
        position: written(position),
        ..RevokeApiKeyPayload::default()
    })
    .await
}
