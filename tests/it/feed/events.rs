//! The feed as it goes on: Server-Sent Events at a real door, from a position on without gap or repetition.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tests::on_both;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::door::http::Door;
use crate::town::Town;

const CHANGED: &str = "subscription($after: String, $filter: ChangeFilter) { changed(after: $after, filter: $filter) { position action \
    effects(first: 5) { nodes { effect subjectId subject { ... on Content { title } } } } } }";

/// What a follower gets, event by event.
struct Events {
    lines: tokio::io::Lines<BufReader<TcpStream>>,
    head: String,
}

/// An event: its name, its id, its data.
type Event = (String, String, Json);

impl Events {
    /// Subscribes by POST.
    async fn of(door: &Door, variables: Json, more: &[(&str, &str)]) -> Self {
        let body = json!({"query": CHANGED, "variables": variables}).to_string();
        let mut head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        let accept = ("Accept", "text/event-stream");
        for (name, value) in more.iter().chain(std::iter::once(&accept)) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut connection = door.begin(&head).await;
        connection.write_all(format!("\r\n{body}").as_bytes()).await.expect("sent");
        Self::read(connection).await
    }

    async fn read(connection: TcpStream) -> Self {
        let mut events = Self { lines: BufReader::new(connection).lines(), head: String::new() };
        while let Some(line) = events.line().await {
            if line.is_empty() {
                break;
            }
            events.head.push_str(&line);
            events.head.push('\n');
        }
        events
    }

    async fn line(&mut self) -> Option<String> {
        let line = tokio::time::timeout(Duration::from_secs(20), self.lines.next_line()).await;
        line.expect("it comes in time").expect("a line")
    }

    /// The next event; nothing at the end. Sizes of chunks and comments are passed over.
    async fn next(&mut self) -> Option<Event> {
        let (mut name, mut id) = (String::new(), String::new());
        while let Some(line) = self.line().await {
            if let Some(found) = line.strip_prefix("id: ") {
                id = found.to_owned();
            } else if let Some(found) = line.strip_prefix("event: ") {
                name = found.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return Some((name, id, serde_json::from_str(data).unwrap_or(Json::Null)));
            }
        }
        None
    }

    /// The title of the next event's first content, and its position.
    async fn title(&mut self) -> (String, String) {
        let (name, id, data) = self.next().await.expect("an event");
        assert_eq!(name, "next", "{data}");
        let change = &data["data"]["changed"];
        assert_eq!(change["position"], id.as_str(), "{data}");
        let title = change["effects"]["nodes"][0]["subject"]["title"].as_str();
        (title.unwrap_or_default().to_owned(), id)
    }
}

#[test]
fn who_subscribes_gets_what_was_missed_and_then_what_comes() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let begin = town.position().await.to_string();
        for title in ["一", "二"] {
            town.publish(town.article(title)).await;
        }
        let filter = json!({"columns": [town.news.to_string()]});
        let mut missed = Events::of(&door, json!({"after": begin, "filter": filter}), &[]).await;
        assert!(missed.head.starts_with("HTTP/1.1 200"), "{}", missed.head);
        assert!(missed.head.to_lowercase().contains("content-type: text/event-stream"), "{}", missed.head);
        let mut from_now = Events::of(&door, json!({}), &[]).await;
        let (_, first) = missed.title().await;
        assert_eq!(missed.title().await.0, "二");
        // What nobody sees is no event, and what comes is one for each of them.
        town.draft(town.article("草稿")).await;
        let third = town.publish(town.article("三")).await;
        assert_eq!(missed.title().await.0, "三");
        assert_eq!(from_now.title().await.0, "三");
        town.withdraw(third, None).await;
        let (_, _, left) = from_now.next().await.expect("an event");
        let effect = &left["data"]["changed"]["effects"]["nodes"][0];
        assert_eq!((&effect["effect"], &effect["subject"]), (&json!("LEFT"), &Json::Null));
        let narrowed = missed.next().await.expect("an event").2;
        assert_eq!(&narrowed["data"]["changed"]["effects"]["nodes"][0], effect);

        // A browser that comes back brings the id of the last event; what it asks for itself is the beginning of its first time.
        let mut back = Events::of(&door, json!({"after": begin, "filter": filter}), &[("Last-Event-ID", &first)]).await;
        assert_eq!(back.title().await.0, "二");

        // The server ends, and with it what goes on; nobody is waited for.
        let begun = std::time::Instant::now();
        door.close().await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let mut last = from_now.next().await;
        while let Some((name, ..)) = &last
            && name == "next"
        {
            last = from_now.next().await;
        }
        assert_eq!(last.map(|(name, ..)| name).as_deref(), Some("complete"));
    });
}

#[test]
fn a_subscription_that_cannot_go_on_says_why() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        for variables in [json!({"after": "x"}), json!({"after": "1000000"}), json!({"filter": {"columns": ["x"]}})] {
            let mut events = Events::of(&door, variables.clone(), &[]).await;
            let (name, _, data) = events.next().await.expect("an event");
            assert_eq!(
                (name.as_str(), &data["errors"][0]["extensions"]["code"]),
                ("next", &json!("BAD_USER_INPUT")),
                "{variables}: {data}"
            );
            assert_eq!(events.next().await.expect("an event").0, "complete");
        }
        // Who does not take events, who also takes JSON, and a wrong question are answered as ever.
        let plain = door.ask(CHANGED, &json!({}), &[]).await;
        assert_eq!((plain.status, &plain.json()["errors"][0]["extensions"]["code"]), (406, &json!("NOT_ACCEPTABLE")));
        let both = door.ask(CHANGED, &json!({}), &[("Accept", "text/event-stream, application/json")]).await;
        assert_eq!(both.status, 406);
        let unknown = door.ask("subscription { nothing }", &json!({}), &[("Accept", "text/event-stream")]).await;
        assert_eq!(unknown.json()["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
        let wrong = door.ask(CHANGED, &json!({}), &[("Accept", "text/event-stream"), ("Last-Event-ID", "x")]).await;
        assert_eq!(wrong.status, 400);
        // By GET, as a browser's EventSource asks.
        let query = "subscription%7Bchanged%7Bposition%7D%7D";
        let connection = door
            .begin(&format!("GET /graphql?query={query} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"))
            .await;
        let mut events = Events::read(connection).await;
        town.publish(town.article("一")).await;
        assert_eq!(events.next().await.expect("an event").0, "next");
        door.close().await;
    });
}
