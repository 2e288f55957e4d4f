//! Signing in (signIn): by name and password, and by the code of the second factor of who has one.

use identity::Password;

use super::{IDLE, LONGEST, MOST, Session, Tokens};
use crate::account::Account;
use crate::changes::{Action, Caller, Effect, KeyKind, Work, commit};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, SessionId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, text};

/// An attempt to sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The name of the account.
    pub name: String,
    /// Its password.
    pub password: Password,
    /// The code of its second factor, if it has one.
    pub code: Option<String>,
    /// From where: the network address, as far as it is known.
    pub from: String,
}

static KEPT: Sql = Sql::new("select id, password from account where name = $1");
static SAME: Sql = Sql::new("select id from account where id = $1 and password = $2");
static INSERT: Sql = Sql::new("insert into session (id, account_id, created_at, refreshed_at) values ($1, $2, $3, $3)");
static REFRESHED: Sql = Sql::new("select refreshed_at from session where id = $1");

impl Library {
    /// Begins a session.
    ///
    /// # Errors
    /// Refuses a wrong name or password, without telling which, a disabled account, a missing or wrong code where there is a
    /// second factor, and further attempts before the delay after failed ones is over.
    pub async fn sign_in(&self, input: SignIn) -> Result<Tokens> {
        let SignIn { name, password, code, from } = input;
        // What is no name at all is nobody's, and is answered as any other that is not there.
        let name = text::code("name", &name.to_lowercase()).unwrap_or_default();
        self.throttle().require(&name, &from, self.now())?;
        let rows = self.database().rows(&KEPT, &[name.as_str().into()]).await?;
        let kept = rows.first().map(|row| Ok::<_, crate::Error>((row.get(0)?, row.get(1)?))).transpose()?;
        let (id, kept): (Option<AccountId>, Option<String>) = kept.unzip();
        let right = self.is_password(password, kept.clone()).await?;
        let (Some(id), Some(kept), true) = (id, kept, right) else {
            return Err(self.failed(&name, &from, id).into());
        };
        self.require_signing_key().await?;
        let mut work = self.begin(&Caller::program("sign-in"), Action::SessionChanged).await?;
        let directory = work.directory.clone();
        // It may have been disabled, or given another password, while this one was compared.
        let active = account(&directory, &name).is_some_and(Account::is_active);
        if !active || work.row(&SAME, &[id.into(), kept.into()]).await?.is_none() {
            return Err(self.failed(&name, &from, Some(id)).into());
        }
        self.require_code(&mut work, id, (&name, &from), code.as_deref()).await?;
        self.end_old_sessions(&mut work, &directory, id).await?;
        let session = SessionId(self.new_id());
        work.actor = id.to_string();
        work.run(&INSERT, &[session.into(), id.into(), work.at.into()]).await?;
        work.record(AnyId::SessionId(session), Effect::Entered);
        let refresh = self.new_refresh_token(&mut work, session).await?;
        let (access, expires_at) = self.new_access_token(id, session)?;
        let position = commit(work).await?;
        self.throttle().forget(&name, &from);
        Ok(Tokens { account: id, session, access, expires_at, refresh, position })
    }

    /// Ends what the account left open: sessions that are too old to go on, and the oldest of too many.
    async fn end_old_sessions(&self, work: &mut Work, directory: &Directory, account: AccountId) -> Result<()> {
        let theirs: Vec<&Session> = directory
            .sessions
            .all()
            .iter()
            .map(AsRef::as_ref)
            .filter(|one: &&Session| one.account == account)
            .collect();
        let too_many = (theirs.len() + 1).saturating_sub(MOST);
        for (at, session) in theirs.into_iter().enumerate() {
            let row = work.row(&REFRESHED, &[session.id.into()]).await?;
            let refreshed: i64 = row.map_or(Ok(0), |row| row.get(0))?;
            if at < too_many || work.at.0 - refreshed > IDLE || work.at.0 - session.created_at.0 > LONGEST {
                work.end_session(session.id).await?;
            }
        }
        Ok(())
    }

    /// Remembers a failed attempt. The log names the account if there is one, never what was typed: people type
    /// passwords where names belong.
    fn failed(&self, name: &str, from: &str, account: Option<AccountId>) -> Refusal {
        self.throttle().failed(name, from, self.now());
        tracing::info!(account = account.map(tracing::field::display), "somebody could not sign in");
        let (message, english) = ("用户名或口令不正确", "wrong name or password");
        Refusal::new(RefusalCode::Unauthenticated, "", message, english)
    }
}

fn account<'a>(directory: &'a Directory, name: &str) -> Option<&'a Account> {
    directory.accounts.by_key(KeyKind::AccountName, name).map(AsRef::as_ref)
}
