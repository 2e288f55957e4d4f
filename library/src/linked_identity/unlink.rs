//! Unlinking an identity (unlinkIdentity): its tokens are good for nothing with the next request.

use super::key;
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, LinkedIdentityId};
use crate::may::{may_administer, may_see_account, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static DELETE: Sql = Sql::new("delete from linked_identity where id = $1");

impl Library {
    /// Takes an identity away from its account.
    ///
    /// # Errors
    /// Refuses an unknown identity, and a caller who does not keep its account and all that it has a role over.
    pub async fn unlink_identity(&self, caller: &Caller, id: LinkedIdentityId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::IdentityChanged).await?;
        let directory = work.directory.clone();
        let linked = directory.identities.get(id).ok_or_else(|| Refusal::not_found("identity"))?;
        if !may_see_account(&directory, Some(caller), linked.account) {
            return Err(Refusal::not_found("identity").into());
        }
        may_administer(&directory, caller, linked.account, "identity")?;
        work.run(&DELETE, &[id.into()]).await?;
        work.record(AnyId::LinkedIdentityId(id), Effect::Left);
        work.list(List::identities(linked.account));
        work.key(KeyKind::Identity, key(&linked.issuer, &linked.subject));
        commit(work).await
    }
}
