//! Who is known by an identity: looked up at each request, so that unlinking and disabling act at once.

use super::key;
use crate::changes::KeyKind;
use crate::refusal::Result;
use crate::session::not_signed_in;
use crate::{Caller, Library};

impl Library {
    /// Whether an identity is linked to an account, as far as this node knows.
    pub(crate) fn knows_identity(&self, issuer: &str, subject: &str) -> bool {
        self.directory().identities.by_key(KeyKind::Identity, &key(issuer, subject)).is_some()
    }

    /// The account that is known by an identity, which a token of a trusted issuer told.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for an identity that is linked to no account, or to a disabled one: which it was is not told.
    pub async fn caller_of_identity(&self, issuer: &str, subject: &str) -> Result<Caller> {
        let found_by = key(issuer, subject);
        if self.directory().identities.by_key(KeyKind::Identity, &found_by).is_none() {
            // It may have been linked on another node a moment ago.
            self.refresh().await?;
        }
        let directory = self.directory();
        let linked = directory.identities.by_key(KeyKind::Identity, &found_by).ok_or_else(not_signed_in)?;
        let active = directory.accounts.get(linked.account).is_some_and(|account| account.is_active());
        if !active {
            return Err(not_signed_in().into());
        }
        Ok(Caller::of_identity(linked.account, linked.id))
    }
}
