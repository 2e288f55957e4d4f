//! Second factors (双因素认证): a code of an app beside the password. Who has one, signs in with both.
//!
//! The secret must be computed with, so it lies in its table as it is, as signing keys do (docs/decisions/0014). It is in no
//! directory, no log and, after the answer that shows it, in no answer.

mod enrol;
mod remove;

use crate::Library;
use crate::changes::Work;
use crate::database::Sql;
use crate::id::AccountId;
use crate::refusal::{Error, Refusal, RefusalCode, Result};

pub use enrol::Enrolment;
pub use identity::Totp;

/// In the place of an address where codes of an account are counted: whoever tries them knows its password, so they
/// slow down from wherever they come.
const CODES: &str = "\u{1f}codes";

static KEPT: Sql = Sql::new(
    "select secret, step, begun_at from second_factor where account_id = $1 and (confirmed_at is not null) = $2",
);
static USE: Sql = Sql::new("update second_factor set step = $2 where account_id = $1 and step < $2");

/// A factor as it is kept.
struct Kept {
    totp: Totp,
    /// The step of the last code that was taken.
    step: i64,
    begun_at: i64,
}

impl Work {
    /// The factor of an account: one that counts, or one that was begun only.
    async fn second_factor(&mut self, account: AccountId, confirmed: bool) -> Result<Option<Kept>> {
        let Some(row) = self.row(&KEPT, &[account.into(), confirmed.into()]).await? else { return Ok(None) };
        // What is wrong with it is not told: a message would show it.
        let damaged = || Error::Database("a second factor cannot be read".to_owned());
        let totp = row.text(0).and_then(Totp::read).ok_or_else(damaged)?;
        Ok(Some(Kept { totp, step: row.get(1)?, begun_at: row.get(2)? }))
    }

    /// Takes a code, if it is one of now that was not taken before.
    async fn take_code(&mut self, account: AccountId, kept: &Kept, code: &str) -> Result<bool> {
        let now = self.at.0.div_euclid(1_000_000);
        match kept.totp.step_of(code, now, kept.step) {
            Some(step) => Ok(self.run(&USE, &[account.into(), step.into()]).await? == 1),
            None => Ok(false),
        }
    }
}

impl Library {
    /// Asks for the second factor of an account that has one, in the deed of its signing in.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` at `code` without one and for a wrong one; further attempts wait as those with passwords do.
    pub(crate) async fn require_code(
        &self,
        work: &mut Work,
        account: AccountId,
        (name, from): (&str, &str),
        code: Option<&str>,
    ) -> Result<()> {
        let Some(kept) = work.second_factor(account, true).await? else { return Ok(()) };
        let Some(code) = code.filter(|code| !code.is_empty()) else {
            let (message, english) = ("需要双因素验证码", "a code is needed, too");
            let refusal = Refusal::new(RefusalCode::Unauthenticated, "code", message, english);
            let hint = ("请同时提交验证器应用中的六位数字", "sign in again with the six digits that the app shows");
            return Err(refusal.hinting(hint.0, hint.1).into());
        };
        let now = self.now();
        self.throttle().require(name, CODES, now)?;
        if !work.take_code(account, &kept, code).await? {
            self.throttle().failed(name, CODES, now);
            self.throttle().failed(name, from, now);
            tracing::info!(%account, "somebody could not sign in: the code was wrong");
            let (message, english) = ("验证码不正确或已使用", "the code is wrong, or was used before");
            let refusal = Refusal::new(RefusalCode::Unauthenticated, "code", message, english);
            return Err(refusal.hinting("请等待下一个验证码", "wait for the next one").into());
        }
        self.throttle().forget(name, CODES);
        Ok(())
    }
}
