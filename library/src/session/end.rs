//! Ending sessions: the own one (signOut), or all of an account (endSessions).

use crate::changes::{Action, Caller, commit, commit_as};
use crate::id::AccountId;
use crate::may::{may_administer, require_account};
use crate::refusal::Result;
use crate::{Library, Position, Who};

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
        if !matches!(caller.who, Who::Account(own, _) if own == id) {
            may_administer(&work.directory, caller, id, "account")?;
        }
        let ended = work.end_sessions_of(id, None).await?;
        commit_as(work, |position| (ended, position)).await
    }
}
