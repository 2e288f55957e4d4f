//! Deleting a webhook (deleteWebhook), with what was sent to it.

use super::create::told;
use super::kept;
use crate::changes::{Action, Caller, Effect, commit};
use crate::database::Sql;
use crate::id::WebhookId;
use crate::may::require_somebody;
use crate::refusal::Result;
use crate::{Library, Position};

/// First what a sender holds while it writes: whoever is at it ends, and whoever comes later finds nothing.
static DELETE: [Sql; 6] = [
    Sql::new("delete from webhook_cursor where webhook_id = $1"),
    Sql::new("update webhook_delivery set leased_until = null where webhook_id = $1"),
    Sql::new(
        "delete from webhook_attempt where delivery_id in (select id from webhook_delivery where webhook_id = $1)",
    ),
    Sql::new("delete from webhook_delivery where webhook_id = $1"),
    Sql::new("delete from webhook_secret where webhook_id = $1"),
    Sql::new("delete from webhook where id = $1"),
];

impl Library {
    /// Deletes a webhook: nothing is sent any more, and its secret is gone.
    ///
    /// # Errors
    /// Refuses an unknown webhook, which is every one that the caller does not keep.
    pub async fn delete_webhook(&self, caller: &Caller, id: WebhookId) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WebhookChanged).await?;
        let directory = work.directory.clone();
        work.site = kept(&directory, caller, id, "webhook")?.site;
        for sql in &DELETE {
            work.run(sql, &[id.into()]).await?;
        }
        told(&mut work, id, Effect::Left);
        commit(work).await
    }
}
