//! Subscriptions over one WebSocket (protocol `graphql-transport-ws`): several at once, each as `follow.rs` goes on with it.
//!
//! A client that does not keep to the protocol is told by its close codes; one that takes nothing is cut, and resumes behind
//! the last position that it got. Queries and deeds are asked over HTTP.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::FromRequestParts as _;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use operation::Kind;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::follow::{Ending, Follower, Step};
use super::graphql::Asker;
use super::{App, Refused, gate, question, refused, registered};

/// The protocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// How long a client may take to begin.
const BEGINNING: Duration = Duration::from_secs(10);
/// How long one message may take to be sent.
const SENDING: Duration = Duration::from_secs(30);
/// How often a silent client is asked whether it is there, and for how long it may be silent.
const ASKED: Duration = Duration::from_secs(20);
const SILENT: Duration = Duration::from_secs(60);
/// The most subscriptions of one client at once.
const MOST: usize = 20;
/// How many messages wait to be sent, of all its subscriptions.
const WAITING: usize = 4;
/// The longest identifier of a subscription.
const LONGEST_ID: usize = 200;

/// Whether a request asks for a WebSocket.
pub fn wants_socket(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Takes a request for a WebSocket.
pub async fn open(app: App, asker: Asker, request: axum::extract::Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let ending = parts.extensions.get::<Ending>().cloned();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(_) => return Refused::bad_request("This is not the beginning of a WebSocket.").into_response(),
    };
    let Ok(place) = app.followers.clone().try_acquire_owned() else { return gate::overloaded().into_response() };
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(app.body_limit).max_frame_size(app.body_limit);
    upgrade.on_upgrade(move |socket| Conversation::begin(app, asker, ending, place).hold(socket))
}

/// Why a conversation ends.
type Close = (u16, &'static str);

/// What a client says.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// One client with its subscriptions.
struct Conversation {
    app: App,
    asker: Asker,
    ending: Option<Ending>,
    begun: bool,
    /// What is subscribed to under each identifier, with its number: an identifier may be used again.
    running: HashMap<String, (u64, AbortHandle)>,
    subscribed: u64,
    out: mpsc::Sender<Told>,
    told: mpsc::Receiver<Told>,
    heard: Instant,
    _place: OwnedSemaphorePermit,
}

/// What a subscription says: its identifier and number, the message, and whether it is its last.
struct Told {
    id: String,
    number: u64,
    text: String,
    last: bool,
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.running.values().for_each(|(_, running)| running.abort());
    }
}

impl Conversation {
    fn begin(app: App, asker: Asker, ending: Option<Ending>, place: OwnedSemaphorePermit) -> Self {
        let (out, told) = mpsc::channel(WAITING);
        let (running, heard) = (HashMap::new(), Instant::now());
        Self { app, asker, ending, begun: false, running, subscribed: 0, out, told, heard, _place: place }
    }

    async fn hold(mut self, mut socket: WebSocket) {
        let (code, reason) = self.talk(&mut socket).await;
        let frame = CloseFrame { code, reason: reason.into() };
        let parting = async {
            if socket.send(Message::Close(Some(frame))).await.is_ok() {
                // The client closes, too; what it still says is passed over.
                while let Some(Ok(_)) = socket.recv().await {}
            }
        };
        if tokio::time::timeout(Duration::from_secs(5), parting).await.is_err() {
            tracing::debug!("a client did not close its socket");
        }
    }

    async fn talk(&mut self, socket: &mut WebSocket) -> Close {
        if socket.protocol().is_none_or(|chosen| chosen != PROTOCOL) {
            return (4406, "Subprotocol not acceptable");
        }
        let opened = Instant::now();
        let mut asked = tokio::time::interval(ASKED);
        asked.tick().await;
        let mut ending = self.ending.clone();
        let ended = async move {
            match &mut ending {
                Some(Ending(ending)) => drop(ending.wait_for(|ending| *ending).await),
                None => std::future::pending().await,
            }
        };
        tokio::pin!(ended);
        loop {
            let text = tokio::select! {
                () = &mut ended => return (1001, "The server ends; resume behind the last position"),
                () = tokio::time::sleep_until(opened + BEGINNING), if !self.begun => {
                    return (4408, "Connection initialisation timeout");
                }
                _ = asked.tick() => {
                    if self.heard.elapsed() > SILENT {
                        return (1001, "Nobody is there");
                    }
                    if !send(socket, Message::Ping(Default::default())).await {
                        return (1013, "Too slow; resume behind the last position");
                    }
                    continue;
                }
                told = self.told.recv() => match told {
                    // What was completed meanwhile says no more.
                    Some(told) if self.running.get(&told.id).is_none_or(|(number, _)| *number != told.number) => continue,
                    Some(told) => {
                        if told.last {
                            self.running.remove(&told.id);
                        }
                        told.text
                    }
                    None => continue,
                },
                heard = socket.recv() => {
                    self.heard = Instant::now();
                    match heard {
                        Some(Ok(Message::Text(text))) => match self.hear(text.as_str()) {
                            Ok(Some(answer)) => answer,
                            Ok(None) => continue,
                            Err(close) => return close,
                        },
                        Some(Ok(Message::Binary(_))) => return (4400, "Messages are text"),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                        Some(Ok(Message::Close(_))) | None => return (1000, ""),
                        Some(Err(_)) => return (1009, "Not understood, or too long"),
                    }
                }
            };
            if !send(socket, Message::Text(text.into())).await {
                return (1013, "Too slow; resume behind the last position");
            }
        }
    }

