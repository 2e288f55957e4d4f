//! Reading keys: those of accounts that the asker may see.

use std::collections::HashMap;
use std::sync::Arc;

use super::ApiKey;
use crate::Scope;
use crate::changes::List;
use crate::database::Sql;
use crate::id::{AnyId, ApiKeyId};
use crate::instant::Instant;
use crate::may::may_see_account;
use crate::refusal::Result;

static USED: Sql = Sql::new("select api_key_id, used_at from api_key_use where api_key_id in ids($1)");

impl Scope {
    /// A key, if the asker may see its account.
    pub fn api_key(&self, id: ApiKeyId) -> Option<Arc<ApiKey>> {
        self.note_record(AnyId::ApiKeyId(id));
        let (directory, caller) = (self.directory(), self.caller());
        directory.api_keys.get(id).filter(|key| may_see_account(&directory, caller, key.account)).cloned()
    }

    /// The keys that the asker may see, the newest first; those that are good for nothing any more stay.
    pub fn api_keys(&self) -> Vec<Arc<ApiKey>> {
        self.note_list(List::api_keys());
        let (directory, caller) = (self.directory(), self.caller());
        let seen = |key: &&Arc<ApiKey>| may_see_account(&directory, caller, key.account);
        directory.api_keys.all().iter().filter(seen).cloned().collect()
    }

    /// When keys were last used, to the minute. It stands in no log, so what shows it is kept by nobody.
    pub async fn api_keys_used(&self, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, Instant>> {
        let _ = self.caller();
        let rows = self.rows(&USED, vec![ids.into()]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }
}
