//! The feed over a WebSocket, as clients of `graphql-transport-ws` speak; every wrong step has its close code.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use tests::on_both;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::door::http::Door;
use crate::town::Town;

const CHANGED: &str = "subscription($after: String) { changed(after: $after) { position effects(first: 5) { nodes { effect subject { ... on Content { title } } } } } }";

struct Client(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Client {
    /// Connects with a subprotocol.
    async fn of(door: &Door, protocol: Option<&str>) -> Self {
        let mut request = format!("ws://{}/graphql", door.address()).into_client_request().expect("an address");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().expect("a header"));
        }
        let (socket, response) = connect_async(request).await.expect("a socket");
        assert_eq!(response.status(), 101);
        Self(socket)
    }

    /// Connects and is acknowledged.
    async fn begun(door: &Door) -> Self {
        let mut client = Self::of(door, Some("graphql-transport-ws")).await;
        client.say(json!({"type": "connection_init"})).await;
        assert_eq!(client.hear().await, Ok(json!({"type": "connection_ack"})));
        client
    }

    async fn say(&mut self, message: Json) {
        self.0.send(Message::text(message.to_string())).await.expect("sent");
    }

    async fn subscribe(&mut self, id: &str, query: &str, variables: Json) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})).await;
    }

    /// The next message, or the code by which the server closed.
    async fn hear(&mut self) -> Result<Json, u16> {
        loop {
            let heard = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.expect("in time");
            match heard {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// What was said until now was heard.
    async fn heard(&mut self) {
        self.say(json!({"type": "ping"})).await;
        assert_eq!(self.hear().await, Ok(json!({"type": "pong"})));
    }

    /// The title of the next event of a subscription.
    async fn title(&mut self, id: &str) -> String {
        let message = self.hear().await.expect("a message");
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
        let title = &message["payload"]["data"]["changed"]["effects"]["nodes"][0]["subject"]["title"];
        title.as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn several_subscriptions_go_on_over_one_socket() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let begin = town.position().await.to_string();
        town.publish(town.article("一")).await;
        let mut client = Client::begun(&door).await;
        client.heard().await;
        client.subscribe("a", CHANGED, json!({"after": begin})).await;
        assert_eq!(client.title("a").await, "一");
        town.publish(town.article("二")).await;
        assert_eq!(client.title("a").await, "二");
        // The second begins now; both are told what comes, in whatever order.
        client.subscribe("b", CHANGED, json!({"after": town.position().await.to_string()})).await;
        town.publish(town.article("三")).await;
        let mut told = Vec::new();
        for _ in 0..2 {
            let message = client.hear().await.expect("a message");
            told.push(message["id"].as_str().unwrap_or_default().to_owned());
        }
        told.sort_unstable();
        assert_eq!(told, ["a", "b"]);
        // What is completed says no more, and its identifier is free again.
        client.say(json!({"id": "a", "type": "complete"})).await;
        client.heard().await;
        town.publish(town.article("四")).await;
        assert_eq!(client.title("b").await, "四");
        client.subscribe("a", CHANGED, json!({"after": town.position().await.to_string()})).await;
        client.say(json!({"id": "b", "type": "complete"})).await;
        client.heard().await;
        town.publish(town.article("五")).await;
        let fifth = client.title("a").await;
        assert_eq!(fifth, "五");

        // An identifier that is used again has nothing of what it stood for before.
        client.say(json!({"id": "a", "type": "complete"})).await;
        client.subscribe("a", CHANGED, json!({"after": town.position().await.to_string()})).await;
        client.heard().await;
        town.publish(town.article("六")).await;
        assert_eq!(client.title("a").await, "六");

        // What cannot be answered is an error of its own, and the others go on.
        for (query, code) in [
            ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription {", "GRAPHQL_PARSE_FAILED"),
            ("{ position }", "BAD_REQUEST"),
        ] {
            client.subscribe("wrong", query, json!({})).await;
            let message = client.hear().await.expect("a message");
            assert_eq!(
                (&message["type"], &message["payload"][0]["extensions"]["code"]),
                (&json!("error"), &json!(code)),
                "{message}"
            );
        }
        client.subscribe("wrong", CHANGED, json!({"after": "x"})).await;
        let message = client.hear().await.expect("a message");
        assert_eq!(
            (&message["type"], &message["payload"][0]["extensions"]["code"]),
            (&json!("error"), &json!("BAD_USER_INPUT")),
            "{message}"
        );

        // The server ends in good order, and tells its clients.
        let (closed, ()) = tokio::join!(client.hear(), door.close());
        assert_eq!(closed, Err(1001));
    });
}

#[test]
fn every_wrong_step_has_its_close_code() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let wrong = async |message: Message| {
            let mut client = Client::of(&door, Some("graphql-transport-ws")).await;
            client.0.send(message).await.expect("sent");
            client.hear().await
        };
        let subscribe = json!({"id": "a", "type": "subscribe", "payload": {"query": CHANGED}});
        assert_eq!(wrong(Message::text(subscribe.to_string())).await, Err(4401));
        assert_eq!(wrong(Message::text("not JSON")).await, Err(4400));
        assert_eq!(wrong(Message::text("{\"type\": 1}")).await, Err(4400));
        assert_eq!(wrong(Message::text(format!("{{\"type\": \"{}\"}}", "x".repeat(1000)))).await, Err(4400));
        assert_eq!(wrong(Message::Binary(Bytes::from_static(b"{}"))).await, Err(4400));
        assert_eq!(Client::of(&door, None).await.hear().await, Err(4406));

        let mut twice = Client::begun(&door).await;
        twice.subscribe("a", CHANGED, json!({})).await;
        twice.subscribe("a", CHANGED, json!({})).await;
        assert_eq!(twice.hear().await, Err(4409));
        let mut again = Client::begun(&door).await;
        again.say(json!({"type": "connection_init"})).await;
        assert_eq!(again.hear().await, Err(4429));
        let mut nameless = Client::begun(&door).await;
        nameless.say(json!({"type": "subscribe", "payload": {"query": CHANGED}})).await;
        assert_eq!(nameless.hear().await, Err(4400));
        // So many and no more over one socket.
        let mut greedy = Client::begun(&door).await;
        for number in 0..21 {
            greedy.subscribe(&number.to_string(), CHANGED, json!({})).await;
        }
        let refused = greedy.hear().await.expect("a message");
        assert_eq!(
            (&refused["id"], &refused["payload"][0]["extensions"]["code"]),
            (&json!("20"), &json!("LIMIT_EXCEEDED")),
            "{refused}"
        );
        // Who says nothing is not waited for.
        let begun = std::time::Instant::now();
        assert_eq!(Client::of(&door, Some("graphql-transport-ws")).await.hear().await, Err(4408));
        assert!((9..15).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        door.close().await;
    });
}
