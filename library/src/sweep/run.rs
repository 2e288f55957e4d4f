//! Running a sweep: by the deed that began it, and by whoever finds one that nobody is at any more.

use std::time::Duration;

use uuid::Uuid;

use super::{Rest, Sweep};
use crate::changes::{Action, Caller, Work, commit};
use crate::content::replace_tag;
use crate::database::{Sql, Value};
use crate::id::ContentId;
use crate::placement::{live_content, settle};
use crate::refusal::{Error, Refusal, Result};
use crate::retag::{Batch, Job};
use crate::tag::followed;
use crate::{Library, Position};

/// After which time nobody is at a sweep any more, in microseconds: a batch takes a moment.
const LEFT_ALONE: i64 = 60 * 1_000_000;

/// How long who changed a rule waits for what it leaves to do; the rest is done without it.
const WAITED_FOR: Duration = Duration::from_secs(2);

static TOTAL: Sql = Sql::new("update sweep set total = done + $2 where id = $1");
static MOVE: Sql = Sql::new("update sweep set cursor_id = $2, done = done + $3, touched_at = $4 where id = $1");
static END: Sql = Sql::new("delete from sweep where id = $1");
static LEFT: Sql =
    Sql::new("select id, rest, cursor_id, touched_at from sweep where touched_at <= $1 order by begun_at, id");
static CLAIM: Sql = Sql::new("update sweep set touched_at = $2 where id = $1 and touched_at = $3");

impl Library {
    /// Commits a deed of `caller` that changes a rule, and does what it leaves to do; answers the last position.
    pub(crate) async fn commit_and_sweep(&self, mut work: Work, caller: &Caller, rest: Rest) -> Result<Position> {
        let sweep = Sweep::begin(&mut work, rest).await?;
        let position = commit(work).await?;
        Ok(self.sweep(&caller.goes_on(), sweep).await?.unwrap_or(position))
    }

    /// Does what a deed of `caller` left to do; answers the last position, if anything was done. What takes longer than one waits
    /// for goes on by itself.
    pub(crate) async fn sweep(&self, caller: &Caller, sweep: Sweep) -> Result<Option<Position>> {
        let until = self.clock().elapsed() + WAITED_FOR;
        let (last, rest) = self.sweep_behind(caller, sweep, ContentId(Uuid::nil()), Some(until)).await?;
        if let Some(after) = rest {
            let (library, caller) = (self.clone(), caller.clone());
            tokio::spawn(async move {
                if let Err(error) = library.sweep_behind(&caller, sweep, after, None).await {
                    tracing::error!(%error, "a sweep broke off; a node goes on with it in a minute");
                }
            });
        }
        Ok(last)
    }

    /// Goes on with sweeps that nobody is at: what ran them has ended. Answers how many.
    ///
    /// # Errors
    /// When the database fails; what is left is found again.
    pub async fn finish_sweeps(&self) -> Result<u64> {
        let mut finished = 0;
        for row in self.database().rows(&LEFT, &[(self.now().0 - LEFT_ALONE).into()]).await? {
            let (id, touched): (Uuid, i64) = (row.get(0)?, row.get(3)?);
            let mut transaction = self.database().begin().await?;
            let claimed = transaction.run(&CLAIM, &[id.into(), self.now().into(), touched.into()]).await?;
            transaction.commit().await?;
            // Another node goes on with it already.
            if claimed == 0 {
                continue;
            }
            let sweep = Sweep { id, rest: row.json(1)? };
            self.sweep_behind(&Caller::program("sweep"), sweep, row.get(2)?, None).await?;
            finished += 1;
        }
        Ok(finished)
    }

    /// Settles what is left behind `after`, until a moment of the clock that nobody sets, if one is given. Answers the last position,
    /// and the last content that was settled if not all were.
    async fn sweep_behind(
        &self,
        caller: &Caller,
        sweep: Sweep,
        after: ContentId,
        until: Option<Duration>,
    ) -> Result<(Option<Position>, Option<ContentId>)> {
        let Sweep { id, rest } = sweep;
        let contents = self.rest_of(&rest, after).await?;
        let action: Action = rest.action(&self.directory());
        let mut batches = contents.chunks(rest.batch(&self.directory())).peekable();
        if batches.peek().is_some() {
            self.noted(&TOTAL, &[id.into(), (contents.len() as i64).into()]).await?;
        }
        let job = self.job(&rest).await?;
        let runs = Runs { sweep, caller: job.as_ref().map_or(caller, Job::caller), action, job: job.as_ref() };
        let mut last = None;
        while let Some(batch) = batches.next() {
            last = Some(self.batch_or_each(&runs, batch).await?);
            if batches.peek().is_some() && until.is_some_and(|until| self.clock().elapsed() >= until) {
                return Ok((last, batch.last().copied()));
            }
        }
        Ok((self.end(&runs).await?.or(last), None))
    }