    /// Takes what the client says; what it is answered at once.
    fn hear(&mut self, text: &str) -> Result<Option<String>, Close> {
        let said: Said<'_> = serde_json::from_str(text).map_err(|_| (4400, "Invalid message"))?;
        let id = || said.id.clone().filter(|id| !id.is_empty() && id.len() <= LONGEST_ID).ok_or((4400, "Invalid id"));
        match said.kind.as_str() {
            "connection_init" if self.begun => Err((4429, "Too many initialisation requests")),
            "connection_init" => {
                self.begun = true;
                Ok(Some(json!({"type": "connection_ack"}).to_string()))
            }
            "ping" => Ok(Some(json!({"type": "pong"}).to_string())),
            "pong" => Ok(None),
            "subscribe" if !self.begun => Err((4401, "Unauthorized")),
            "subscribe" => {
                let id = id()?;
                if self.running.contains_key(&id) {
                    return Err((4409, "Subscriber for this id already exists"));
                }
                let payload = said.payload.ok_or((4400, "A subscription has a payload"))?;
                Ok(self.subscribe(id, payload.get()).map_or_else(Some, |()| None))
            }
            "complete" => {
                if let Some((_, running)) = self.running.remove(&id()?) {
                    running.abort();
                }
                Ok(None)
            }
            _ => Err((4400, "Unknown message type")),
        }
    }

    /// Begins a subscription, or answers why not.
    fn subscribe(&mut self, id: String, payload: &str) -> Result<(), String> {
        let refuse = |errors: Json| Err(json!({"id": id, "type": "error", "payload": errors}).to_string());
        if self.running.len() >= MOST {
            let refused = Refused::exceeded(StatusCode::BAD_REQUEST, "subscriptions", MOST as u64);
            return refuse(json!([refused.error()]));
        }
        let asked = match question::of_body(payload.as_bytes(), self.app.rules.limits(), &self.app.persisted) {
            Ok(asked) => asked,
            Err(refused) => return refuse(json!([refused.error()])),
        };
        // Whoever follows by a socket is nobody: what is told is what the public sees.
        if let Err(refused) = registered::asked(&self.app, None, &asked.query) {
            return refuse(json!([refused.error()]));
        }
        let admitted = match self.app.rules.admit(&asked, self.asker.openness()) {
            Ok(admitted) if admitted.kind == Kind::Subscription => admitted,
            Ok(_) => {
                let refused =
                    Refused::bad_request("Only subscriptions are answered here; send this operation with POST.");
                return refuse(json!([refused.error()]));
            }
            Err(refusals) => return refuse(json!(refused::errors(&refusals))),
        };
        let Ok(place) = self.app.followers.clone().try_acquire_owned() else {
            return refuse(json!([gate::overloaded().error()]));
        };
        let follower = Follower::new(&self.app, self.asker.clone(), admitted, None);
        self.subscribed += 1;
        let (own, number, out) = (id.clone(), self.subscribed, self.out.clone());
        let task = tokio::spawn(async move {
            let _place = place;
            tell(follower, own, number, out).await;
        });
        self.running.insert(id, (number, task.abort_handle()));
        Ok(())
    }
}

/// Tells what a subscription comes to, one message after the other, as fast as they are taken.
async fn tell(mut follower: Follower, id: String, number: u64, out: mpsc::Sender<Told>) {
    loop {
        let (text, last) = match follower.step().await {
            Step::Event(body) => (message(&id, "next", &body), false),
            Step::Quiet if out.is_closed() => return,
            Step::Quiet => continue,
            Step::Failed(body) => {
                let errors = serde_json::from_slice::<Json>(&body).map(|mut body| body["errors"].take());
                (json!({"id": id, "type": "error", "payload": errors.unwrap_or(Json::Null)}).to_string(), true)
            }
            Step::Ended => (json!({"id": id, "type": "complete"}).to_string(), true),
        };
        if out.send(Told { id: id.clone(), number, text, last }).await.is_err() || last {
            return;
        }
    }
}

/// A message with an answer that is JSON already.
fn message(id: &str, kind: &str, payload: &[u8]) -> String {
    format!("{{\"id\":{},\"type\":\"{kind}\",\"payload\":{}}}", Json::from(id), String::from_utf8_lossy(payload))
}

/// Sends a message; whether it was taken in time.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SENDING, socket.send(message)).await, Ok(Ok(())))
}
