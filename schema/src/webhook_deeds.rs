//! Deeds on webhooks (推送): making, changing and deleting them, and sending by hand.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result};
use library::id::WebhookId;
use library::webhook::WebhookRules;

use crate::change::ChangeFilter;
use crate::deed::{Payload, afterwards, caller, done, outcome, payload, written};
use crate::scalars::{Url, id, optional_id};
use crate::webhook::{Delivery, Webhook};

/// What the door holds webhooks against.
fn rules(ctx: &Context<'_>) -> Option<Arc<dyn WebhookRules>> {
    ctx.data_opt::<Arc<dyn WebhookRules>>().cloned()
}

/// A webhook to be made (新建推送).
#[derive(Clone, InputObject)]
pub struct CreateWebhookInput {
    /// The site whose it is (站点); without one it is the platform's.
    pub site: Option<ID>,
    /// What people call it (名称), at most 100 characters.
    pub name: String,
    /// Where it is sent to (接收地址): `https`, or `http`, by port 443 or 80 unless the operator opened others.
    pub url: Url,
    /// Of which changes it is told (筛选); of all if not given.
    pub filter: Option<ChangeFilter>,
    /// A subscription document whose one field is `changed`, without arguments (推送查询). Its answer is what is sent, so the receiver
    /// gets what it needs and asks for nothing else. Kept with the webhook, and refused if it does not fit the schema.
    pub query: String,
}

payload! {
    /// What came of making a webhook (新建推送结果).
    CreateWebhookPayload {
        /// The webhook as lists show it (推送).
        webhook: Webhook,
        /// What its requests are signed by (签名密钥): `whsec_` and 44 characters. Answered this once; null where the deed is repeated
        /// under its `Idempotency-Key`.
        secret: String,
    }
}

/// Makes a webhook.
pub async fn create_webhook(ctx: &Context<'_>, input: CreateWebhookInput) -> Result<CreateWebhookPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let new = library::webhook::CreateWebhook {
        site: optional_id(input.site.as_ref())?,
        name: input.name,
        url: input.url.0,
        filter: input.filter.unwrap_or_default().wanted()?,
        query: input.query,
    };
    let (asker, rules) = (caller.clone(), rules(ctx));
    let deed = async move { library.create_webhook(&asker, new, rules.as_deref()).await };
    done(ctx, deed, |made| CreateWebhookPayload {
        webhook: afterwards(ctx, caller).webhook(made.id).map(Webhook),
        secret: made.secret.map(|secret| secret.0),
        position: written(made.position),
        ..CreateWebhookPayload::default()
    })
    .await
}

/// What of a webhook is changed (编辑推送); what is not given stays.
#[derive(Clone, InputObject)]
pub struct EditWebhookInput {
    /// Which webhook (推送).
    pub webhook: ID,
    /// What people call it (名称).
    pub name: Option<String>,
    /// Where it is sent to (接收地址).
    pub url: Option<Url>,
    /// Of which changes it is told (筛选): the whole filter. What has been written down to be sent is sent.
    pub filter: Option<ChangeFilter>,
    /// The subscription document whose answer is sent (推送查询).
    pub query: Option<String>,
    /// Whether nothing is sent (暂停). What changes in the meantime waits in the log and is sent afterwards, in its order.
    pub paused: Option<bool>,
    /// Whether it gets a new secret (更换签名密钥): for a day requests are signed by both.
    pub rotate_secret: Option<bool>,
}

payload! {
    /// What came of changing a webhook (编辑推送结果).
    EditWebhookPayload {
        /// The webhook as it is now (推送).
        webhook: Webhook,
        /// The new secret, if it got one (签名密钥). Answered this once.
        secret: String,
    }
}

