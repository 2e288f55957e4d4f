//! Withdrawing what a mirror brought and the other side shows no more (撤稿): one deed, with its entries of the exchange log.

use super::{Arrival, ExchangeOutcome, Mirror, NewExchange, beside, require_keeper};
use crate::changes::{Action, Caller, commit};
use crate::content::{take_off, working};
use crate::id::ContentId;
use crate::refusal::Result;
use crate::{Library, text};

impl Library {
    /// Withdraws contents in one deed, and marks that it was the mirror who did. One that is not live is passed over. Answers
    /// how many were withdrawn.
    ///
    /// # Errors
    /// Refuses who does not keep the site, a missing reason, an unknown content, and if another process follows under the
    /// same name.
    pub async fn retract_mirrored(
        &self,
        caller: &Caller,
        mirror: &mut Mirror,
        reason: &str,
        gone: &[Arrival<ContentId>],
    ) -> Result<usize> {
        let mut work = self.begin(caller, Action::ContentWithdrawn).await?;
        require_keeper(&work, caller, mirror)?;
        let reason = text::require("reason", reason, 500)?;
        let mut done = Vec::with_capacity(gone.len());
        for Arrival { content, told } in gone {
            let before = working(&mut work, *content).await?;
            if before.live_revision.is_none() {
                continue;
            }
            take_off(&mut work, &before, &reason, None).await?;
            let mut told = told.clone();
            told.title = Some(before.title.clone());
            done.push(NewExchange { outcome: ExchangeOutcome::Withdrawn, content: Some(*content), told });
        }
        if !done.is_empty() {
            let at = work.at;
            beside(&mut work, mirror, &done, Some(at)).await?;
            work.reason = Some(reason);
            commit(work).await?;
            mirror.turn += 1;
        }
        Ok(done.len())
    }
}
