//! Which delivery is sent next, and what came of it. A delivery is sent at least once: a node takes it by a lease, and what
//! a node that died had taken is taken by another when the lease has run out.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::{DeliveryCause, DeliveryState, PauseReason, Webhook, WebhookSecret};
use crate::Library;
use crate::changes::Position;
use crate::database::{Row, Sql, Value};
use crate::id::{DeliveryId, WebhookId};
use crate::instant::Instant;
use crate::refusal::Result;

/// How long a delivery is tried, in microseconds: three days.
const TRIED_FOR: i64 = 3 * 24 * 3600 * 1_000_000;
/// How long a node has a delivery for itself, in microseconds; longer than any attempt takes.
const LEASE: i64 = 60 * 1_000_000;
/// Seconds between two tries, each longer than the one before (Standard Webhooks, retry schedule); the last ones fill the
/// three days.
const DELAYS: [i64; 10] = [5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000];
/// How much of what a receiver answers is kept, in bytes.
pub const MOST_ANSWER: usize = 1_024;
/// The status by which a receiver says that it wants nothing more.
const GONE: u16 = 410;

/// Until when a delivery that is due now is tried.
pub(super) fn deadline(now: Instant) -> Instant {
    Instant(now.0 + TRIED_FOR)
}

/// A delivery that this node has to send.
#[derive(Debug, Clone)]
pub struct DueDelivery {
    /// Its identifier.
    pub id: DeliveryId,
    /// To whom.
    pub webhook: Arc<Webhook>,
    /// Which change; nothing for a test that found none.
    pub position: Option<Position>,
    /// Why.
    pub cause: DeliveryCause,
    /// By what it is signed, the newest first.
    pub secrets: Vec<WebhookSecret>,
    /// How often it was tried before, since it was due first.
    tries: i64,
    deadline: Instant,
}

/// Why a request came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Problem {
    /// The address may not be asked: it leads to a network that is not open to webhooks, or to another port.
    AddressRefused,
    /// The name of the host has no address.
    NameNotFound,
    /// Nobody could be connected to, or the certificate is not good.
    NotConnected,
    /// There was no answer in time.
    TimedOut,
    /// The answer says that it was not taken; redirects are not followed.
    NotTaken,
    /// What is to be sent could not be made: the document fits the schema no more, or its answer is too large.
    NoPayload,
}

/// One try to send a delivery.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When it began.
    pub at: Instant,
    /// How long it took.
    pub took: Duration,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it came to nothing.
    pub problem: Option<Problem>,
    /// The beginning of the answer.
    pub answer: String,
}

/// What came of a delivery that was due.
#[derive(Debug, Clone)]
pub enum Sent {
    /// It was sent, or tried to.
    Attempted(Attempt),
    /// There was nothing to tell any more.
    NothingToTell,
}

static WAITING: Sql = Sql::new(
    "select webhook_id from webhook_delivery where state = 'WAITING' and webhook_id in ids($1) and due_at <= $2
     group by webhook_id",
);
static NEXT: Sql = Sql::new(
    "select id, position, cause, tries, deadline_at from webhook_delivery
     where webhook_id = $1 and state = 'WAITING' and due_at <= $2 and (leased_until is null or leased_until <= $2)
       and (as_int($3) = 0 or cause = 'TEST') order by due_at, position, id limit 1",
);
static LEASED: Sql = Sql::new(
    "update webhook_delivery set leased_until = $3 where id = $1 and state = 'WAITING'
       and (leased_until is null or leased_until <= $2)",
);
static SECRETS: Sql = Sql::new("select secret, former, former_until from webhook_secret where webhook_id = $1");
static ATTEMPTED: Sql = Sql::new(
    "update webhook_delivery set attempts = attempts + 1, tries = tries + 1, state = $2, due_at = $3, ended_at = $4,
       leased_until = null where id = $1 returning attempts",
);
static SKIPPED: Sql =
    Sql::new("update webhook_delivery set state = 'SKIPPED', ended_at = $2, leased_until = null where id = $1");
