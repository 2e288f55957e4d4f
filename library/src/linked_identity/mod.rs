//! Identities of sign-on providers (统一身份认证) that accounts are known by: an issuer and a subject, never an address of
//! e-mail. Which issuers are trusted, and whether a token is theirs, is found out before anything comes here.

mod bearer;
mod link;
mod read;
mod unlink;

use crate::changes::{Action, KeyKind, List};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AccountId, AnyId, LinkedIdentityId};
use crate::instant::Instant;
use crate::refusal::Result;

pub use identity::{ForeignAlgorithm, ForeignKeys, Rejected, TrustedIssuer, Unverified};
pub use link::LinkIdentity;

/// An identity that an account is known by.
#[derive(Debug, Clone)]
pub struct LinkedIdentity {
    /// Its identifier.
    pub id: LinkedIdentityId,
    /// Whose.
    pub account: AccountId,
    /// Who vouches for it (`iss`).
    pub issuer: String,
    /// How the issuer calls it (`sub`).
    pub subject: String,
    /// When it was linked.
    pub created_at: Instant,
}

impl Entry for LinkedIdentity {
    type Id = LinkedIdentityId;
    const CHANGED_BY: &'static [Action] = &[Action::IdentityChanged];

    fn load() -> &'static Sql {
        static ALL: Sql =
            Sql::new("select id, account_id, issuer, subject, created_at from linked_identity order by created_at, id");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            account: row.get(1)?,
            issuer: row.get(2)?,
            subject: row.get(3)?,
            created_at: row.get(4)?,
        })
    }

    fn id(&self) -> LinkedIdentityId {
        self.id
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        vec![(KeyKind::Identity, key(&self.issuer, &self.subject))]
    }
}

impl List {
    /// The identities of an account.
    pub(crate) fn identities(account: AccountId) -> Self {
        Self::Of("identities", AnyId::AccountId(account))
    }
}

/// What finds an identity. It stands in the log, so it tells nobody's name.
fn key(issuer: &str, subject: &str) -> String {
    identity::digest(format!("{issuer}\u{1f}{subject}").as_bytes())
}
