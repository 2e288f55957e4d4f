//! Publishing what a mirror brings and the library does not have: one deed, with its entries of the exchange log.

use super::{Arrival, ExchangeOutcome, Mirror, NewExchange, beside, require_keeper};
use crate::Library;
use crate::changes::{Action, Caller, commit};
use crate::content::{Prepared, import_within};
use crate::id::ContentId;
use crate::refusal::{Error, Refusal, Result};

/// How often a deed is begun again when somebody took a key meanwhile.
const ATTEMPTS: usize = 3;

impl Library {
    /// Publishes contents that are new in one deed. A refused one is left out, and is the caller's to tell of; the rest
    /// goes on.
    ///
    /// # Errors
    /// Refuses who does not keep the site, and if another process follows under the same name. Any other failure leaves
    /// nothing of the deed behind.
    pub async fn bring_mirrored(
        &self,
        caller: &Caller,
        mirror: &mut Mirror,
        arrivals: &[Arrival<Prepared>],
    ) -> Result<Vec<Result<ContentId, Refusal>>> {
        let contents: Vec<Prepared> = arrivals.iter().map(|arrival| arrival.content.clone()).collect();
        let mut attempt = 1;
        loop {
            let mut work = self.begin(caller, Action::ContentPublished).await?;
            require_keeper(&work, caller, mirror)?;
            let answers = match import_within(&mut work, &contents).await {
                Err(Error::Taken(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    continue;
                }
                answers => answers?,
            };
            let done = arrivals.iter().zip(&answers).filter_map(|(arrival, answer)| {
                let content = Some(*answer.as_ref().ok()?);
                Some(NewExchange { outcome: ExchangeOutcome::Written, content, told: arrival.told.clone() })
            });
            let done: Vec<NewExchange> = done.collect();
            if !done.is_empty() {
                beside(&mut work, mirror, &done, None).await?;
                commit(work).await?;
                mirror.turn += 1;
            }
            return Ok(answers);
        }
    }
}
