//! One content on the desk: its working row, revisions, reviews, lease.

use std::sync::Arc;

use crate::account::{Account, AccountFields, AccountState};
use crate::changes::List;
use crate::content::{ContentFields, EditLease, ReviewDecision, WORKING, Working};
use crate::database::{Sql, Value};
use crate::id::{AccountId, AnyId, ContentId, RevisionId};
use crate::instant::Instant;
use crate::may::has_role;
use crate::refusal::Result;
use crate::{Paging, Scope, Walked};

/// A verdict of a level (审校记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRound {
    /// Which revision was read.
    pub revision: i64,
    /// At which level.
    pub level: i64,
    /// Of how many.
    pub levels: i64,
    /// Who decided, as the log names somebody.
    pub reviewer: String,
    /// The verdict of the review.
    pub decision: ReviewDecision,
    /// The verdict of the proofreading.
    pub proofreading: ReviewDecision,
    /// Why it was given back.
    pub reason: Option<String>,
    /// Since when it had waited.
    pub waited_since: Instant,
    /// When it was decided.
    pub at: Instant,
}

/// A saved revision, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionEntry {
    /// Of which content.
    pub content: ContentId,
    /// Its number.
    pub number: i64,
    /// When it was saved.
    pub at: Instant,
    /// Who saved it, as the log names somebody.
    pub by: String,
    /// What was said of it.
    pub note: Option<String>,
}

static ROUNDS: Sql = Sql::new(
    "select revision, level, levels, reviewer, decision, proofreading, reason, waited_since, at
     from review_round where content_id = $1 order by ordinal",
);
static LEASE: Sql = Sql::new("select account_id, until from edit_lease where content_id = $1");
static REVISION: Sql = Sql::new("select document from revision where content_id = $1 and number = $2");

impl Scope {
    /// The working row of a content, whoever asks.
    pub(crate) async fn working_row(&self, id: ContentId) -> Result<Option<Working>> {
        self.note_list(List::working(id));
        self.note_record(AnyId::ContentId(id));
        let text = format!("select {WORKING} from working w where w.content_id = $1");
        self.rows(&Sql::built(text), vec![id.into()]).await?.first().map(Working::read).transpose()
    }

    /// A content on the desk of who asks: one that lies where the asker has any role.
    pub async fn working(&self, id: ContentId) -> Result<Option<Working>> {
        // Who has no role anywhere causes no statement: what is there and what is not look the same.
        let Some(caller) = self.caller().cloned() else { return Ok(None) };
        if !self.has_roles() {
            return Ok(None);
        }
        let found = self.working_row(id).await?;
        let directory = self.directory();
        Ok(found.filter(|working| has_role(&directory, Some(&caller), &working.target(&directory))))
    }

    /// Whether who asks has a role anywhere.
    pub(super) fn has_roles(&self) -> bool {
        match self.caller().map(|caller| caller.who) {
            Some(crate::Who::Program) => true,
            Some(crate::Who::Account(account, _)) => self.directory().grants_of(account).next().is_some(),
            Some(crate::Who::Nobody) | None => false,
        }
    }

    /// A revision of a content whole, as far as it is there; only for who was shown the content.
    pub async fn revision_fields(&self, working: &Working, number: i64) -> Result<Option<ContentFields>> {
        let rows = self.rows(&REVISION, vec![working.id.into(), number.into()]).await?;
        rows.first().map(|row| row.json(0)).transpose()
    }

