//! How far a mirror is: moved on together with what there is to tell of that which no deed was done about.

use serde_json::{Value as Json, json};

use super::{ExchangeOutcome, Mirror, MirrorPhase, NewExchange, Told, WRITE, not_alone, rows_of};
use crate::Library;
use crate::database::{Sql, Transaction};
use crate::refusal::Result;

/// How long the exchange log is kept, in microseconds: half a year, as long as logs of networks must be (网络安全法 21).
const KEPT: i64 = 184 * 24 * 3600 * 1_000_000;

static MOVE: Sql = Sql::new(
    "update mirror set turn = turn + 1, origin = $3, plan = $4, layout = $5, phase = $6, round = $7, position = $8, cursor = $9,
       heard_at = $10, problem = null, problem_reason = null, problem_at = null where name = $1 and turn = $2",
);
static HEARD: Sql = Sql::new(
    "update mirror set heard_at = $2, problem = null, problem_reason = null, problem_at = null where name = $1",
);
static TROUBLE: Sql = Sql::new(
    "update mirror set problem = $2, problem_reason = $3, problem_at = $4 where name = $1
       and (problem is null or problem <> $2)",
);
static SEEN: Sql = Sql::new(
    "insert into mirror_content (mirror, origin_id, round) select $2, r.value->>0, $3 from rows($1) r
     where true on conflict (mirror, origin_id) do update set round = excluded.round",
);
static FORGET: Sql = Sql::new("delete from exchange where mirror = $1 and at < $2");

/// Where a mirror stands after a step.
#[derive(Debug, Clone)]
pub struct Turn {
    /// How far it is.
    pub phase: MirrorPhase,
    /// The position of the other side.
    pub position: Option<String>,
    /// Where the snapshot goes on.
    pub cursor: Option<String>,
    /// The identifiers of what the other side showed in this snapshot.
    pub seen: Vec<String>,
    /// What else there is to tell.
    pub told: Vec<NewExchange>,
}

impl Library {
    /// Moves a mirror on, after what came with the step was done.
    ///
    /// # Errors
    /// Refuses if another process follows under the same name.
    pub async fn turn_mirror(&self, mirror: &mut Mirror, turn: Turn) -> Result<()> {
        let mut after = mirror.clone();
        after.phase = turn.phase;
        after.position = turn.position;
        after.cursor = turn.cursor;
        let transaction = self.database().begin().await?;
        self.move_on(transaction, mirror, after, &turn.seen, &turn.told).await
    }

    /// Begins a new snapshot: with another plan, other columns, or because the position is not known on the other side.
    ///
    /// # Errors
    /// As [`Self::turn_mirror`].
    pub async fn begin_mirror_snapshot(
        &self,
        mirror: &mut Mirror,
        origin: &str,
        plan: &str,
        layout: &str,
        why: Told,
    ) -> Result<()> {
        let after = Mirror {
            origin: origin.to_owned(),
            plan: plan.to_owned(),
            layout: layout.to_owned(),
            phase: MirrorPhase::Snapshot,
            round: mirror.round + 1,
            position: None,
            cursor: None,
            ..mirror.clone()
        };
        let begun = NewExchange { outcome: ExchangeOutcome::SnapshotBegun, content: None, told: why };
        let transaction = self.database().begin().await?;
        self.move_on(transaction, mirror, after, &[], &[begun]).await
    }

    async fn move_on(
        &self,
        mut transaction: Transaction,
        mirror: &mut Mirror,
        after: Mirror,
        seen: &[String],
        told: &[NewExchange],
    ) -> Result<()> {
        let (name, at) = (mirror.name.as_str(), self.now());
        let phase: &str = after.phase.into();
        let params = [
            name.into(),
            mirror.turn.into(),
            after.origin.as_str().into(),
            after.plan.as_str().into(),
            after.layout.as_str().into(),
            phase.into(),
            after.round.into(),
            after.position.clone().into(),
            after.cursor.clone().into(),
            at.into(),
        ];
        if transaction.run(&MOVE, &params).await? == 0 {
            return Err(not_alone().into());
        }
        if !seen.is_empty() {
            let rows: Vec<Json> = seen.iter().map(|id| json!([id])).collect();
            transaction.run(&SEEN, &[Json::Array(rows).into(), name.into(), after.round.into()]).await?;
        }
        if !told.is_empty() {
            transaction.run(&WRITE, &[rows_of(self.clock(), told)?.into(), name.into(), at.into()]).await?;
        }
        transaction.commit().await?;
        *mirror = Mirror { turn: mirror.turn + 1, heard_at: Some(at), problem: None, ..after };
        Ok(())
    }

    /// The other side answered, and had nothing new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mirror_heard(&self, name: &str) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        transaction.run(&HEARD, &[name.into(), self.now().into()]).await?;
        transaction.commit().await
    }

    /// Something keeps a mirror from going on; the exchange log tells of it once, until that has changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mirror_trouble(&self, name: &str, code: &str, reason: &str) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        let at = self.now();
        if transaction.run(&TROUBLE, &[name.into(), code.into(), reason.into(), at.into()]).await? > 0 {
            let told = Told { code: Some(code.to_owned()), reason: Some(reason.to_owned()), ..Told::default() };
            let entry = NewExchange { outcome: ExchangeOutcome::Trouble, content: None, told };
            transaction.run(&WRITE, &[rows_of(self.clock(), &[entry])?.into(), name.into(), at.into()]).await?;
        }
        transaction.commit().await
    }

    /// Forgets what the exchange log said of a mirror more than half a year ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_exchanges(&self, name: &str) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        transaction.run(&FORGET, &[name.into(), (self.now().0 - KEPT).into()]).await?;
        transaction.commit().await
    }
}
