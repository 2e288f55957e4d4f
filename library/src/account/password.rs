//! Passwords: changing the own one (changePassword), and giving a new one to somebody (resetPassword).

use identity::{Password, Weakness, password};

use crate::changes::{Action, Caller, Effect, commit};
use crate::database::Sql;
use crate::id::{AccountId, AnyId};
use crate::may::{may_administer, require_account};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Library, Position, Who};

static KEPT: Sql = Sql::new("select password from account where id = $1");
static REPLACE: Sql = Sql::new(
    "update account set password = $2, must_change_password = $3 where id = $1 and ($4 = '' or password = $4)",
);

/// Refuses a weak password.
pub(crate) fn weak(path: &str, password: &Password, name: &str) -> Result<()> {
    use password::{LONGEST, SHORTEST};
    let Some(weakness) = password.weakness(name) else { return Ok(()) };
    let (code, message, english) = match weakness {
        Weakness::TooShort => {
            (RefusalCode::Invalid, format!("口令至少{SHORTEST}个字符"), format!("at least {SHORTEST} characters"))
        }
        Weakness::TooLong => {
            (RefusalCode::TooLong, format!("口令最多{LONGEST}个字符"), format!("at most {LONGEST} characters"))
        }
        Weakness::TooUniform => (
            RefusalCode::Invalid,
            "口令应包含大写字母、小写字母、数字、其他字符中的至少三类".to_owned(),
            "at least three of: capitals, small letters, digits, other signs".to_owned(),
        ),
        Weakness::HoldsName => {
            (RefusalCode::Invalid, "口令不能包含账号名".to_owned(), "must not hold the account's name".to_owned())
        }
    };
    Err(Refusal::new(code, path, message, english).into())
}

/// What is told while too many passwords are being checked.
fn busy() -> Refusal {
    let (message, english) = ("登录请求过多，请稍后再试", "too many sign-ins at once");
    let hint = ("请过几秒再试", "try again in some seconds");
    Refusal::new(RefusalCode::WrongState, "", message, english).hinting(hint.0, hint.1)
}

impl Library {
    /// What is kept of a password.
    pub(crate) async fn hash_password(&self, password: Password) -> Result<String> {
        let made = self.hashing().hash(password, self.clock().random()).await.map_err(|_| busy())?;
        made.map_err(|fault| Error::Database(fault.to_string()))
    }

    /// Whether `password` is the kept one; as long where there is none.
    pub(crate) async fn is_password(&self, password: Password, kept: Option<String>) -> Result<bool> {
        Ok(self.hashing().verify(password, kept).await.map_err(|_| busy())?)
    }

    /// Changes the caller's own password. All other sessions of the account end.
    ///
    /// # Errors
    /// Refuses who is not signed in, a wrong present password, a weak new one, and the same again.
    pub async fn change_password(&self, caller: &Caller, present: Password, new: Password) -> Result<Position> {
        let (id, session) = require_account(caller)?;
        let account = self.directory().accounts.get(id).cloned().ok_or_else(unauthenticated)?;
        let rows = self.database().rows(&KEPT, &[id.into()]).await?;
        let kept: String = rows.first().ok_or_else(unauthenticated)?.get(0)?;
        self.throttle().require(&account.name, "", self.now())?;
        if !self.is_password(present.clone(), Some(kept.clone())).await? {
            self.throttle().failed(&account.name, "", self.now());
            let (message, english) = ("当前口令不正确", "not the present password");
            return Err(Refusal::new(RefusalCode::Invalid, "currentPassword", message, english).into());
        }
        self.throttle().forget(&account.name, "");
        weak("newPassword", &new, &account.name)?;
        if present == new {
            let (message, english) = ("新口令不能与当前口令相同", "the same as the present one");
            return Err(Refusal::new(RefusalCode::Invalid, "newPassword", message, english).into());
        }
        let made = self.hash_password(new).await?;
        self.replace_password(caller, id, &made, false, Some((kept, session))).await
    }

    /// Gives an account a new password, which must be changed at the next sign-in. All its sessions end.
    ///
    /// # Errors
    /// Refuses an unknown account, a caller who does not administer it, the own account, and a weak password.
    pub async fn reset_password(&self, caller: &Caller, id: AccountId, new: Password) -> Result<Position> {
        let directory = self.directory();
        may_administer(&directory, caller, id, "account")?;
        let account = directory.accounts.get(id).ok_or_else(|| Refusal::not_found("account"))?;
        if matches!(caller.who, Who::Account(own, _) if own == id) {
            let (message, english) = ("不能重置自己的口令", "nobody resets the own password");
            let refusal = Refusal::new(RefusalCode::NotAllowed, "account", message, english);
            return Err(refusal
                .hinting("请使用修改口令", "call changePassword, which asks for the present one")
                .into());
        }
        weak("newPassword", &new, &account.name)?;
        let made = self.hash_password(new).await?;
        self.replace_password(caller, id, &made, caller.who != Who::Program, None).await
    }

    /// Writes a hash in the place of another, of `before` alone if it is given, and ends all sessions but that one.
    async fn replace_password(
        &self,
        caller: &Caller,
        id: AccountId,
        made: &str,
        must_change: bool,
        before: Option<(String, crate::id::SessionId)>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::AccountChanged).await?;
        let (kept, session) = before.unzip();
        match session {
            // It may have been disabled or reset while the passwords were hashed.
            Some(_) if work.directory.accounts.get(id).is_none_or(|account| !account.is_active()) => {
                return Err(unauthenticated().into());
            }
            Some(_) => {}
            None => may_administer(&work.directory, caller, id, "account")?,
        }
        let params = [id.into(), made.into(), must_change.into(), kept.unwrap_or_default().into()];
        if work.run(&REPLACE, &params).await? == 0 {
            return Err(unauthenticated().into());
        }
        work.end_sessions_of(id, session).await?;
        work.record(AnyId::AccountId(id), Effect::Changed);
        commit(work).await
    }
}

fn unauthenticated() -> Refusal {
    crate::session::not_signed_in()
}
