//! Reading webhooks and what was sent: for who keeps them, and nobody else.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::{DELIVERY, Delivery, Problem, Webhook, keeps};
use crate::changes::List;
use crate::database::{Sql, Value};
use crate::id::{AnyId, DeliveryId, WebhookId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::scope::Walked;
use crate::{Paging, Position, Scope};

/// The most attempts of a delivery that are shown, the newest.
const MOST_ATTEMPTS: i64 = 20;

static NEWEST: LazyLock<Sql> = LazyLock::new(|| {
    Sql::built(format!(
        "select {DELIVERY} from webhook_delivery where webhook_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4"
    ))
});
static ONE: LazyLock<Sql> =
    LazyLock::new(|| Sql::built(format!("select {DELIVERY} from webhook_delivery where id = $1")));
static ATTEMPTS: Sql = Sql::new(
    "select delivery_id, number, at, took, status, problem, answer from webhook_attempt a
     where delivery_id in ids($1) and number > (select attempts - $2 from webhook_delivery d where d.id = a.delivery_id)
     order by delivery_id, number desc",
);
static CURSOR: Sql = Sql::new("select position from webhook_cursor where webhook_id = $1");

/// A try to send something, as it is kept.
#[derive(Debug, Clone)]
pub struct KeptAttempt {
    /// Which try it was, counted from 1.
    pub number: i64,
    /// When it began.
    pub at: Instant,
    /// How long it took.
    pub took: Duration,
    /// The status of the answer, if there was one.
    pub status: Option<i64>,
    /// Why it came to nothing.
    pub problem: Option<Problem>,
    /// The beginning of the answer.
    pub answer: String,
}

impl Scope {
    /// The webhooks that the asker keeps, the newest first.
    pub fn webhooks(&self) -> Vec<Arc<Webhook>> {
        self.note_list(List::webhooks());
        let Some(caller) = self.caller() else { return Vec::new() };
        let directory = self.directory();
        let all = directory.webhooks.all().iter();
        all.filter(|webhook| keeps(&directory, caller, webhook.scope())).cloned().collect()
    }

    /// One of these; nothing for others.
    pub fn webhook(&self, id: WebhookId) -> Option<Arc<Webhook>> {
        self.note_record(AnyId::WebhookId(id));
        let caller = self.caller()?;
        let directory = self.directory();
        directory.webhooks.get(id).filter(|webhook| keeps(&directory, caller, webhook.scope())).cloned()
    }

    /// How far a webhook has been told of the log: what is behind it waits there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhook_position(&self, webhook: &Webhook) -> Result<Option<Position>> {
        self.rows(&CURSOR, vec![webhook.id.into()]).await?.first().map(|row| row.get(0)).transpose()
    }

    /// What was, is and will be sent to a webhook that the asker keeps, the newest first. It changes with every try, and is
    /// kept by nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, webhook: WebhookId, paging: &Paging<Vec<Value>>) -> Result<Walked<Delivery>> {
        if self.webhook(webhook).is_none() {
            return Ok(Walked::empty());
        }
        let before = paging.from.clone().unwrap_or_else(|| vec![Value::Int(i64::MAX), Value::Id(uuid::Uuid::max())]);
        let most = paging.size as i64 + 1;
        let params = [webhook.into()].into_iter().chain(before).chain([most.into()]).collect();
        let rows = self.rows(&NEWEST, params).await?;
        let found = rows.iter().map(Delivery::read).collect::<Result<Vec<_>>>()?;
        Ok(Walked::of(found, paging, None))
    }

    /// A delivery, if the asker keeps its webhook.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>> {
        if self.caller().is_none() {
            return Ok(None);
        }
        let rows = self.rows(&ONE, vec![id.into()]).await?;
        let found = rows.first().map(Delivery::read).transpose()?;
        Ok(found.filter(|delivery| self.webhook(delivery.webhook).is_some()))
    }

    /// The tries of deliveries, the newest first, at most 20 of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(&self, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Vec<KeptAttempt>>> {
        let mut attempts: HashMap<DeliveryId, Vec<KeptAttempt>> = HashMap::new();
        for row in self.rows(&ATTEMPTS, vec![ids.into(), MOST_ATTEMPTS.into()]).await? {
            let took: i64 = row.get(3)?;
            attempts.entry(row.get(0)?).or_default().push(KeptAttempt {
                number: row.get(1)?,
                at: row.get(2)?,
                took: Duration::from_micros(took.unsigned_abs()),
                status: row.get(4)?,
                problem: row.text(5).and_then(|text| text.parse().ok()),
                answer: row.text(6).unwrap_or_default().to_owned(),
            });
        }
        Ok(attempts)
    }
}

impl Delivery {
    /// Where it stands in the list.
    pub fn key(&self) -> Vec<Value> {
        vec![self.created_at.into(), self.id.into()]
    }
}
