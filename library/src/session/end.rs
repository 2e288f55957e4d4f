//! Ending sessions: the own one (signOut), or all of an account (endSessions).

use identity::{Kind, Opaque};

use super::not_signed_in;
use crate::changes::{Action, Caller, commit, commit_as};
use crate::database::Sql;
use crate::id::{AccountId, SessionId};
use crate::may::{may_administer, require_account};
use crate::refusal::Result;
use crate::{Library, Position, Who};

static OF: Sql = Sql::new(
    "select s.id, s.account_id from refresh_token r join session s on s.id = r.session_id
     where r.digest = $1 and s.ended_at is null",
);

impl Library {
    /// Ends the caller's session.
    ///
    /// # Errors
    /// Refuses who is not signed in.
    pub async fn sign_out(&self, caller: &Caller) -> Result<Position> {
        let (_, session) = require_account(caller)?;
        let mut work = self.begin(caller, Action::SessionChanged).await?;
        if work.directory.sessions.get(session).is_some() {
            work.end_session(session).await?;
        }
        commit(work).await
    }

    /// Ends the session of a refresh token: what its cookie is good for beside going on.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for what is no refresh token of a session that goes on.
    pub async fn sign_out_by(&self, refresh_token: &str) -> Result<Position> {
        let token = Opaque::read(Kind::Refresh, refresh_token).ok_or_else(not_signed_in)?;
        let mut work = self.begin(&Caller::program("sign-out"), Action::SessionChanged).await?;
        let row = work.row(&OF, &[token.digest().into()]).await?.ok_or_else(not_signed_in)?;
        let (session, account): (SessionId, AccountId) = (row.get(0)?, row.get(1)?);
        work.actor = account.to_string();
        work.end_session(session).await?;
        commit(work).await
    }

    /// Ends all sessions of an account, the caller's own if none is named; answers how many.
    ///
    /// # Errors
    /// Refuses who is not signed in, an unknown account, and a caller who does not administer it.
    pub async fn end_sessions(&self, caller: &Caller, account: Option<AccountId>) -> Result<(usize, Position)> {
        let id = match account {
            Some(id) => id,
            None => require_account(caller)?.0,
        };
        let mut work = self.begin(caller, Action::SessionChanged).await?;
        // A key of an account does not end what its owner is at.
        if !matches!(caller.who, Who::Account(own, _) if own == id && caller.key().is_none()) {
            may_administer(&work.directory, caller, id, "account")?;
        }
        let ended = work.end_sessions_of(id, None).await?;
        commit_as(work, |position| (ended, position)).await
    }
}
