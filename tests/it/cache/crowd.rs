//! A crowd that asks for one page that was just taken away: one execution, and everybody is answered.

use std::time::Duration;

use serde_json::json;
use server::App;
use server::cache::Planted;
use server::http::{BODY_LIMIT, Settings};
use tests::{World, on_both};
use tokio::io::AsyncWriteExt as _;

use super::{NAME, state};
use crate::door::http::{Door, escape, rest};

const CROWD: usize = 2000;

#[test]
fn two_thousand_who_ask_for_one_evicted_page_cause_one_execution() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        // On a slow machine it takes a while until each has had its turn to ask.
        let turn_timeout = Duration::from_secs(120);
        let settings =
            Settings { connections: CROWD + 100, requests_waiting: CROWD, turn_timeout, ..Settings::default() };
        // The execution takes until everybody has come.
        let (hold, held) = tokio::sync::watch::channel(true);
        let planted = Planted::held(held);
        let app = App::new(world.library.clone()).with_limits(BODY_LIMIT, Duration::from_secs(300));
        let door = Door::of(app.with_settings(settings).with_planted(planted)).await;
        let variables = json!({"code": "yunze"});
        let before = door.ask(NAME, &variables, &[]).await;
        assert_eq!(state(&door.ask(NAME, &variables, &[]).await), "HIT");

        let mut crowd = Vec::new();
        for _ in 0..CROWD {
            crowd.push(door.connect().await);
        }
        let site = world.library.directory().sites.all().iter().find(|site| site.code == "yunze").expect("a site").id;
        world
            .library
            .edit_site(&world.editor(), site, None, |fields| fields.name = "改名".to_owned())
            .await
            .expect("done");
        let missed = door.metric("jiyue_cache_answers_total{state=\"miss\"}").await;
        let executed = door.metric("jiyue_operations_total{operation=\"other\",outcome=\"answered\"}").await;
        hold.send_replace(false);
        let target = format!("/graphql?query={}&variables={}", escape(NAME), escape(&variables.to_string()));
        let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        for connection in &mut crowd {
            connection.write_all(head.as_bytes()).await.expect("sent");
        }
        while door.metric("jiyue_http_requests_in_flight").await.unwrap_or_default() < CROWD as f64 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        hold.send_replace(true);
        let (mut joined, mut hits, mut first) = (0, 0, None);
        for connection in crowd {
            let answer = rest(connection).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            joined += usize::from(state(&answer) == "JOINED");
            hits += usize::from(state(&answer) == "HIT");
            let body = first.get_or_insert_with(|| answer.body.clone());
            assert!(*body == answer.body, "one answer for all");
        }
        assert_ne!(first.expect("an answer"), before.body);
        let metric = async |line: &str, before: Option<f64>| {
            door.metric(line).await.unwrap_or_default() - before.unwrap_or_default()
        };
        assert_eq!(metric("jiyue_cache_answers_total{state=\"miss\"}", missed).await, 1.0, "one execution");
        // Who had come and not asked yet when it ended finds it kept.
        assert!(joined > 0 && joined + hits == CROWD - 1, "{joined} waited for it, {hits} found it");
        let counted = metric("jiyue_operations_total{operation=\"other\",outcome=\"answered\"}", executed).await;
        assert_eq!(counted, CROWD as f64, "everybody is counted");
        assert_eq!(door.metric("jiyue_http_requests_shed_total").await, Some(0.0));
        door.close().await;
    });
}
