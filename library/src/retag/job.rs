//! A change of tags while its sweep runs: whose rights count, and what is written down of each batch.

use super::Order;
use crate::Library;
use crate::changes::{Caller, Effect, List, Work};
use crate::content::{Retag, Retagged, retag_one_of_many};
use crate::database::Sql;
use crate::id::{AnyId, ContentId, RetagId};
use crate::instant::Instant;
use crate::refusal::{Refusal, Result};

/// The most contents of which it is kept why they were passed over.
const MOST_SKIPS: i64 = 1_000;

static COUNT: Sql =
    Sql::new("update retag set changed = changed + $2, skipped = skipped + $3 where id = $1 returning skipped");
static SKIPPED: Sql = Sql::new(
    "insert into retag_skip (retag_id, content_id, refusal)
     select $2, as_id(r.value->>0), r.value->>1 from rows($1) r where true on conflict (retag_id, content_id) do nothing",
);
static END: Sql = Sql::new("update retag set ended_at = $2 where id = $1");

/// What a sweep needs to know of a change of tags.
pub(crate) struct Job {
    id: RetagId,
    retag: Retag,
    caller: Caller,
}

/// What came of a batch.
#[derive(Default)]
pub(crate) struct Batch {
    changed: i64,
    skipped: Vec<(ContentId, Refusal)>,
}

impl Library {
    /// The change with this identifier; nothing if nobody knows it any more.
    pub(crate) async fn retag_job(&self, id: RetagId) -> Result<Option<Job>> {
        let Some(order) = self.retag_order(id).await? else { return Ok(None) };
        let retag = order.retag();
        let Order { by, .. } = order;
        let caller = by.map_or_else(|| Caller::program("retag"), |(account, means)| Caller::again(account, means));
        Ok(Some(Job { id, retag, caller }))
    }
}

impl Batch {
    /// What is passed over as a whole, because it was refused in the middle.
    pub fn passed_over(contents: &[ContentId], refusal: &Refusal) -> Self {
        let skipped = contents.iter().map(|content| (*content, refusal.clone())).collect();
        Self { changed: 0, skipped }
    }
}

impl Job {
    /// Who began it: its rights count, whoever goes on with it.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Changes one content of a batch, or passes it over. A refusal comes from the middle of it: nothing of the batch may stay.
    pub async fn take(&self, work: &mut Work, batch: &mut Batch, content: ContentId) -> Result<()> {
        match retag_one_of_many(work, &self.caller, content, &self.retag).await? {
            Retagged::Changed => batch.changed += 1,
            Retagged::Unchanged => {}
            Retagged::PassedOver(refusal) => batch.skipped.push((content, refusal)),
        }
        Ok(())
    }

    /// Writes down what came of a batch, in its transaction.
    pub async fn count(&self, work: &mut Work, batch: Batch) -> Result<()> {
        // The log's row is about many: no site, no revision is the one.
        work.site = None;
        work.revision = None;
        work.reason = (batch.changed > 0).then(|| "批量改标".to_owned());
        if batch.changed > 0 {
            work.record(AnyId::RetagId(self.id), Effect::Changed);
            work.list(List::retags());
        }
        let new = batch.skipped.len() as i64;
        let row = work.row(&COUNT, &[self.id.into(), batch.changed.into(), new.into()]).await?;
        let before = row.map_or(Ok(0), |row| row.get::<i64>(0))? - new;
        let room = usize::try_from(MOST_SKIPS - before).unwrap_or_default();
        let mut rows = Vec::new();
        for (content, refusal) in batch.skipped.into_iter().take(room) {
            rows.push(serde_json::json!([content.0.simple().to_string(), serde_json::to_string(&refusal)?]));
        }
        if !rows.is_empty() {
            work.run(&SKIPPED, &[serde_json::Value::Array(rows).into(), self.id.into()]).await?;
        }
        Ok(())
    }

    /// The statement that ends it.
    pub fn ended(&self, at: Instant) -> (&'static Sql, [crate::database::Value; 2]) {
        (&END, [self.id.into(), at.into()])
    }
}
