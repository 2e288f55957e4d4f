//! Going on with a session (refreshSession): a refresh token is good for once, and replaced by the next.
//!
//! Whoever brings one a second time may be a thief, or may have been robbed: nobody can tell, so the session ends.

use super::{IDLE, LONGEST, Tokens, not_signed_in};
use crate::Library;
use crate::changes::{Action, Caller, Effect, Work, commit};
use crate::database::{Row, Sql};
use crate::id::{AccountId, AnyId, SessionId};
use crate::refusal::Result;

// One of two that come at once gets the row, on both engines.
static USE: Sql = Sql::new(
    "update refresh_token set used_at = $2 where digest = $1 and used_at is null returning session_id, issued_at",
);
static USED: Sql = Sql::new("select session_id from refresh_token where digest = $1 and used_at is not null");
static OF: Sql = Sql::new("select account_id, created_at from session where id = $1 and ended_at is null");
static GOES_ON: Sql = Sql::new("update session set refreshed_at = $2 where id = $1 and ended_at is null");

impl Library {
    /// Gives new tokens for a refresh token.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for what is no refresh token of a session that goes on; a token that was used before ends its
    /// session.
    pub async fn refresh_session(&self, token: &str) -> Result<Tokens> {
        let token = identity::Opaque::read(identity::Kind::Refresh, token).ok_or_else(not_signed_in)?;
        let digest = token.digest();
        let mut work = self.begin(&Caller::program("refresh"), Action::SessionRefreshed).await?;
        let row = work.row(&USE, &[digest.as_str().into(), work.at.into()]).await?;
        let Some(row) = row else {
            drop(work);
            self.end_family(&digest).await?;
            return Err(not_signed_in().into());
        };
        let Some((account, session)) = goes_on(&mut work, &row).await? else {
            return Err(not_signed_in().into());
        };
        if work.run(&GOES_ON, &[session.into(), work.at.into()]).await? == 0 {
            return Err(not_signed_in().into());
        }
        work.actor = account.to_string();
        work.record(AnyId::SessionId(session), Effect::Changed);
        let refresh = self.new_refresh_token(&mut work, session).await?;
        let (access, expires_at) = self.new_access_token(account, session)?;
        let position = commit(work).await?;
        Ok(Tokens { account, session, access, expires_at, refresh, position })
    }

    /// Ends the session whose used token came again.
    async fn end_family(&self, digest: &str) -> Result<()> {
        let rows = self.database().rows(&USED, &[digest.into()]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let session: SessionId = row.get(0)?;
        let mut work = self.begin(&Caller::program("refresh"), Action::SessionChanged).await?;
        work.reason = Some("a refresh token was used twice".to_owned());
        work.end_session(session).await?;
        commit(work).await?;
        tracing::warn!(%session, "a refresh token was used twice; its session has ended");
        Ok(())
    }
}

/// The account and the session of a token that was taken, if both may go on.
async fn goes_on(work: &mut Work, token: &Row) -> Result<Option<(AccountId, SessionId)>> {
    let (session, issued): (SessionId, i64) = (token.get(0)?, token.get(1)?);
    let Some(row) = work.row(&OF, &[session.into()]).await? else { return Ok(None) };
    let (account, created): (AccountId, i64) = (row.get(0)?, row.get(1)?);
    let active = work.directory.accounts.get(account).is_some_and(|account| account.is_active());
    let in_time = work.at.0 - issued <= IDLE && work.at.0 - created <= LONGEST;
    Ok((active && in_time).then_some((account, session)))
}
