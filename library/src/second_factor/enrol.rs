//! Enrolling a second factor (enrolSecondFactor): without a code it is begun, with its first code it counts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::CODES;
use crate::account::Account;
use crate::changes::{Action, Caller, Effect, Work, commit_as};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, SessionId};
use crate::may::require_account;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::session::{Secret, not_signed_in};
use crate::{Library, Position};

/// How long a factor that was begun waits for its first code, in microseconds.
const WAITS: i64 = 15 * 60 * 1_000_000;

/// What stands in an address as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What came of enrolling.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolment {
    /// Whether the factor counts from now on.
    pub confirmed: bool,
    /// The secret as people type it; shown once, when it was begun.
    #[serde(skip)]
    pub secret: Option<Secret>,
    /// The same as an address that apps read from a picture.
    #[serde(skip)]
    pub uri: Option<Secret>,
    /// The position of the change.
    pub position: Position,
}

static BEGIN: Sql = Sql::new(
    "insert into second_factor (account_id, secret, begun_at, step) values ($1, $2, $3, 0)
     on conflict (account_id) do update set secret = excluded.secret, begun_at = excluded.begun_at, step = 0
     where second_factor.confirmed_at is null",
);
static CONFIRM: Sql =
    Sql::new("update second_factor set confirmed_at = $2 where account_id = $1 and confirmed_at is null");

impl Library {
    /// Begins a second factor of the caller's own account, or confirms it by its first code. Once it counts, all other
    /// sessions of the account end: they began without it.
    ///
    /// # Errors
    /// Refuses who is not signed in with a password, who has a factor already, and a code that is wrong or comes too late.
    pub async fn enrol_second_factor(&self, caller: &Caller, code: Option<&str>) -> Result<Enrolment> {
        let (id, session) = require_account(caller)?;
        let work = self.begin(caller, Action::SecondFactorChanged).await?;
        let directory = work.directory.clone();
        let account = directory.accounts.get(id).filter(|account| account.is_active()).ok_or_else(not_signed_in)?;
        if account.has_second_factor {
            let (message, english) = ("已启用双因素认证", "there is a second factor already");
            let refusal = Refusal::new(RefusalCode::WrongState, "", message, english);
            let hint = ("更换设备请联系账号管理员移除", "who keeps the account removes it before another is enrolled");
            return Err(refusal.hinting(hint.0, hint.1).into());
        }
        match code {
            None => self.begin_factor(work, account).await,
            Some(code) => self.confirm_factor(work, account, session, code).await,
        }
    }

    async fn begin_factor(&self, mut work: Work, account: &Account) -> Result<Enrolment> {
        let mut random = [0; 20];
        random.copy_from_slice(&self.secret_bytes()[..20]);
        let totp = identity::Totp::new(random);
        let secret = totp.reveal();
        work.run(&BEGIN, &[account.id.into(), secret.as_str().into(), work.at.into()]).await?;
        work.record(AnyId::AccountId(account.id), Effect::Changed);
        let begun = |position| Enrolment { confirmed: false, secret: None, uri: None, position };
        let begun = commit_as(work, begun).await?;
        let host = url::Url::parse(&self.issuer()).ok().and_then(|url| url.host_str().map(str::to_owned));
        let part = |text: &str| utf8_percent_encode(text, &PLAIN).to_string();
        let uri = totp.uri(&part(&host.unwrap_or_default()), &part(&account.name));
        Ok(Enrolment { secret: Some(Secret(secret.to_string())), uri: Some(Secret(uri.to_string())), ..begun })
    }

    async fn confirm_factor(
        &self,
        mut work: Work,
        account: &Account,
        session: SessionId,
        code: &str,
    ) -> Result<Enrolment> {
        let id: AccountId = account.id;
        let (message, english) = ("请重新开始启用双因素认证", "begin again");
        let late = || Refusal::new(RefusalCode::WrongState, "code", message, english);
        let kept = work.second_factor(id, false).await?.filter(|kept| work.at.0 - kept.begun_at <= WAITS);
        let kept = kept.ok_or_else(|| late().hinting("请先不带验证码提交", "call it without a code first"))?;
        self.throttle().require(&account.name, CODES, work.at)?;
        if !work.take_code(id, &kept, code).await? {
            self.throttle().failed(&account.name, CODES, work.at);
            let (message, english) = ("验证码不正确", "not the code that the app shows now");
            let refusal = Refusal::new(RefusalCode::Invalid, "code", message, english);
            return Err(refusal.hinting("请核对手机时间", "see that the clock of the phone is right").into());
        }
        self.throttle().forget(&account.name, CODES);
        work.run(&CONFIRM, &[id.into(), work.at.into()]).await?;
        work.end_sessions_of(id, Some(session)).await?;
        work.record(AnyId::AccountId(id), Effect::Changed);
        commit_as(work, |position| Enrolment { confirmed: true, secret: None, uri: None, position }).await
    }
}
