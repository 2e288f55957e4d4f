//! Who brings an access token or a key: account, session and key are looked up at each request, so that ending acts at
//! once.

use identity::{Kind, Opaque, Rejected};

use super::not_signed_in;
use crate::id::{AccountId, SessionId};
use crate::refusal::{Refusal, Result};
use crate::{Caller, Library};

impl Library {
    /// Who brings this access token or this key of a system (`Authorization: Bearer`).
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a token that is not ours or not valid now, an ended session and a disabled account: which
    /// of them it was is not told.
    pub async fn caller_of(&self, token: &str) -> Result<Caller> {
        if let Some(key) = Opaque::read(Kind::Key, token) {
            return self.caller_of_key(&key).await;
        }
        if let Some(caller) = self.known(token)? {
            return Ok(caller);
        }
        // The session may have begun, or the key been made, on another node a moment ago.
        self.refresh().await?;
        Ok(self.known(token)?.ok_or_else(not_signed_in)?)
    }

    /// The same by the directory as it is; nothing for what may be newer than that.
    fn known(&self, token: &str) -> Result<Option<Caller>, Refusal> {
        let now = self.now().0.div_euclid(1_000_000);
        let claims = match self.access().verify(token, now) {
            Ok(claims) => claims,
            Err(Rejected::UnknownKey) => return Ok(None),
            Err(_) => return Err(not_signed_in()),
        };
        let ids = (claims.sub.parse::<AccountId>(), claims.sid.parse::<SessionId>());
        let (Ok(account), Ok(session)) = ids else { return Err(not_signed_in()) };
        let directory = self.directory();
        let lives = directory.sessions.get(session).is_some_and(|session| session.account == account);
        let active = directory.accounts.get(account).is_some_and(|account| account.is_active());
        Ok((lives && active).then(|| Caller::account(account, session)))
    }
}
