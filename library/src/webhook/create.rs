//! Making a webhook (createWebhook): its secret is answered once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{WebhookFields, WebhookRules, WebhookSecret};
use crate::change_feed::ChangeFilter;
use crate::changes::{Action, Caller, Effect, List, Work, commit_as};
use crate::database::Sql;
use crate::grant::GrantScope;
use crate::id::{AnyId, SiteId, WebhookId};
use crate::may::{Right, Target, may_on, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, text, web};

/// The most webhooks of a library.
const MOST: usize = 500;
/// The longest document that is kept, in characters.
const LONGEST_QUERY: usize = 20_000;

/// A webhook to be made.
#[derive(Debug, Clone)]
pub struct CreateWebhook {
    /// Whose it is; nothing for the platform.
    pub site: Option<SiteId>,
    /// What people call it.
    pub name: String,
    /// Where it is sent to.
    pub url: String,
    /// Of which changes it is told.
    pub filter: ChangeFilter,
    /// The subscription document whose answer is sent.
    pub query: String,
}

/// A webhook that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MadeWebhook {
    /// Its identifier.
    pub id: WebhookId,
    /// What its requests are signed by; nothing for who repeats the deed.
    #[serde(skip)]
    pub secret: Option<WebhookSecret>,
    /// The position of the change.
    pub position: Position,
}

static INSERT: Sql = Sql::new("insert into webhook (id, site_id, created_at, document) values ($1, $2, $3, $4)");
static SECRET: Sql = Sql::new("insert into webhook_secret (webhook_id, secret) values ($1, $2)");
static CURSOR: Sql =
    Sql::new("insert into webhook_cursor (webhook_id, position) select $1, position from change_counter where one = 1");

impl Library {
    /// Makes a webhook, which is told of what changes from now on. Who has no door has no `rules`; what cannot be sent is told later.
    ///
    /// # Errors
    /// Refuses a caller who does not keep the site (without one: the platform), an unknown site, what is no web address, a
    /// filter that names what is not there, what the rules refuse, and too many.
    pub async fn create_webhook(
        &self,
        caller: &Caller,
        input: CreateWebhook,
        rules: Option<&dyn WebhookRules>,
    ) -> Result<MadeWebhook> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WebhookChanged).await?;
        let directory = work.directory.clone();
        let scope = input.site.map_or(GrantScope::Platform, GrantScope::Site);
        may_on(&directory, caller, Right::Manage, Target::scope(&directory, scope), "site")?;
        if directory.webhooks.all().len() >= MOST {
            let (message, english) = ("推送过多", "there are too many webhooks");
            let refusal = Refusal::new(RefusalCode::WrongState, "", message, english);
            return Err(refusal.hinting("请先删除不用的推送", "delete those that are not used first").into());
        }
        let CreateWebhook { site, name, url, filter, query } = input;
        permit(rules, Some(&url), Some(&query))?;
        let fields = check(&directory, WebhookFields { name, url, filter, query })?;
        let (id, secret) = (WebhookId(self.new_id()), self.webhook_secret());
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), site.into(), work.at.into(), document.into()]).await?;
        work.run(&SECRET, &[id.into(), secret.0.as_str().into()]).await?;
        work.run(&CURSOR, &[id.into()]).await?;
        work.site = site;
        told(&mut work, id, Effect::Entered);
        let made = commit_as(work, |position| MadeWebhook { id, secret: None, position }).await?;
        Ok(MadeWebhook { secret: Some(secret), ..made })
    }

    /// A new secret.
    pub(super) fn webhook_secret(&self) -> WebhookSecret {
        WebhookSecret(format!("whsec_{}", STANDARD.encode(self.secret_bytes())))
    }
}

/// The log tells of a webhook.
pub(super) fn told(work: &mut Work, id: WebhookId, effect: Effect) {
    work.record(AnyId::WebhookId(id), effect);
    work.list(List::webhooks());
}

/// Refuses an address and a document that nothing can be sent to, or by.
pub(super) fn permit(rules: Option<&dyn WebhookRules>, url: Option<&str>, query: Option<&str>) -> Result<()> {
    let Some(rules) = rules else { return Ok(()) };
    let refuse = |path: &str, message: String, english: String| {
        Err(Refusal::new(RefusalCode::Invalid, path, message, english).into())
    };
    if let Some(why) = url.and_then(|url| rules.refuses_address(url)) {
        let message = "不能向该地址推送：其网络或端口未对推送开放".to_owned();
        return refuse("url", message, format!("nothing is sent to this address: {why}"));
    }
    match query.and_then(|query| rules.refuses_query(query)) {
        Some(why) => refuse("query", format!("推送查询无效：{why}"), why),
        None => Ok(()),
    }
}

/// Fields as they are kept.
pub(super) fn check(directory: &Directory, fields: WebhookFields) -> Result<WebhookFields> {
    Ok(WebhookFields {
        name: text::require("name", &fields.name, 100)?,
        url: web::address("url", &fields.url)?,
        filter: known(directory, fields.filter)?,
        query: text::require("query", &fields.query, LONGEST_QUERY)?,
    })
}

/// A filter whose parts are there.
fn known(directory: &Directory, filter: ChangeFilter) -> Result<ChangeFilter> {
    let gone = |path: &str| Err(Refusal::not_found(path).into());
    if filter.sites.iter().any(|id| directory.sites.get(*id).is_none()) {
        return gone("filter.sites");
    }
    if filter.columns.iter().any(|id| directory.columns.get(*id).is_none()) {
        return gone("filter.columns");
    }
    if filter.tags.iter().any(|id| directory.tags.get(*id).is_none()) {
        return gone("filter.tags");
    }
    Ok(filter)
}
