//! Beginning to change the tags of all that a filter finds (retagFilter).

use super::{Order, checked};
use crate::changes::{Action, Caller, Effect, List, commit_as};
use crate::content::{ContentFilter, Retag};
use crate::database::Sql;
use crate::id::{AnyId, RetagId};
use crate::instant::Instant;
use crate::may::require_somebody;
use crate::refusal::Result;
use crate::sweep::{Rest, Sweep};
use crate::{Audience, Library, Position, Who};

/// How long what came of a change is kept, in microseconds: 90 days.
const KEPT: i64 = 90 * 24 * 3600 * 1_000_000;

static INSERT: Sql =
    Sql::new("insert into retag (id, document, account_id, begun_at, changed, skipped) values ($1, $2, $3, $4, 0, 0)");
static FORGET_SKIPS: Sql =
    Sql::new("delete from retag_skip where retag_id in (select id from retag where ended_at < $1)");
static FORGET: Sql = Sql::new("delete from retag where ended_at < $1");

impl Library {
    /// Gives all that a filter finds tags and takes others away, in batches that others come between; answers its identifier and
    /// the last position. What takes longer than one waits for goes on by itself.
    ///
    /// # Errors
    /// Refuses who publishes nowhere, a filter that narrows nothing or cannot be asked, and tags that are not there.
    pub async fn retag_filter(
        &self,
        caller: &Caller,
        filter: ContentFilter,
        retag: &Retag,
    ) -> Result<(RetagId, Position)> {
        require_somebody(caller)?;
        // A filter that cannot be asked is refused now, not in the middle.
        super::found(&self.scope(Audience::Public), &filter, None).await?;
        let mut work = self.begin(caller, Action::RetagBegun).await?;
        let Retag { add, remove } = checked(&work.directory, caller, &filter, retag)?;
        let by = match caller.who {
            Who::Account(account, _) => Some((account, caller.means())),
            Who::Program | Who::Nobody => None,
        };
        let before = Instant(work.at.0 - KEPT);
        work.run(&FORGET_SKIPS, &[before.into()]).await?;
        work.run(&FORGET, &[before.into()]).await?;
        let id = RetagId(self.new_id());
        let document = serde_json::to_string(&Order { filter, add, remove, by })?;
        let account = by.map(|(account, _)| account);
        work.run(&INSERT, &[id.into(), document.into(), account.into(), work.at.into()]).await?;
        work.record(AnyId::RetagId(id), Effect::Changed);
        work.list(List::retags());
        let sweep = Sweep::begin(&mut work, Rest::Retag { id }).await?;
        let (id, position) = commit_as(work, |position| (id, position)).await?;
        let last = self.sweep(&caller.goes_on(), sweep).await?;
        Ok((id, last.unwrap_or(position)))
    }
}
