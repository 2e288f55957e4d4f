//! Where a review stands, and who is editing.

use async_graphql::{Context, Enum, Object};
use library::Scope;
use library::content::Working;

use crate::account::Account;
use crate::scalars::{DateTime, int};

/// A verdict (审核结论).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::content::ReviewDecision")]
pub enum ReviewDecision {
    /// It passes (通过).
    Approve,
    /// It is given back (退回).
    Return,
}

/// The verdict of a level.
pub struct ReviewRound(library::desk::ReviewRound);

/// The verdict of a level (审校记录): a review and a proofreading.
#[Object]
impl ReviewRound {
    /// At which level (审核级别).
    async fn level(&self) -> i32 {
        int(self.0.level)
    }

    /// Which revision was read (版本号).
    async fn revision(&self) -> i32 {
        int(self.0.revision)
    }

    /// Who decided (审核人).
    async fn reviewer(&self, ctx: &Context<'_>) -> Account {
        Account::named(crate::scope(ctx).actor(&self.0.reviewer))
    }

    /// Since when it had waited (开始等待时间).
    async fn waited_since(&self) -> DateTime {
        self.0.waited_since.utc()
    }

    /// When it was decided (审核时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// The verdict of the review (审).
    async fn decision(&self) -> ReviewDecision {
        self.0.decision.into()
    }

    /// Why it was given back (退回原因).
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The verdict of the proofreading (校).
    async fn proofreading(&self) -> ReviewDecision {
        self.0.proofreading.into()
    }

    /// Who proofread it (校对人): who reviewed it.
    async fn proofreader(&self, ctx: &Context<'_>) -> Option<Account> {
        Some(Account::named(crate::scope(ctx).actor(&self.0.reviewer)))
    }
}

/// Where a review stands.
pub struct ReviewState {
    level: i64,
    levels: i64,
    waiting_since: DateTime,
    rounds: Vec<library::desk::ReviewRound>,
}

impl ReviewState {
    /// Where the review of a content stands; nothing for what never was submitted.
    pub fn of(working: &Working, rounds: Vec<library::desk::ReviewRound>) -> Option<Self> {
        let last = rounds.last();
        let levels = working.levels.or_else(|| last.map(|round| round.levels))?;
        let waiting_since = working.waiting_since.or_else(|| last.map(|round| round.at)).unwrap_or(working.updated_at);
        Some(Self { level: working.level.unwrap_or(levels), levels, waiting_since: waiting_since.utc(), rounds })
    }
}

/// Where the review of a content stands (审核进度).
#[Object]
impl ReviewState {
    /// The level that it waits for, or the last one once it is approved (当前级别).
    async fn level(&self) -> i32 {
        int(self.level)
    }

    /// How many levels its column demands (审核级数); 0 where its source is exempt (转载免审).
    async fn levels(&self) -> i32 {
        int(self.levels)
    }

    /// Since when it waits (等待时间).
    async fn waiting_since(&self) -> DateTime {
        self.waiting_since
    }

    /// What was decided (审校记录), the oldest first, of all its revisions.
    async fn rounds(&self) -> Vec<ReviewRound> {
        self.rounds.iter().cloned().map(ReviewRound).collect()
    }
}

/// Who is editing.
pub struct EditLease {
    holder: Account,
    until: DateTime,
}

impl EditLease {
    /// The lease that an account holds.
    pub fn of(scope: &Scope, lease: library::content::EditLease) -> Self {
        let holder = Account::named(scope.actor(&lease.holder.to_string()));
        Self { holder, until: lease.until.utc() }
    }
}

/// Who is editing a content (编辑占用).
#[Object]
impl EditLease {
    /// Who (编辑人).
    async fn holder(&self) -> &Account {
        &self.holder
    }

    /// Until when, unless it is taken again (有效期至).
    async fn until(&self) -> DateTime {
        self.until
    }
}
