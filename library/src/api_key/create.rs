//! Making a key (createApiKey): its secret is answered once, and only its hash is kept.

use serde::{Deserialize, Serialize};

use super::{ApiKeyFields, ApiKeyRight};
use crate::changes::{Action, Caller, Effect, List, commit_as};
use crate::database::Sql;
use crate::grant::GrantScope;
use crate::id::{AccountId, AnyId, ApiKeyId, SiteId};
use crate::instant::Instant;
use crate::may::{Right, Target, may, may_administer, require_account, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::session::Secret;
use crate::{Directory, Library, Position, text};

/// The most keys of an account that are good for something.
const MOST: usize = 50;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct CreateApiKey {
    /// What it is for.
    pub name: String,
    /// For which account it acts; the caller's own if it is not given.
    pub account: Option<AccountId>,
    /// Where: on a site and those below it; nothing for the whole platform.
    pub site: Option<SiteId>,
    /// What it is good for.
    pub rights: Vec<ApiKeyRight>,
    /// The application that it is made for: a code.
    pub app: Option<String>,
    /// From when on it is good for nothing.
    pub expires_at: Option<Instant>,
}

/// A key that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MadeApiKey {
    /// Its identifier.
    pub id: ApiKeyId,
    /// The key itself: shown once, and kept nowhere; nothing for who repeats the deed.
    #[serde(skip)]
    pub secret: Option<Secret>,
    /// The position of the change.
    pub position: Position,
}

static INSERT: Sql = Sql::new(
    "insert into api_key (id, account_id, site_id, digest, created_at, expires_at, document)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

impl Library {
    /// Makes a key of an account.
    ///
    /// # Errors
    /// Refuses an unknown account, a caller who does not keep it and all that it has a role over, or does not keep accounts
    /// of the site; an unknown site, no right at all, an end that has passed, and too many keys.
    pub async fn create_api_key(&self, caller: &Caller, input: CreateApiKey) -> Result<MadeApiKey> {
        require_somebody(caller)?;
        let account = match input.account {
            Some(account) => account,
            None => require_account(caller)?.0,
        };
        let mut work = self.begin(caller, Action::ApiKeyChanged).await?;
        let directory = work.directory.clone();
        may_administer(&directory, caller, account, "account")?;
        let scope = input.site.map_or(GrantScope::Platform, GrantScope::Site);
        let target = Target::scope(&directory, scope).ok_or_else(|| Refusal::not_found("site"))?;
        may(&directory, caller, Right::Administer, &target).map_err(|mut refusal| {
            refusal.path = vec!["site".to_owned()];
            refusal
        })?;
        let fields = check(&directory, &input, account, work.at)?;
        let token = identity::Opaque::new(identity::Kind::Key, self.secret_bytes());
        let id = ApiKeyId(self.new_id());
        let params = [
            id.into(),
            account.into(),
            input.site.into(),
            token.digest().into(),
            work.at.into(),
            input.expires_at.into(),
            serde_json::to_string(&fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.site = input.site;
        work.record(AnyId::ApiKeyId(id), Effect::Entered);
        work.list(List::api_keys());
        let made = commit_as(work, |position| MadeApiKey { id, secret: None, position }).await?;
        Ok(MadeApiKey { secret: Some(Secret(token.reveal().to_owned())), ..made })
    }

    /// Thirty-two random bytes.
    pub(crate) fn secret_bytes(&self) -> [u8; 32] {
        let mut random = [0; 32];
        random[..16].copy_from_slice(&self.clock().random());
        random[16..].copy_from_slice(&self.clock().random());
        random
    }
}

/// The fields as they are kept.
fn check(directory: &Directory, input: &CreateApiKey, account: AccountId, now: Instant) -> Result<ApiKeyFields> {
    let name = text::require("name", &input.name, 100)?;
    let mut rights = input.rights.clone();
    rights.sort_unstable();
    rights.dedup();
    let app = input.app.as_deref().map(|app| text::code("app", app)).transpose()?;
    if app.is_none() && rights.contains(&ApiKeyRight::Operations) {
        let (message, english) = ("登记操作的密钥应指明应用", "a key that registers operations names its application");
        return Err(Refusal::new(RefusalCode::Required, "app", message, english).into());
    }
    // What is public, every key reads.
    if rights.is_empty() && app.is_none() {
        let (message, english) = ("请至少选择一项权限", "name one right at least");
        return Err(Refusal::new(RefusalCode::Required, "rights", message, english).into());
    }
    if input.expires_at.is_some_and(|end| end <= now) {
        let (message, english) = ("失效时间应在将来", "must lie in the future");
        return Err(Refusal::new(RefusalCode::Invalid, "expiresAt", message, english).into());
    }
    let theirs = directory.api_keys.all().iter().filter(|key| key.account == account && key.is_valid(now));
    if theirs.count() >= MOST {
        let (message, english) = ("该账号的密钥过多", "the account has too many keys");
        let refusal = Refusal::new(RefusalCode::WrongState, "account", message, english);
        return Err(refusal.hinting("请先撤销不用的密钥", "revoke those that are not used first").into());
    }
    Ok(ApiKeyFields { name, rights, app })
}
