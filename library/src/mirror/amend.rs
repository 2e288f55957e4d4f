//! Correcting what a mirror brought before, and publishing again what had left: the word of the other side goes over what was
//! edited here, as a new revision; nothing of that is lost, it stays in the history.

use super::{Arrival, ExchangeOutcome, Mirror, NewExchange, beside, require_keeper};
use crate::Library;
use crate::changes::{Action, Caller, commit};
use crate::content::{Correction, correct_within};
use crate::id::ContentId;
use crate::refusal::{Refusal, Result};

impl Library {
    /// Publishes new revisions of contents that a mirror brought, in one deed: of live ones, or (`returned`) of those that it
    /// took off. A refused one is left out, and is the caller's to tell of; the rest goes on.
    ///
    /// # Errors
    /// Refuses who does not keep the site, and if another process follows under the same name. Any other failure leaves
    /// nothing of the deed behind.
    pub async fn amend_mirrored(
        &self,
        caller: &Caller,
        mirror: &mut Mirror,
        arrivals: &[Arrival<Correction>],
        returned: bool,
    ) -> Result<Vec<Result<ContentId, Refusal>>> {
        let mut work = self.begin(caller, Action::ContentEdited).await?;
        require_keeper(&work, caller, mirror)?;
        let corrections: Vec<&Correction> = arrivals.iter().map(|arrival| &arrival.content).collect();
        let answers = correct_within(&mut work, &corrections).await?;
        let outcome = if returned { ExchangeOutcome::Returned } else { ExchangeOutcome::Updated };
        let done = arrivals.iter().zip(&answers).filter_map(|(arrival, answer)| {
            Some(NewExchange { outcome, content: Some(*answer.as_ref().ok()?), told: arrival.told.clone() })
        });
        let done: Vec<NewExchange> = done.collect();
        if !done.is_empty() {
            beside(&mut work, mirror, &done, None).await?;
            commit(work).await?;
            mirror.turn += 1;
        }
        Ok(answers)
    }
}
