//! From the change feed to deliveries: each webhook goes along the log at its own pace, and what it is to be told is written
//! down in the transaction that moves its cursor. So nothing is missed and nothing told twice, by however many nodes.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::{DeliveryCause, Webhook, deliver};
use crate::Library;
use crate::changes::Position;
use crate::database::{Sql, Value};
use crate::id::{DeliveryId, WebhookId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::scope::Audience;

/// How many deliveries of a webhook wait at most; the rest waits in the log.
const MOST_WAITING: i64 = 1_000;
/// How many changes are written down at once.
const AT_ONCE: usize = 100;
/// How long what has ended is kept, in microseconds.
const KEPT: i64 = 30 * 24 * 3600 * 1_000_000;

static CURSORS: Sql = Sql::new(
    "select c.webhook_id, c.position, cast((select count(*) from webhook_delivery d
       where d.webhook_id = c.webhook_id and d.state = 'WAITING') as bigint) from webhook_cursor c",
);
static MOVE: Sql = Sql::new("update webhook_cursor set position = $3 where webhook_id = $1 and position = $2");
/// Writes down deliveries of a webhook; parameters are made by [`insertion`].
pub(super) static INSERT: Sql = Sql::new(
    "insert into webhook_delivery
       (id, webhook_id, position, cause, state, created_at, due_at, deadline_at, tries, attempts)
     select as_id(r.value->>0), $1, as_int(r.value->>1), $3, 'WAITING', $4, $4, $5, 0, 0 from rows($2) r",
);
static FORGET_ATTEMPTS: Sql =
    Sql::new("delete from webhook_attempt where delivery_id in (select id from webhook_delivery where ended_at < $1)");
static FORGET: Sql = Sql::new("delete from webhook_delivery where ended_at < $1");

/// The parameters of [`INSERT`]: what is to be told of, due now.
pub(super) fn insertion(
    webhook: WebhookId,
    told: impl IntoIterator<Item = (DeliveryId, Option<Position>)>,
    cause: DeliveryCause,
    now: Instant,
) -> [Value; 5] {
    let rows = told.into_iter().map(|(id, position)| json!([id.0.simple().to_string(), position]));
    let rows = Value::from(serde_json::Value::Array(rows.collect()));
    [webhook.into(), rows, <&str>::from(cause).into(), now.into(), deliver::deadline(now).into()]
}

impl Library {
    /// Writes down what each webhook that is not paused is to be told of next; answers how many deliveries that are. What
    /// fails for one is told to the log and keeps no other from its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dispatch_webhooks(&self) -> Result<usize> {
        let directory = self.directory();
        let active: Vec<&Arc<Webhook>> =
            directory.webhooks.all().iter().filter(|webhook| webhook.paused.is_none()).collect();
        if active.is_empty() {
            return Ok(0);
        }
        let mut cursors: HashMap<WebhookId, (Position, i64)> = HashMap::new();
        for row in self.database().rows(&CURSORS, &[]).await? {
            cursors.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
        let mut written = 0;
        for webhook in active {
            let Some((position, waiting)) = cursors.get(&webhook.id).copied() else { continue };
            if position < directory.position && waiting < MOST_WAITING {
                match self.dispatch(webhook, position, waiting).await {
                    Ok(more) => written += more,
                    Err(error) => tracing::error!(webhook = %webhook.id, %error, "its changes could not be read"),
                }
            }
        }
        Ok(written)
    }

    async fn dispatch(&self, webhook: &Webhook, mut position: Position, mut waiting: i64) -> Result<usize> {
        let scope = self.scope(Audience::Public);
        let mut written = 0;
        while waiting < MOST_WAITING {
            let page = scope.change_feed(position, AT_ONCE, &webhook.fields.filter).await?;
            if page.end == position {
                break;
            }
            let mut transaction = self.database().begin().await?;
            if transaction.run(&MOVE, &[webhook.id.into(), position.into(), page.end.into()]).await? == 0 {
                // Another node was here.
                break;
            }
            let more = page.changes.len();
            if more > 0 {
                let told = page.changes.iter().map(|change| (DeliveryId(self.new_id()), Some(change.position)));
                let params = insertion(webhook.id, told, DeliveryCause::Change, self.now());
                transaction.run(&INSERT, &params).await?;
            }
            transaction.commit().await?;
            (position, waiting, written) = (page.end, waiting + more as i64, written + more);
            if !page.has_next {
                break;
            }
        }
        Ok(written)
    }

    /// Forgets deliveries that ended a month ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_deliveries(&self) -> Result<()> {
        let before = self.now().0 - KEPT;
        let mut transaction = self.database().begin().await?;
        for sql in [&FORGET_ATTEMPTS, &FORGET] {
            transaction.run(sql, &[before.into()]).await?;
        }
        transaction.commit().await
    }
}
