//! Revoking a key (revokeApiKey): it is good for nothing with the next request.

use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, ApiKeyId};
use crate::may::{may_administer, may_see_account, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update api_key set revoked_at = $2 where id = $1 and revoked_at is null");

impl Library {
    /// Revokes a key.
    ///
    /// # Errors
    /// Refuses an unknown key, a caller who does not keep its account and all that it has a role over, and a key that was
    /// revoked before.
    pub async fn revoke_api_key(&self, caller: &Caller, id: ApiKeyId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ApiKeyChanged).await?;
        let directory = work.directory.clone();
        let key = directory.api_keys.get(id).ok_or_else(|| Refusal::not_found("apiKey"))?;
        if !may_see_account(&directory, Some(caller), key.account) {
            return Err(Refusal::not_found("apiKey").into());
        }
        may_administer(&directory, caller, key.account, "apiKey")?;
        if work.run(&UPDATE, &[id.into(), work.at.into()]).await? == 0 {
            let (message, english) = ("该密钥已撤销", "it was revoked before");
            return Err(Refusal::new(RefusalCode::WrongState, "apiKey", message, english).into());
        }
        work.site = key.site;
        work.record(AnyId::ApiKeyId(id), Effect::Changed);
        work.list(List::api_keys());
        commit(work).await
    }
}
