//! Questions that are given up, by the server because they take too long or by a client that leaves: they stop, and what
//! they had cost is counted.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::json;
use server::App;
use server::http::{BODY_LIMIT, REQUEST_TIMEOUT, Settings, TrustedProxies};
use tests::{Engine, on_both};

use super::http::Door;
use super::{log, refused};
use crate::limits::{Running, node_with, tamper};
use crate::town::Town;

/// A server over a town where each look at placements takes a good while.
struct Slow {
    door: Door,
    clock: Arc<Running>,
    _town: Town,
}

impl Slow {
    async fn open(engine: Engine, most: Duration) -> Self {
        let town = Town::on(engine).await;
        town.publish(town.article("一")).await;
        let steps = match engine {
            Engine::Sqlite => 800_000,
            Engine::Postgres => 500_000,
        };
        let slow = format!(
            "alter table placement rename to kept; create view placement as select * from kept where (
             with recursive slow(i) as (select 1 union all select i + 1 from slow where i < {steps})
             select count(*) from slow) > 0"
        );
        tamper(&town.world, &slow, &slow).await;
        let clock = Running::at(&town.world);
        let library = node_with(&town.world, 4, Duration::from_secs(30), clock.clone()).await;
        let trusted_proxies = TrustedProxies::read("127.0.0.1").expect("an address");
        let app = App::new(library).with_limits(BODY_LIMIT, most);
        let door = Door::of(app.with_settings(Settings { trusted_proxies, ..Settings::default() })).await;
        Self { door, clock, _town: town }
    }

    fn measured(&self) -> u64 {
        self.clock.measured.load(Ordering::Relaxed)
    }

    /// Asks, and leaves soon after the first statement has begun.
    async fn leave(&self, query: &str, id: &str) {
        let before = self.measured();
        let body = json!({ "query": query }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nX-Request-Id: {id}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        let asking = self.door.begin(&(head + &body)).await;
        let begun = Instant::now();
        while self.measured() == before {
            assert!(begun.elapsed() < Duration::from_secs(10), "nothing is read");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // Long enough to be seen in what the statement took.
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(asking);
    }

    /// Waits until nothing is measured any more: no statement begins and none ends.
    async fn quiet(&self) {
        let begun = Instant::now();
        let mut before = self.measured();
        loop {
            // Longer than a statement takes, so that silence means that none runs.
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = self.measured();
            if now == before {
                return;
            }
            before = now;
            assert!(begun.elapsed() < Duration::from_secs(30), "it goes on and on");
        }
    }

    /// How many statements the questions of this outcome ran, all of them without a name.
    async fn statements(&self, outcome: &str, questions: f64) -> f64 {
        let ended = format!("jiyue_operations_total{{operation=\"anonymous\",outcome=\"{outcome}\"}}");
        assert_eq!(self.door.metric(&ended).await, Some(questions), "{outcome}");
        self.door.metric("jiyue_sql_statements_total{operation=\"anonymous\"}").await.expect("they are counted")
    }
}

/// Six lists, each within a member of the last: one statement after the other.
fn deep() -> String {
    let column = "column(by: {at: {site: \"town\", path: \"/news\"}})";
    let inside = (0..5)
        .fold("id".to_owned(), |inside, _| format!("column {{ placements(first: 1) {{ nodes {{ {inside} }} }} }}"));
    format!("{{ {column} {{ placements(first: 1) {{ nodes {{ {inside} }} }} }} }}")
}

/// Forty lists side by side.
fn wide() -> String {
    let one = |at: usize| {
        format!(
            "a{at}: column(by: {{at: {{site: \"town\", path: \"/news\"}}}}) {{
                placements(first: {}) {{ nodes {{ id }} }} }}",
            at + 1
        )
    };
    format!("{{ {} }}", (0..40).map(one).collect::<Vec<_>>().join(" "))
}

#[test]
fn a_question_whose_client_leaves_stops_and_what_it_cost_is_counted() {
    log::begin();
    on_both(async |engine| {
        let slow = Slow::open(engine, REQUEST_TIMEOUT).await;
        let id = format!("given-up-{engine:?}-1");
        slow.leave(&deep(), &id).await;
        slow.quiet().await;
        let ran = slow.statements("gone", 1.0).await;
        assert!((1.0..=3.0).contains(&ran), "of six statements {ran} have run");
        let (line, text) = log::line(&id).await;
        assert_eq!((&line["status"], &line["outcome"]), (&json!(499), &json!("CLIENT_GONE")), "{text}");
        assert_eq!(line["statements"].as_f64(), Some(ran), "{text}");
        assert!(line["sql_milliseconds"].as_f64().is_some_and(|took| took > 1.0), "{text}");

        slow.leave(&wide(), &format!("given-up-{engine:?}-2")).await;
        slow.quiet().await;
        let ran = slow.statements("gone", 2.0).await - ran;
        if engine == Engine::Sqlite {
            assert!((1.0..=4.0).contains(&ran), "of forty statements {ran} have run");
        }
        // It is the leaving that stops them: who stays is answered.
        let whole = slow.door.ask(&deep(), &json!({}), &[]).await;
        assert_eq!(whole.status, 200, "{}", whole.text());
        let before = slow.statements("answered", 1.0).await;
        assert!(before >= ran + 6.0);
        slow.door.close().await;
    });
}

#[test]
fn a_question_that_takes_too_long_stops_and_what_it_cost_is_counted() {
    log::begin();
    on_both(async |engine| {
        let slow = Slow::open(engine, Duration::from_millis(100)).await;
        let id = format!("too-long-{engine:?}");
        let answer = slow.door.ask(&deep(), &json!({}), &[("X-Request-Id", &id)]).await;
        refused(&answer, 503, "TIMEOUT");
        slow.quiet().await;
        let ran = slow.statements("timed_out", 1.0).await;
        assert!((1.0..=3.0).contains(&ran), "of six statements {ran} have run");
        let (line, text) = log::line(&id).await;
        assert_eq!((&line["status"], &line["outcome"]), (&json!(503), &json!("TIMEOUT")), "{text}");
        assert_eq!(line["statements"].as_f64(), Some(ran), "{text}");
        slow.door.close().await;
    });
}