    /// The change of tags that a sweep is for, if it is for one.
    async fn job(&self, rest: &Rest) -> Result<Option<Job>> {
        match *rest {
            Rest::Retag { id } => self.retag_job(id).await,
            _ => Ok(None),
        }
    }

    /// Does a batch. If one of many contents whose tags are changed is refused in the middle, the batch never happened, and each
    /// is a deed of its own.
    async fn batch_or_each(&self, runs: &Runs<'_>, batch: &[ContentId]) -> Result<Position> {
        let mut last = match self.batch(runs, batch, None).await {
            Err(Error::Refused(_)) if runs.job.is_some() => None,
            other => return other,
        };
        for content in batch {
            let one = std::slice::from_ref(content);
            last = match self.batch(runs, one, None).await {
                Err(Error::Refused(refusal)) => Some(self.batch(runs, one, Some(refusal)).await?),
                other => Some(other?),
            };
        }
        match last {
            Some(last) => Ok(last),
            None => self.newest_position().await,
        }
    }

    /// Does a batch in one deed; what was refused before is passed over.
    async fn batch(&self, runs: &Runs<'_>, batch: &[ContentId], refused: Option<Refusal>) -> Result<Position> {
        let Runs { sweep: Sweep { id, rest }, caller, action, job } = *runs;
        let mut work = self.begin(caller, action).await?;
        work.site = rest.column().and_then(|id| work.directory.columns.get(id)).map(|column| column.site);
        match (job, refused) {
            (None, _) => {
                for content in batch {
                    take(&mut work, &rest, *content).await?;
                }
            }
            (Some(job), Some(refusal)) => {
                job.count(&mut work, Batch::passed_over(batch, &refusal)).await?;
            }
            (Some(job), None) => {
                let mut came = Batch::default();
                for content in batch {
                    job.take(&mut work, &mut came, *content).await?;
                }
                job.count(&mut work, came).await?;
            }
        }
        let (end, at) = (batch.last().copied(), work.at);
        work.run(&MOVE, &[id.into(), end.into(), (batch.len() as i64).into(), at.into()]).await?;
        commit(work).await
    }

    /// Ends a sweep that has done all. Answers the position, if that is a change of the library.
    async fn end(&self, runs: &Runs<'_>) -> Result<Option<Position>> {
        let Sweep { id, rest } = runs.sweep;
        let Rest::MergedTag { from, .. } = rest else {
            let mut transaction = self.database().begin().await?;
            if let Some(job) = runs.job {
                let (sql, params) = job.ended(self.now());
                transaction.run(sql, &params).await?;
            }
            transaction.run(&END, &[id.into()]).await?;
            transaction.commit().await?;
            return Ok(None);
        };
        // Every node learns that it need not walk the merged tag any more.
        let mut work = self.begin(runs.caller, Action::TagChanged).await?;
        followed(&mut work, from).await?;
        work.run(&END, &[id.into()]).await?;
        commit(work).await.map(Some)
    }

    /// Writes down how far a sweep is, which is no change of the library.
    async fn noted(&self, sql: &Sql, params: &[Value]) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        transaction.run(sql, params).await?;
        transaction.commit().await
    }
}

/// A sweep that runs, and for whom.
struct Runs<'a> {
    sweep: Sweep,
    caller: &'a Caller,
    action: Action,
    job: Option<&'a Job>,
}

/// Brings one content to what the rules say; what is not live any more is passed over.
async fn take(work: &mut Work, rest: &Rest, id: ContentId) -> Result<()> {
    if let Rest::MergedTag { from, into } = *rest {
        // The other one may have been merged as well in the meantime.
        let into = work.directory.tag_of(into);
        replace_tag(work, id, from, into).await?;
        if !work.directory.shares_by_tag() {
            return Ok(());
        }
    }
    match live_content(work, id).await {
        Ok(content) => settle(work, &content, &[], &[]).await.map(|_| ()),
        // Another deed may have withdrawn it in the meantime.
        Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
