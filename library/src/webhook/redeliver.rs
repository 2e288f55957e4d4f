//! Sending by hand: a test (testWebhook), and once more what was sent before (redeliver).

use serde::{Deserialize, Serialize};

use super::dispatch::{INSERT, insertion};
use super::{DELIVERY, Delivery, DeliveryCause, DeliveryState, deliver, kept};
use crate::changes::{Action, Caller, Effect, Work, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, DeliveryId, WebhookId};
use crate::may::require_somebody;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::scope::Audience;
use crate::{Library, Position};

/// How far back the newest change is looked for that a test tells of.
const LOOKED_BACK: Position = 500;

/// What is to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskedDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// The position of the change.
    pub position: Position,
}

static FIND: std::sync::LazyLock<Sql> =
    std::sync::LazyLock::new(|| Sql::built(format!("select {DELIVERY} from webhook_delivery where id = $1")));
static AGAIN: Sql = Sql::new(
    "update webhook_delivery set state = 'WAITING', due_at = $2, deadline_at = $3, tries = 0, ended_at = null,
       leased_until = null where id = $1 and state <> 'WAITING'",
);

impl Library {
    /// Sends a test, also to a webhook that is paused: the newest change that it would be told of, or nothing but the word.
    ///
    /// # Errors
    /// Refuses an unknown webhook, which is every one that the caller does not keep.
    pub async fn test_webhook(&self, caller: &Caller, id: WebhookId) -> Result<AskedDelivery> {
        require_somebody(caller)?;
        let directory = self.directory();
        let newest = self.newest_wanted(&kept(&directory, caller, id, "webhook")?.fields.filter).await?;
        let mut work = self.begin(caller, Action::WebhookSent).await?;
        let directory = work.directory.clone();
        work.site = kept(&directory, caller, id, "webhook")?.site;
        let delivery = DeliveryId(self.new_id());
        let params = insertion(id, [(delivery, newest)], DeliveryCause::Test, work.at);
        work.run(&INSERT, &params).await?;
        asked(work, id, delivery).await
    }

    /// Sends once more what was sent before, as it is to be told now; the receiver knows it by its identifier.
    ///
    /// # Errors
    /// Refuses an unknown delivery, which is every one whose webhook the caller does not keep, and one that still waits.
    pub async fn redeliver(&self, caller: &Caller, id: DeliveryId) -> Result<AskedDelivery> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WebhookSent).await?;
        let directory = work.directory.clone();
        let row = work.row(&FIND, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("delivery"))?;
        let delivery = Delivery::read(&row)?;
        work.site = kept(&directory, caller, delivery.webhook, "delivery")?.site;
        let (now, until) = (work.at, deliver::deadline(work.at));
        if delivery.state == DeliveryState::Waiting
            || work.run(&AGAIN, &[id.into(), now.into(), until.into()]).await? == 0
        {
            let (message, english) = ("该推送尚在等待发送", "it still waits to be sent");
            return Err(Refusal::new(RefusalCode::WrongState, "delivery", message, english).into());
        }
        asked(work, delivery.webhook, id).await
    }

    /// The newest change that means something for a filter, of the last of the log.
    async fn newest_wanted(&self, filter: &crate::change_feed::ChangeFilter) -> Result<Option<Position>> {
        let scope = self.scope(Audience::Public);
        let mut after = (self.directory().position - LOOKED_BACK).max(0);
        let mut newest = None;
        loop {
            let page = scope.change_feed(after, 100, filter).await?;
            newest = page.changes.last().map(|change| change.position).or(newest);
            if !page.has_next {
                return Ok(newest);
            }
            after = page.end;
        }
    }
}

async fn asked(mut work: Work, webhook: WebhookId, id: DeliveryId) -> Result<AskedDelivery> {
    work.record(AnyId::WebhookId(webhook), Effect::Changed);
    work.record(AnyId::DeliveryId(id), Effect::Changed);
    commit_as(work, |position| AskedDelivery { id, position }).await
}