    /// The revisions of a content, the newest first.
    pub async fn revisions(
        &self,
        working: &Working,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<(Vec<Value>, RevisionEntry)>> {
        let mut params: Vec<Value> = vec![working.id.into(), Value::Int(paging.size as i64 + 1)];
        let mut condition = "";
        if let Some([number]) = paging.from.as_deref() {
            params.push(number.clone());
            condition = "and number < $3";
        }
        let text = format!(
            "select number, at, author, note from revision where content_id = $1 {condition}
             order by number desc limit $2"
        );
        let rows = self.rows(&Sql::built(text), params).await?;
        let mut items = Vec::new();
        for row in rows.iter().take(paging.size) {
            let number: i64 = row.get(0)?;
            let entry =
                RevisionEntry { content: working.id, number, at: row.get(1)?, by: row.get(2)?, note: row.get(3)? };
            items.push((vec![Value::Int(number)], entry));
        }
        let has_next = rows.len() > paging.size;
        Ok(Walked { items, has_next, has_previous: paging.from.is_some(), begins_at: None, ends_at: None })
    }

    /// The verdicts on a content, the oldest first.
    pub async fn review_rounds(&self, working: &Working) -> Result<Vec<ReviewRound>> {
        let mut rounds = Vec::new();
        for row in self.rows(&ROUNDS, vec![working.id.into()]).await? {
            let decision =
                |at: usize| row.text(at).and_then(|text| text.parse().ok()).unwrap_or(ReviewDecision::Return);
            rounds.push(ReviewRound {
                revision: row.get(0)?,
                level: row.get(1)?,
                levels: row.get(2)?,
                reviewer: row.get(3)?,
                decision: decision(4),
                proofreading: decision(5),
                reason: row.get(6)?,
                waited_since: row.get(7)?,
                at: row.get(8)?,
            });
        }
        Ok(rounds)
    }

    /// Who is editing a content, as the lease says; also after its end, which the asker's interface compares with its clock.
    pub async fn lease(&self, working: &Working) -> Result<Option<EditLease>> {
        let rows = self.rows(&LEASE, vec![working.id.into()]).await?;
        rows.first().map(|row| Ok(EditLease { holder: row.get(0)?, until: row.get(1)? })).transpose()
    }

    /// Somebody as histories of the desk name him: an account of any organisation by its name, a program by what it does.
    pub fn actor(&self, actor: &str) -> Arc<Account> {
        let directory = self.directory();
        let known = actor.parse::<AccountId>().ok().and_then(|id| directory.accounts.get(id).cloned());
        if let Some(account) = &known {
            self.note_record(AnyId::AccountId(account.id));
        }
        known.unwrap_or_else(|| Arc::new(program(actor)))
    }
}

/// What did something without an account, as histories show it.
fn program(actor: &str) -> Account {
    let name = match actor.strip_prefix("program:") {
        Some("import") => "导入程序",
        Some("clock") => "定时任务",
        Some("seed") => "演示数据",
        _ => "系统",
    };
    Account {
        id: AccountId(uuid::Uuid::nil()),
        name: actor.to_owned(),
        organisation: None,
        state: AccountState::Disabled,
        created_at: Instant(0),
        must_change_password: false,
        has_second_factor: false,
        fields: AccountFields { display_name: name.to_owned() },
    }
}

/// How many bits of a revision's identifier hold its number.
const NUMBER_BITS: u32 = 16;

impl RevisionId {
    /// The identifier of a revision: its content's, with the number in the last bits. What two contents have in common are
    /// the first bits alone, for the rest is random.
    pub fn of(content: ContentId, number: i64) -> Self {
        let number = u128::try_from(number).unwrap_or_default() & ((1 << NUMBER_BITS) - 1);
        Self(uuid::Uuid::from_u128(content.0.as_u128() ^ number))
    }
}

static BETWEEN: Sql = Sql::new("select content_id from working where content_id >= $1 and content_id <= $2");

impl Scope {
    /// A revision by its identifier, if who asks sees its content on the desk.
    pub async fn revision(&self, id: RevisionId) -> Result<Option<RevisionEntry>> {
        if !self.has_roles() {
            return Ok(None);
        }
        let low = id.0.as_u128() >> NUMBER_BITS << NUMBER_BITS;
        let ends = [low, low | ((1 << NUMBER_BITS) - 1)].map(|end| Value::Id(uuid::Uuid::from_u128(end)));
        for row in self.rows(&BETWEEN, ends.into()).await? {
            let content: ContentId = row.get(0)?;
            let number = i64::try_from(content.0.as_u128() ^ id.0.as_u128()).unwrap_or_default();
            let Some(working) = self.working(content).await? else { continue };
            let from = Some(vec![Value::Int(number + 1)]);
            let page = self.revisions(&working, &Paging { size: 1, backward: false, from, offset: 0 }).await?;
            let found = page.items.into_iter().map(|(_, entry)| entry).find(|entry| entry.number == number);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}