/// Changes a webhook.
pub async fn edit_webhook(ctx: &Context<'_>, input: EditWebhookInput) -> Result<EditWebhookPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let edit = library::webhook::EditWebhook {
        name: input.name,
        url: input.url.map(|url| url.0),
        filter: input.filter.map(ChangeFilter::wanted).transpose()?,
        query: input.query,
        paused: input.paused,
        rotate_secret: input.rotate_secret.unwrap_or_default(),
        ..library::webhook::EditWebhook::of(id(&input.webhook)?)
    };
    let (asker, rules) = (caller.clone(), rules(ctx));
    let deed = async move { library.edit_webhook(&asker, edit, rules.as_deref()).await };
    done(ctx, deed, |edited| EditWebhookPayload {
        webhook: afterwards(ctx, caller).webhook(edited.id).map(Webhook),
        secret: edited.secret.map(|secret| secret.0),
        position: written(edited.position),
        ..EditWebhookPayload::default()
    })
    .await
}

/// A webhook to be deleted (删除推送).
#[derive(Clone, InputObject)]
pub struct DeleteWebhookInput {
    /// Which webhook (推送).
    pub webhook: ID,
}

payload! {
    /// What came of deleting a webhook (删除推送结果).
    DeleteWebhookPayload {
        /// The identifier of the webhook, which is gone with all that was sent to it (推送标识).
        webhook_id: ID,
    }
}

/// Deletes a webhook.
pub async fn delete_webhook(ctx: &Context<'_>, input: DeleteWebhookInput) -> Result<DeleteWebhookPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let webhook: WebhookId = id(&input.webhook)?;
    let deed = async move { library.delete_webhook(&caller, webhook).await };
    done(ctx, deed, |position| DeleteWebhookPayload {
        webhook_id: Some(webhook.into()),
        position: written(position),
        ..DeleteWebhookPayload::default()
    })
    .await
}

/// A webhook to be tried (测试推送).
#[derive(Clone, InputObject)]
pub struct TestWebhookInput {
    /// Which webhook, also one that is paused (推送).
    pub webhook: ID,
}

payload! {
    /// What came of asking for a test (测试推送结果).
    TestWebhookPayload {
        /// What is sent (推送记录): the newest change that the webhook is told of, or without one nothing but the word that it is a
        /// test. What came of it, its attempts say a moment later.
        delivery: Delivery,
    }
}

/// Sends a test.
pub async fn test_webhook(ctx: &Context<'_>, input: TestWebhookInput) -> Result<TestWebhookPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let webhook: WebhookId = id(&input.webhook)?;
    let asker = caller.clone();
    let deed = async move { library.test_webhook(&asker, webhook).await };
    let asked = match outcome(ctx, deed).await? {
        Ok(asked) => asked,
        Err(errors) => return Ok(TestWebhookPayload::refused(errors)),
    };
    let delivery = Delivery::find(&afterwards(ctx, caller), asked.id).await?;
    Ok(TestWebhookPayload { delivery, position: written(asked.position), ..TestWebhookPayload::default() })
}

/// What is to be sent once more (重新推送).
#[derive(Clone, InputObject)]
pub struct RedeliverInput {
    /// Which delivery: one that has ended (推送记录).
    pub delivery: ID,
}

payload! {
    /// What came of sending once more (重新推送结果).
    RedeliverPayload {
        /// What is sent, under the identifier that it had (推送记录).
        delivery: Delivery,
    }
}

/// Sends once more.
pub async fn redeliver(ctx: &Context<'_>, input: RedeliverInput) -> Result<RedeliverPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let delivery = id(&input.delivery)?;
    let asker = caller.clone();
    let deed = async move { library.redeliver(&asker, delivery).await };
    let asked = match outcome(ctx, deed).await? {
        Ok(asked) => asked,
        Err(errors) => return Ok(RedeliverPayload::refused(errors)),
    };
    let delivery = Delivery::find(&afterwards(ctx, caller), asked.id).await?;
    Ok(RedeliverPayload { delivery, position: written(asked.position), ..RedeliverPayload::default() })
}