static KEEP: Sql = Sql::new(
    "insert into webhook_attempt (delivery_id, number, at, took, status, problem, answer)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

impl Library {
    /// Takes what is due, at most one of a webhook and none of those that are `busy`. Of a webhook that is paused, tests alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_deliveries(&self, busy: &HashSet<WebhookId>, most: usize) -> Result<Vec<DueDelivery>> {
        let (directory, now) = (self.directory(), self.now());
        let free: Vec<WebhookId> =
            directory.webhooks.all().iter().map(|webhook| webhook.id).filter(|id| !busy.contains(id)).collect();
        let mut taken = Vec::new();
        if free.is_empty() || most == 0 {
            return Ok(taken);
        }
        for row in self.database().rows(&WAITING, &[free.as_slice().into(), now.into()]).await? {
            let Some(webhook) = directory.webhooks.get(row.get(0)?) else { continue };
            taken.extend(self.take_delivery(webhook, now).await?);
            if taken.len() == most {
                break;
            }
        }
        Ok(taken)
    }

    async fn take_delivery(&self, webhook: &Arc<Webhook>, now: Instant) -> Result<Option<DueDelivery>> {
        let tests_alone = i64::from(webhook.paused.is_some());
        let rows = self.database().rows(&NEXT, &[webhook.id.into(), now.into(), tests_alone.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let id: DeliveryId = row.get(0)?;
        let mut transaction = self.database().begin().await?;
        let until = now.0 + LEASE;
        if transaction.run(&LEASED, &[id.into(), now.into(), until.into()]).await? == 0 {
            return Ok(None);
        }
        let secrets = match transaction.rows(&SECRETS, &[webhook.id.into()]).await?.first() {
            Some(row) => secrets(row, now)?,
            None => return Ok(None),
        };
        transaction.commit().await?;
        let cause = row.text(2).and_then(|text| text.parse().ok()).unwrap_or(DeliveryCause::Change);
        Ok(Some(DueDelivery {
            id,
            webhook: webhook.clone(),
            position: row.get(1)?,
            cause,
            secrets,
            tries: row.get(3)?,
            deadline: row.get(4)?,
        }))
    }

    /// Writes down what came of a delivery and answers how far it is; one that was never taken in its time pauses its webhook.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivered(&self, due: &DueDelivery, sent: Sent) -> Result<DeliveryState> {
        let now = self.now();
        let mut transaction = self.database().begin().await?;
        let Sent::Attempted(attempt) = sent else {
            transaction.run(&SKIPPED, &[due.id.into(), now.into()]).await?;
            transaction.commit().await?;
            return Ok(DeliveryState::Skipped);
        };
        let (state, next) = due.after(&attempt, now, self.clock().random());
        let ended: Option<Instant> = (state != DeliveryState::Waiting).then_some(now);
        let name: &str = state.into();
        let params = [due.id.into(), name.into(), next.into(), ended.into()];
        let rows = transaction.rows(&ATTEMPTED, &params).await?;
        // It was deleted in the meantime.
        let Some(row) = rows.first() else { return Ok(state) };
        let number: i64 = row.get(0)?;
        let problem: Option<&str> = attempt.problem.map(Into::into);
        let params = [
            due.id.into(),
            number.into(),
            attempt.at.into(),
            (attempt.took.as_micros() as i64).into(),
            attempt.status.map(i64::from).into(),
            Value::from(problem),
            attempt.answer.as_str().into(),
        ];
        transaction.run(&KEEP, &params).await?;
        transaction.commit().await?;
        if state == DeliveryState::Failed && due.cause == DeliveryCause::Change {
            let gone = attempt.status == Some(GONE);
            let reason = if gone { PauseReason::Gone } else { PauseReason::Failing };
            self.pause_webhook(due.webhook.id, reason).await?;
        }
        Ok(state)
    }
}

impl DueDelivery {
    /// How far it is after an attempt, and when it is sent next if it is.
    fn after(&self, attempt: &Attempt, now: Instant, random: [u8; 16]) -> (DeliveryState, Instant) {
        if attempt.problem.is_none() {
            return (DeliveryState::Delivered, now);
        }
        let given_up = self.cause == DeliveryCause::Test || attempt.status == Some(GONE) || now >= self.deadline;
        if given_up {
            return (DeliveryState::Failed, now);
        }
        let at = usize::try_from(self.tries).unwrap_or(usize::MAX).min(DELAYS.len() - 1);
        // Up to a tenth more or less, so that what failed together does not come back together.
        let tenth = DELAYS[at] * 100_000;
        let jitter = i64::from(u16::from_le_bytes([random[0], random[1]])) * 2 * tenth / i64::from(u16::MAX) - tenth;
        (DeliveryState::Waiting, Instant((now.0 + DELAYS[at] * 1_000_000 + jitter).min(self.deadline.0)))
    }
}

fn secrets(row: &Row, now: Instant) -> Result<Vec<WebhookSecret>> {
    let until: Option<Instant> = row.get(2)?;
    let former = row.text(1).filter(|_| until.is_some_and(|until| now < until));
    let all = row.text(0).into_iter().chain(former);
    Ok(all.map(|secret| WebhookSecret(secret.to_owned())).collect())
}
