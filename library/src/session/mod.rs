//! Sessions (会话): from signing in to signing out, with the family of refresh tokens that belongs to each.
//!
//! The directory holds the sessions that have not ended; who brings an access token is looked up there at each request.

mod bearer;
mod end;
mod refresh;
mod sign_in;
mod throttle;

use crate::changes::{Action, Effect, Work};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AccountId, AnyId, SessionId};
use crate::instant::Instant;
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Library, Position};

pub use sign_in::SignIn;
pub use throttle::Throttle;

/// How long a refresh token is good for: who does nothing for longer signs in again. Microseconds, as instants are.
pub const IDLE: i64 = 12 * 3600 * 1_000_000;
/// How long a session may go on.
pub const LONGEST: i64 = 7 * 24 * 3600 * 1_000_000;
/// The most sessions of an account; the oldest ends when there are more.
pub const MOST: usize = 20;

/// A session that has not ended.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// When it began.
    pub created_at: Instant,
}

impl Entry for Session {
    type Id = SessionId;
    // A disabled account, a new password and a new second factor end sessions.
    const CHANGED_BY: &'static [Action] =
        &[Action::SessionChanged, Action::AccountChanged, Action::SecondFactorChanged];

    fn load() -> &'static Sql {
        static ALL: Sql =
            Sql::new("select id, account_id, created_at from session where ended_at is null order by created_at, id");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get(0)?, account: row.get(1)?, created_at: row.get(2)? })
    }

    fn id(&self) -> SessionId {
        self.id
    }
}

/// What somebody gets who signed in, or goes on. The tokens are shown once.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Who.
    pub account: AccountId,
    /// In which session.
    pub session: SessionId,
    /// The access token, a JWT.
    pub access: Secret,
    /// When it expires.
    pub expires_at: Instant,
    /// The refresh token, good for once.
    pub refresh: Secret,
    /// The position of the change.
    pub position: Position,
}

/// A text that is not printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// The refusal of who is not signed in, or not any more.
pub fn not_signed_in() -> Refusal {
    let refusal =
        Refusal::new(RefusalCode::Unauthenticated, "", "未登录或登录已失效", "not signed in, or not any more");
    refusal.hinting("请重新登录", "sign in again")
}

/// The refusal of a page that uses the cookie of another.
pub fn not_of_this_page() -> Refusal {
    let (message, english) = ("此来源的页面不能使用登录 Cookie", "a page of this origin may not use the cookie");
    let refusal = Refusal::new(RefusalCode::NotAllowed, "", message, english);
    refusal.hinting(
        "请将页面来源加入 cors_origins，或在请求中提交刷新令牌",
        "list the page's origin in cors_origins, or send the refresh token in the input",
    )
}

static TOKEN: Sql = Sql::new("insert into refresh_token (digest, session_id, issued_at) values ($1, $2, $3)");

impl Library {
    /// A new refresh token of a session: its text, and the work of keeping its hash.
    async fn new_refresh_token(&self, work: &mut Work, session: SessionId) -> Result<Secret> {
        let token = identity::Opaque::new(identity::Kind::Refresh, self.secret_bytes());
        work.run(&TOKEN, &[token.digest().into(), session.into(), work.at.into()]).await?;
        Ok(Secret(token.reveal().to_owned()))
    }

    /// An access token for an account in its session, and when it expires.
    fn new_access_token(&self, account: AccountId, session: SessionId) -> Result<(Secret, Instant)> {
        let now = self.now().0.div_euclid(1_000_000);
        let id = self.new_id().simple().to_string();
        let signed = self.access().sign(&account.to_string(), &session.to_string(), &id, now);
        let (text, expires) = signed.map_err(|fault| Error::Database(fault.to_string()))?;
        Ok((Secret(text), Instant(expires * 1_000_000)))
    }
}

static END: Sql = Sql::new("update session set ended_at = $2 where id = $1 and ended_at is null");
static FORGET: Sql = Sql::new("delete from refresh_token where session_id = $1");

impl Work {
    /// Ends a session: its tokens are forgotten, and it is in no directory any more.
    pub(crate) async fn end_session(&mut self, id: SessionId) -> Result<()> {
        self.run(&END, &[id.into(), self.at.into()]).await?;
        self.run(&FORGET, &[id.into()]).await?;
        self.record(AnyId::SessionId(id), Effect::Left);
        Ok(())
    }

    /// Ends all sessions of an account but `kept`.
    pub(crate) async fn end_sessions_of(&mut self, account: AccountId, kept: Option<SessionId>) -> Result<usize> {
        let directory = self.directory.clone();
        let theirs = |session: &&std::sync::Arc<Session>| session.account == account && Some(session.id) != kept;
        let mut ended = 0;
        for session in directory.sessions.all().iter().filter(theirs) {
            self.end_session(session.id).await?;
            ended += 1;
        }
        Ok(ended)
    }
}
