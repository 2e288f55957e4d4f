//! What is sent to a webhook: the answer to its kept document, read as the public may read it now; and what a document and an
//! address must be for that.

use std::sync::Arc;

use delivery::webhook::Postman;
use library::Position;
use library::webhook::{DeliveryCause, DueDelivery, WebhookRules};
use operation::{Kind, Openness, Question, Rules};
use schema::{ExecutableDocument, Following};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use serde_json::value::RawValue;

use super::App;

/// The most bytes that are sent at once.
const LONGEST: u64 = 1 << 20;
/// Nobody who has a document kept looks around in the schema by it.
const CLOSED: Openness = Openness { introspection: false, suggestions: false };

/// What is to be sent.
pub enum Letter {
    /// This.
    Says(Vec<u8>),
    /// Nothing: the change did nothing that is public and wanted, as far as can be told now.
    Nothing,
    /// The document cannot be answered; why, for the log.
    Unanswered(String),
}

/// The part of an answer that is sent.
#[derive(Deserialize)]
struct Answered<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// What a receiver is sent (Standard Webhooks 1.0): what it is, of when, and the data.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: chrono::DateTime<chrono::Utc>,
    data: Option<&'a RawValue>,
}

/// What webhooks are held against at their making.
pub struct Receivers {
    pub(super) rules: Arc<Rules>,
    pub(super) postman: Option<Postman>,
}

impl WebhookRules for Receivers {
    fn refuses_query(&self, query: &str) -> Option<String> {
        admitted(&self.rules, query).err()
    }

    fn refuses_address(&self, url: &str) -> Option<&'static str> {
        match &self.postman {
            Some(postman) => postman.refuses(url),
            None => Some("this server has no way to send"),
        }
    }
}

/// A document as it is executed, or why it cannot be.
fn admitted(rules: &Rules, query: &str) -> Result<ExecutableDocument, String> {
    let question = Question { query: query.to_owned(), operation_name: None, variables: Map::new(), reads_only: false };
    let admitted = rules.admit(&question, CLOSED).map_err(|refusals| {
        let texts: Vec<String> = refusals.into_iter().take(3).map(|refusal| refusal.message).collect();
        texts.join(" ")
    })?;
    if admitted.kind != Kind::Subscription {
        return Err("It must be a subscription: `subscription { changed { ... } }`.".to_owned());
    }
    let mut roots =
        admitted.document.operations.iter().flat_map(|(_, operation)| &operation.node.selection_set.node.items);
    let bare = roots.all(|selection| match &selection.node {
        async_graphql::parser::types::Selection::Field(field) => field.node.arguments.is_empty(),
        _ => true,
    });
    if !bare {
        return Err("`changed` takes no arguments here: the filter is the webhook's.".to_owned());
    }
    Ok(admitted.document)
}

impl App {
    /// What a delivery says now.
    pub async fn letter(&self, due: &DueDelivery) -> Letter {
        let is_test = due.cause == DeliveryCause::Test;
        let told = match due.position {
            Some(position) => self.told_at(due, position).await,
            None => Ok(None),
        };
        let answer = match told {
            Ok(None) if !is_test => return Letter::Nothing,
            Ok(answer) => answer,
            Err(why) => return Letter::Unanswered(why),
        };
        let data =
            answer.as_deref().map_or(Ok(None), |answer| serde_json::from_slice(answer).map(|Answered { data }| data));
        let kind = if is_test { "test" } else { "changed" };
        match data.and_then(|data| serde_json::to_vec(&Payload { kind, timestamp: self.library.now().utc(), data })) {
            Ok(body) => Letter::Says(body),
            Err(error) => Letter::Unanswered(error.to_string()),
        }
    }

    /// The answer about one change, if it means something.
    async fn told_at(&self, due: &DueDelivery, position: Position) -> Result<Option<Vec<u8>>, String> {
        let document = admitted(&self.rules, &due.webhook.fields.query)?;
        let _turn = self.follower_turns.acquire().await.map_err(|_| "the server ends".to_owned())?;
        let following = Arc::new(Following::narrowed(position - 1, due.webhook.fields.filter.clone()));
        let answered = tokio::time::timeout(self.request_timeout(), self.next_change(document, &following, LONGEST));
        let Some((plain, answer)) = answered.await.map_err(|_| "it took too long".to_owned())? else {
            return Ok(None);
        };
        if let Some(error) = answer.errors.first() {
            return Err(error.message.clone());
        }
        // What this change did is not public any more; the next one is another delivery's.
        if following.told() != Some(position) {
            return Ok(None);
        }
        match plain.body(&answer) {
            Ok(Some(body)) => Ok(Some(body)),
            Ok(None) => Err(format!("the answer has more than {LONGEST} bytes")),
            Err(error) => Err(error.to_string()),
        }
    }
}
