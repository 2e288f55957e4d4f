//! Changing a webhook (editWebhook): where it goes, what it says, whether it is sent at all, and a new secret.

use serde::{Deserialize, Serialize};

use super::create::{check, permit, told};
use super::{PauseReason, WebhookFields, WebhookRules, WebhookSecret, kept};
use crate::change_feed::ChangeFilter;
use crate::changes::{Action, Caller, Effect, Work, commit_as};
use crate::database::{Sql, Value};
use crate::id::WebhookId;
use crate::may::require_somebody;
use crate::refusal::Result;
use crate::{Library, Position};

/// How long a secret that was replaced still signs beside the new one, in microseconds.
const STILL_SIGNS: i64 = 24 * 3600 * 1_000_000;

/// What of a webhook is changed; what is not given stays.
#[derive(Debug, Clone)]
pub struct EditWebhook {
    /// Which one.
    pub id: WebhookId,
    /// What people call it.
    pub name: Option<String>,
    /// Where it is sent to.
    pub url: Option<String>,
    /// Of which changes it is told.
    pub filter: Option<ChangeFilter>,
    /// The subscription document whose answer is sent.
    pub query: Option<String>,
    /// Whether nothing is sent.
    pub paused: Option<bool>,
    /// Whether it gets a new secret; the one before signs beside it for a day.
    pub rotate_secret: bool,
}

impl EditWebhook {
    /// Nothing of it, yet.
    pub fn of(id: WebhookId) -> Self {
        Self { id, name: None, url: None, filter: None, query: None, paused: None, rotate_secret: false }
    }
}

/// A webhook that was changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EditedWebhook {
    /// Its identifier.
    pub id: WebhookId,
    /// The new secret, if it got one; nothing for who repeats the deed.
    #[serde(skip)]
    pub secret: Option<WebhookSecret>,
    /// The position of the change.
    pub position: Position,
}

static UPDATE: Sql = Sql::new("update webhook set document = $2, paused_at = $3, pause_reason = $4 where id = $1");
static ROTATE: Sql =
    Sql::new("update webhook_secret set former = secret, former_until = $3, secret = $2 where webhook_id = $1");
/// What waits is sent at once and has its time again.
static RESUME: Sql = Sql::new(
    "update webhook_delivery set due_at = $2, deadline_at = $3, tries = 0 where webhook_id = $1 and state = 'WAITING'",
);

impl Library {
    /// Changes a webhook.
    ///
    /// # Errors
    /// Refuses an unknown webhook, which is every one that the caller does not keep, and what [`Library::create_webhook`]
    /// refuses.
    pub async fn edit_webhook(
        &self,
        caller: &Caller,
        input: EditWebhook,
        rules: Option<&dyn WebhookRules>,
    ) -> Result<EditedWebhook> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WebhookChanged).await?;
        let directory = work.directory.clone();
        let id = input.id;
        let before = kept(&directory, caller, id, "webhook")?;
        permit(rules, input.url.as_deref(), input.query.as_deref())?;
        let fields = before.fields.clone();
        let fields = check(
            &directory,
            WebhookFields {
                name: input.name.unwrap_or(fields.name),
                url: input.url.unwrap_or(fields.url),
                filter: input.filter.unwrap_or(fields.filter),
                query: input.query.unwrap_or(fields.query),
            },
        )?;
        let paused = match (input.paused, before.paused) {
            (Some(true), None) => Some((work.at, PauseReason::ByHand)),
            (Some(false), _) => None,
            (_, before) => before,
        };
        if before.paused.is_some() && paused.is_none() {
            let (now, until) = (work.at, super::deliver::deadline(work.at));
            work.run(&RESUME, &[id.into(), now.into(), until.into()]).await?;
        }
        write(&mut work, id, &fields, paused).await?;
        let secret = input.rotate_secret.then(|| self.webhook_secret());
        if let Some(secret) = &secret {
            let until = work.at.0 + STILL_SIGNS;
            work.run(&ROTATE, &[id.into(), secret.0.as_str().into(), until.into()]).await?;
        }
        work.site = before.site;
        let edited = commit_as(work, |position| EditedWebhook { id, secret: None, position }).await?;
        Ok(EditedWebhook { secret, ..edited })
    }

    /// Pauses a webhook whose receiver takes nothing; the alarm is the log's, the metric's and the desk's.
    pub(super) async fn pause_webhook(&self, id: WebhookId, reason: PauseReason) -> Result<()> {
        let mut work = self.begin(&Caller::program("webhooks"), Action::WebhookChanged).await?;
        let directory = work.directory.clone();
        let Some(before) = directory.webhooks.get(id).filter(|webhook| webhook.paused.is_none()) else { return Ok(()) };
        let paused = Some((work.at, reason));
        write(&mut work, id, &before.fields, paused).await?;
        work.site = before.site;
        commit_as(work, |_| ()).await?;
        let reason: &str = reason.into();
        tracing::error!(webhook = %id, reason, "a webhook was paused: its receiver takes nothing");
        Ok(())
    }
}

async fn write(
    work: &mut Work,
    id: WebhookId,
    fields: &WebhookFields,
    paused: Option<(crate::Instant, PauseReason)>,
) -> Result<()> {
    let (at, reason) = paused.unzip();
    let reason: Option<&str> = reason.map(Into::into);
    let document = serde_json::to_string(fields)?;
    work.run(&UPDATE, &[id.into(), document.into(), at.into(), Value::from(reason)]).await?;
    told(work, id, Effect::Changed);
    Ok(())
}
