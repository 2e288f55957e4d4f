//! Linking an identity of a sign-on provider to an account (linkIdentity).

use super::key;
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit_as};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, LinkedIdentityId};
use crate::may::{may_administer, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// The longest issuer and the longest subject (OpenID Connect Core, 2: a subject has at most 255 characters).
const LONGEST: usize = 255;
/// The most identities of an account.
const MOST: usize = 10;

/// An identity to be linked.
#[derive(Debug, Clone)]
pub struct LinkIdentity {
    /// To which account.
    pub account: AccountId,
    /// Who vouches for it (`iss`), to the letter.
    pub issuer: String,
    /// How the issuer calls it (`sub`), to the letter.
    pub subject: String,
}

static INSERT: Sql =
    Sql::new("insert into linked_identity (id, account_id, issuer, subject, created_at) values ($1, $2, $3, $4, $5)");

impl Library {
    /// Links an identity to an account: who brings a token of it, is that account from now on.
    ///
    /// # Errors
    /// Refuses an unknown account, a caller who does not keep it and all that it has a role over, an identity that is
    /// linked already, and too many for one account.
    pub async fn link_identity(&self, caller: &Caller, input: LinkIdentity) -> Result<(LinkedIdentityId, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::IdentityChanged).await?;
        let directory = work.directory.clone();
        may_administer(&directory, caller, input.account, "account")?;
        let issuer = text::require("issuer", &input.issuer, LONGEST)?;
        let subject = text::require("subject", &input.subject, LONGEST)?;
        let found_by = key(&issuer, &subject);
        if directory.identities.by_key(KeyKind::Identity, &found_by).is_some() {
            return Err(Refusal::duplicate("subject").into());
        }
        if directory.identities.all().iter().filter(|one| one.account == input.account).count() >= MOST {
            let (message, english) = ("该账号关联的身份过多", "the account has too many identities");
            return Err(Refusal::new(RefusalCode::WrongState, "account", message, english).into());
        }
        let id = LinkedIdentityId(self.new_id());
        let params = [id.into(), input.account.into(), issuer.into(), subject.into(), work.at.into()];
        work.run(&INSERT, &params).await?;
        work.record(AnyId::LinkedIdentityId(id), Effect::Entered);
        work.list(List::identities(input.account));
        work.key(KeyKind::Identity, found_by);
        commit_as(work, |position| (id, position)).await
    }
}
