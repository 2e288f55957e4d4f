//! Webhooks (推送): systems that are told of changes by a request to an address of theirs.
//!
//! A webhook has its own cursor in the change feed ([`dispatch`]): what it is to be told is written down first, as a
//! delivery, and sent apart ([`deliver`]). So a receiver that is slow or dead delays no deed and no other receiver, and what
//! it has not been told yet is still in the log. What is sent is the answer to a subscription document that is kept with
//! the webhook, as the public may read it at the time of sending. This room sends nothing itself.

mod behind;
mod create;
mod delete;
mod deliver;
mod dispatch;
mod edit;
mod read;
mod redeliver;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::change_feed::ChangeFilter;
use crate::changes::{Action, List, Position};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::grant::GrantScope;
use crate::id::{DeliveryId, SiteId, WebhookId};
use crate::instant::Instant;
use crate::may::{Right, Target, may};
use crate::refusal::{Error, Refusal, Result};
use crate::{Caller, Directory};

pub use create::{CreateWebhook, MadeWebhook};
pub use deliver::{Attempt, DueDelivery, MOST_ANSWER, Problem, Sent};
pub use edit::{EditWebhook, EditedWebhook};
pub use read::KeptAttempt;
pub use redeliver::AskedDelivery;

/// What a webhook must keep to that the library does not know: which documents can be answered, and which addresses asked.
pub trait WebhookRules: Send + Sync {
    /// Why a document cannot be kept, in English; nothing for one that can.
    fn refuses_query(&self, query: &str) -> Option<String>;
    /// Why nothing would be sent to an address, in English; nothing for one that is asked.
    fn refuses_address(&self, url: &str) -> Option<&'static str>;
}

/// What describes a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookFields {
    /// What people call it.
    pub name: String,
    /// Where it is sent to.
    pub url: String,
    /// Of which changes it is told.
    pub filter: ChangeFilter,
    /// The subscription document whose answer is sent.
    pub query: String,
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PauseReason {
    /// Somebody paused it.
    ByHand,
    /// A delivery was tried for three days, and never taken.
    Failing,
    /// The receiver said that it is gone for good (RFC 9110 15.5.11).
    Gone,
}

/// Who is told of changes.
#[derive(Debug)]
pub struct Webhook {
    /// Its identifier.
    pub id: WebhookId,
    /// Whose it is; nothing for the platform.
    pub site: Option<SiteId>,
    /// When it was made.
    pub created_at: Instant,
    /// Since when nothing is sent, and why.
    pub paused: Option<(Instant, PauseReason)>,
    /// What describes it.
    pub fields: WebhookFields,
}

impl Webhook {
    /// Where it belongs to.
    pub fn scope(&self) -> GrantScope {
        self.site.map_or(GrantScope::Platform, GrantScope::Site)
    }
}

impl Entry for Webhook {
    type Id = WebhookId;
    const CHANGED_BY: &'static [Action] = &[Action::WebhookChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, site_id, created_at, paused_at, pause_reason, document from webhook
             order by created_at desc, id desc",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        let paused_at: Option<Instant> = row.get(3)?;
        let reason = || row.text(4).and_then(|text| text.parse().ok()).unwrap_or(PauseReason::ByHand);
        Ok(Self {
            id: row.get(0)?,
            site: row.get(1)?,
            created_at: row.get(2)?,
            paused: paused_at.map(|at| (at, reason())),
            fields: row.json(5)?,
        })
    }

    fn id(&self) -> WebhookId {
        self.id
    }
}

impl List {
    /// The webhooks.
    pub(crate) fn webhooks() -> Self {
        Self::All("webhooks")
    }
}

/// Why something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryCause {
    /// A change that the webhook is to be told of.
    Change,
    /// Somebody tries whether the receiver answers.
    Test,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    /// It is sent when it is due.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// The receiver did not take it, and it is not sent any more.
    Failed,
    /// There was nothing to tell any more when it was to be sent.
    Skipped,
}

/// Something that is, was or will be sent.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its identifier, which the receiver sees (`webhook-id`): the same however often it is sent.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// The change; nothing for a test that found none.
    pub position: Option<Position>,
    /// Why.
    pub cause: DeliveryCause,
    /// How far it is.
    pub state: DeliveryState,
    /// When it was written down.
    pub created_at: Instant,
    /// When it is sent next; nothing when it has ended.
    pub due_at: Option<Instant>,
    /// How often it was sent.
    pub attempts: i64,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// The columns of a delivery, in the order in which [`Delivery::read`] reads them.
const DELIVERY: &str = "id, webhook_id, position, cause, state, created_at, due_at, attempts, ended_at";

impl Delivery {
    fn read(row: &Row) -> Result<Self> {
        let unknown = || Error::Database("a delivery of an unknown kind".to_owned());
        let ended_at: Option<Instant> = row.get(8)?;
        let due_at: Instant = row.get(6)?;
        Ok(Self {
            id: row.get(0)?,
            webhook: row.get(1)?,
            position: row.get(2)?,
            cause: row.text(3).and_then(|text| text.parse().ok()).ok_or_else(unknown)?,
            state: row.text(4).and_then(|text| text.parse().ok()).ok_or_else(unknown)?,
            created_at: row.get(5)?,
            due_at: ended_at.is_none().then_some(due_at),
            attempts: row.get(7)?,
            ended_at,
        })
    }
}

/// A secret as the Standard Webhooks scheme writes it: 24 to 64 random bytes.
#[derive(Clone)]
pub struct WebhookSecret(pub String);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_...")
    }
}

/// Whether `caller` keeps the webhooks of a site, or those of the platform: nothing of them is shown to others.
fn keeps(directory: &Directory, caller: &Caller, scope: GrantScope) -> bool {
    Target::scope(directory, scope).is_some_and(|target| may(directory, caller, Right::Manage, &target).is_ok())
}

/// A webhook that `caller` keeps.
fn kept<'d>(directory: &'d Directory, caller: &Caller, id: WebhookId, path: &str) -> Result<&'d Webhook> {
    let found = directory.webhooks.get(id).filter(|webhook| keeps(directory, caller, webhook.scope()));
    Ok(found.ok_or_else(|| Refusal::not_found(path))?)
}
