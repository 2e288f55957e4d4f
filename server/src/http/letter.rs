//! What is sent to a webhook: the answer to its kept document, read as the public may read it now; and what a document and an
//! address must be for that.

use std::sync::Arc;

use delivery::webhook::Postman;
use futures::StreamExt as _;
use library::webhook::{DeliveryCause, DueDelivery};
use library::{Audience, Position};
use operation::{Kind, Limit, Openness, Question, Rules};
use schema::{ExecutableDocument, Following, Plain, WebhookRules};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, json};

use super::App;

/// The most bytes that are sent at once.
const LONGEST: u64 = 1 << 20;
/// Nobody who has a document kept looks around in the schema by it.
const CLOSED: Openness = Openness { introspection: false, suggestions: true };

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

/// What webhooks are held against at their making.
pub struct Receivers {
    pub(super) rules: Arc<Rules>,
    pub(super) postman: Option<Postman>,
}

impl WebhookRules for Receivers {
    fn refuses_query(&self, query: &str) -> Option<String> {
        admitted(&self.rules, query).err()
    }

    fn refuses_address(&self, url: &str) -> Option<String> {
        match &self.postman {
            Some(postman) => postman.refuses(url).map(str::to_owned),
            None => Some("this server has no way to send".to_owned()),
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
        let Some(position) = due.position else {
            return Letter::Says(envelope("test", self.library.now().utc(), "null"));
        };
        let answer = match self.told_at(due, position).await {
            Ok(Some(answer)) => answer,
            Ok(None) if due.cause == DeliveryCause::Test => {
                return Letter::Says(envelope("test", self.library.now().utc(), "null"));
            }
            Ok(None) => return Letter::Nothing,
            Err(why) => return Letter::Unanswered(why),
        };
        let Ok(Answered { data: Some(data) }) = serde_json::from_slice(&answer) else {
            return Letter::Unanswered("the answer has no data".to_owned());
        };
        let kind = if due.cause == DeliveryCause::Test { "test" } else { "changed" };
        Letter::Says(envelope(kind, self.library.now().utc(), data.get()))
    }

    /// The answer about one change, if it means something.
    async fn told_at(&self, due: &DueDelivery, position: Position) -> Result<Option<Vec<u8>>, String> {
        let document = admitted(&self.rules, &due.webhook.fields.query)?;
        let _turn = self.follower_turns.acquire().await.map_err(|_| "the server ends".to_owned())?;
        let following = Arc::new(Following::narrowed(position - 1, due.webhook.fields.filter.clone()));
        let plain = Plain::within(LONGEST, self.rules.limits().most(Limit::Values));
        let scope = Arc::new(self.library.scope(Audience::Public));
        let request = schema::request(document).data(plain.clone()).data(following.clone());
        let mut answers = schema::follow(&self.schema, scope, request);
        let answered = tokio::time::timeout(self.request_timeout(), answers.next());
        let Some(answer) = answered.await.map_err(|_| "it took too long".to_owned())? else { return Ok(None) };
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

/// A payload (Standard Webhooks 1.0): what it is, of when, and the data.
fn envelope(kind: &str, at: impl serde::Serialize, data: &str) -> Vec<u8> {
    let (kind, at) = (json!(kind), json!(at));
    format!("{{\"type\":{kind},\"timestamp\":{at},\"data\":{data}}}").into_bytes()
}
