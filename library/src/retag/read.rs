//! Reading what became of a change of tags, for who began it and who keeps all tags.

use super::{RECORD, read_record};
use crate::changes::{Caller, List};
use crate::database::{Sql, Value};
use crate::id::{AccountId, AnyId, ContentId, RetagId, TagId};
use crate::instant::Instant;
use crate::may::{Right, Target, may};
use crate::refusal::{Refusal, Result};
use crate::{Scope, Who};

/// The most that are listed.
const MOST: i64 = 200;

/// A change of the tags of all that a filter finds.
#[derive(Debug, Clone)]
pub struct RetagRecord {
    /// Its identifier.
    pub id: RetagId,
    /// The tags that are given.
    pub add: Vec<TagId>,
    /// The tags that are taken away.
    pub remove: Vec<TagId>,
    /// Who began it; nobody, if a program did.
    pub by: Option<AccountId>,
    /// When.
    pub begun_at: Instant,
    /// When all was done; nothing as long as something is left.
    pub ended_at: Option<Instant>,
    /// How many contents were changed.
    pub changed: i64,
    /// How many were passed over.
    pub skipped: i64,
}

/// A content that was passed over.
#[derive(Debug, Clone)]
pub struct RetagSkip {
    /// Which.
    pub content: ContentId,
    /// Why.
    pub refusal: Refusal,
}

static SKIPS: Sql =
    Sql::new("select content_id, refusal from retag_skip where retag_id = $1 order by content_id limit 1000");

impl Scope {
    /// The changes that who asks may see, the newest first: one's own, and all for who keeps all tags. They move on with every
    /// batch, and are kept by nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retags(&self) -> Result<Vec<RetagRecord>> {
        self.note_list(List::retags());
        let Some(caller) = self.caller().cloned() else { return Ok(Vec::new()) };
        let (all, own) = self.sees_retags(&caller);
        let text = format!(
            "select {RECORD} from retag r where $1 or r.account_id = $2 order by r.begun_at desc, r.id desc limit {MOST}"
        );
        let rows = self.rows(&Sql::built(text), vec![all.into(), own.into()]).await?;
        rows.iter().map(read_record).collect()
    }

    /// One of them; nothing for who may not see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retag(&self, id: RetagId) -> Result<Option<RetagRecord>> {
        self.note_record(AnyId::RetagId(id));
        let Some(caller) = self.caller().cloned() else { return Ok(None) };
        let (all, own) = self.sees_retags(&caller);
        let text = format!("select {RECORD} from retag r where r.id = $1 and ($2 or r.account_id = $3)");
        let rows: Vec<_> = self.rows(&Sql::built(text), vec![id.into(), all.into(), own.into()]).await?;
        rows.first().map(read_record).transpose()
    }

    /// What a change that was read passed over, at most the first 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retag_skips(&self, of: &RetagRecord) -> Result<Vec<RetagSkip>> {
        self.note_record(AnyId::RetagId(of.id));
        let rows = self.rows(&SKIPS, vec![Value::from(of.id)]).await?;
        rows.iter().map(|row| Ok(RetagSkip { content: row.get(0)?, refusal: row.json(1)? })).collect()
    }

    /// Whether a caller sees all of them, and whose it sees anyhow.
    fn sees_retags(&self, caller: &Caller) -> (bool, Option<AccountId>) {
        let all = may(&self.directory(), caller, Right::Steward, &Target::platform()).is_ok();
        let own = match caller.who {
            Who::Account(account, _) => Some(account),
            Who::Program | Who::Nobody => None,
        };
        (all, own)
    }
}
