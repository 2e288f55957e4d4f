//! Recall with receipts: when those had passed a withdrawal who follow the columns that carried it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use library::api_key::{ApiKeyRight, CreateApiKey};
use library::change_feed::ChangeFilter;
use library::changes::Follower as _;
use library::clock::SetClock;
use library::content::ContentKind;
use library::grant::{GrantScope, Role};
use library::id::WebhookId;
use library::recall::Withdrawals;
use library::webhook::{Attempt, CreateWebhook, DueDelivery, EditWebhook, Problem, Sent};
use library::{Caller, Library};
use serde_json::{Value as Json, json};
use server::App;
use server::followers::{self, Pace};
use tests::{World, on_both};

use super::recall::{same, told, up_to_date, written};
use crate::accounts::{Staff, caller};
use crate::town::{Town, at};

/// A webhook of the platform, which nobody sends to.
async fn webhook(town: &Town, filter: ChangeFilter) -> WebhookId {
    let (name, url) = ("接收方".to_owned(), "https://receiver.example/hook".to_owned());
    let query = "subscription { changed { position } }".to_owned();
    let new = CreateWebhook { site: None, name, url, filter, query };
    town.library().create_webhook(&town.editor(), new, None).await.expect("a webhook").id
}

/// What is due now, as a node would send it.
async fn due(library: &Library) -> Vec<DueDelivery> {
    library.dispatch_webhooks().await.expect("dispatched");
    library.take_deliveries(&HashSet::new(), 10).await.expect("due")
}

async fn answered(library: &Library, due: &DueDelivery, status: u16) {
    let problem = (status != 200).then_some(Problem::NotTaken);
    let at = library.now();
    let attempt = Attempt { at, took: Duration::from_millis(3), status: Some(status), problem, answer: String::new() };
    library.delivered(due, Sent::Attempted(attempt)).await.expect("written down");
}

#[test]
fn the_last_webhook_that_follows_a_column_is_waited_for_and_no_other() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let id = town.publish(town.article("有人订阅的")).await;
        let county = webhook(town, ChangeFilter { sites: vec![town.county], ..ChangeFilter::default() }).await;
        let policies =
            webhook(town, ChangeFilter { kinds: vec![ContentKind::Policy], ..ChangeFilter::default() }).await;
        // Nobody has told these anything; the one that has nothing to do with it is paused.
        let pause = EditWebhook { paused: Some(true), ..EditWebhook::of(policies) };
        library.edit_webhook(&admin, pause, None).await.expect("paused");
        town.world.clock.set(at("2026-11-02 09:00:00"));
        town.withdraw(id, None).await;
        let look = async |time: &str, all: bool| {
            town.world.clock.set(at(time));
            library.follow_withdrawals(all).await.expect("followed");
            told(town, &admin, id, "deliveredAt").await
        };
        let news = ("/news", written("2026-11-02 09:00:01"));
        same(&look("2026-11-02 09:00:01", false).await, &[news.clone(), ("/town-news", None)]);
        // Written down to be sent, and not taken: neither is told.
        let sending = due(library).await;
        assert_eq!(sending.len(), 1);
        same(&look("2026-11-02 09:00:02", true).await, &[news.clone(), ("/town-news", None)]);
        answered(library, &sending[0], 500).await;
        same(&look("2026-11-02 09:00:03", true).await, &[news.clone(), ("/town-news", None)]);
        town.world.clock.set(at("2026-11-02 09:01:00"));
        let sending = due(library).await;
        answered(library, &sending[0], 200).await;
        let mirror = ("/town-news", written("2026-11-02 09:01:01"));
        same(&look("2026-11-02 09:01:01", false).await, &[news.clone(), mirror.clone()]);
        same(&look("2026-11-02 09:02:00", true).await, &[news, mirror]);

        // What a receiver refused for good was not told to it, until it is there no more.
        let second = town.publish(town.article("第二条")).await;
        for sending in due(library).await {
            answered(library, &sending, 200).await;
        }
        town.withdraw(second, None).await;
        for sending in due(library).await {
            answered(library, &sending, 410).await;
        }
        assert!(library.directory().webhooks.get(county).is_some_and(|webhook| webhook.paused.is_some()));
        let see = async |time: &str| {
            town.world.clock.set(at(time));
            library.follow_withdrawals(true).await.expect("followed");
            told(town, &admin, second, "deliveredAt").await
        };
        let news = ("/news", written("2026-11-02 09:03:00"));
        same(&see("2026-11-02 09:03:00").await, &[news.clone(), ("/town-news", None)]);
        library.delete_webhook(&admin, county).await.expect("deleted");
        same(&see("2026-11-02 09:04:00").await, &[news, ("/town-news", written("2026-11-02 09:04:00"))]);
    });
}

/// Waits until a statement counts so many rows: how far a system reads is written beside its read.
async fn until(world: &World, sql: &'static str, rows: i64) {
    for _ in 0..3_000 {
        if world.count(sql).await == rows {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{sql} is {} and not {rows}", world.count(sql).await);
}

#[test]
fn systems_that_read_the_feed_by_a_key_are_waited_for() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let account = staff.account("mirror", Some((Role::Editor, GrantScope::Site(town.county)))).await;
        let key = |name: &str| CreateApiKey {
            name: name.to_owned(),
            account: Some(account),
            site: None,
            rights: vec![ApiKeyRight::Preview],
            app: None,
            expires_at: None,
        };
        let mut systems = Vec::new();
        for name in ["county", "everything"] {
            let made = library.create_api_key(&town.editor(), key(name)).await.expect("a key");
            let asker = library.caller_of(&made.secret.expect("a secret").0).await.expect("known");
            systems.push((made.id, asker));
        }
        let id = town.publish(town.article("有副本的")).await;
        let read = async |who: &Caller, after: i64, filter: Json| {
            let document = "query($after: String, $filter: ChangeFilter) { changes(after: $after, filter: $filter) { nodes { position } } }";
            let variables = json!({"after": after.to_string(), "filter": filter});
            let (answer, scope) = town.world.ask_as(who, document, &variables).await;
            assert!(answer.get("errors").is_none(), "{answer}");
            assert!(!scope.is_private(), "who reads changes nothing in what is answered");
        };
        let county = json!({"sites": [town.county.to_string()]});
        let before = town.position().await;
        read(&systems[0].1, before, county.clone()).await;
        read(&systems[1].1, before, json!({})).await;
        read(&Caller::nobody(), before, json!({})).await;
        read(&admin, before, json!({})).await;
        until(&town.world, "select count(*) from feed_reader", 2).await;
        town.world.clock.set(at("2026-11-02 09:00:00"));
        town.withdraw(id, None).await;
        let position = town.position().await;
        // Whoever comes afterwards has no copy of it.
        let late = library.create_api_key(&town.editor(), key("late")).await.expect("a key");
        let late = library.caller_of(&late.secret.expect("a secret").0).await.expect("known");
        town.world.clock.set(at("2026-11-02 09:00:01"));
        read(&late, 0, json!({})).await;
        until(&town.world, "select count(*) from feed_reader", 3).await;
        let look = async |time: &str| {
            town.world.clock.set(at(time));
            library.follow_withdrawals(true).await.expect("followed");
            told(town, &admin, id, "deliveredAt").await
        };
        same(&look("2026-11-02 09:00:02").await, &[("/news", None), ("/town-news", None)]);
        // Whoever asks for what follows has got what came before.
        read(&systems[1].1, position, json!({})).await;
        let passed =
            "select count(*) from feed_reader where position >= (select max(position) from withdrawal_receipt)";
        until(&town.world, passed, 1).await;
        let news = ("/news", written("2026-11-02 09:00:03"));
        same(&look("2026-11-02 09:00:03").await, &[news.clone(), ("/town-news", None)]);
        // A key that is good for nothing any more reads nothing any more.
        library.revoke_api_key(&admin, systems[0].0).await.expect("revoked");
        same(&look("2026-11-02 09:00:04").await, &[news, ("/town-news", written("2026-11-02 09:00:04"))]);
    });
}

#[test]
fn a_running_server_closes_receipts_and_a_replay_changes_none() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let pace = Pace { follow_tick: Duration::from_millis(20), clock_tick: Duration::from_millis(20) };
        let running = followers::start(&App::new(town.library().clone()), pace);
        let id = town.publish(town.article("一下就撤的")).await;
        town.withdraw(id, None).await;
        let closed =
            "select count(*) from withdrawal_receipt where cache_evicted_at is not null and delivered_at is not null";
        until(&town.world, closed, 2).await;
        running.stop(Duration::from_secs(20)).await;
        assert_eq!(town.world.count("select count(*) from node").await, 0, "it has left");

        let sum = "select cast(sum(position + cache_evicted_at + delivered_at) as bigint) from withdrawal_receipt";
        let before = town.world.count(sum).await;
        town.world.clock.set(at("2026-12-01 09:00"));
        let mut again = Withdrawals::of(town.library().clone());
        again.follow(&town.changes(0).await).await.expect("replayed");
        up_to_date(&town).await;
        // Two nodes look at once.
        let clock = Arc::new(SetClock::new(at("2026-12-01 09:00"), 99));
        let other = World::node(&town.world.url, &town.world.files, clock).await;
        let (one, two) = tokio::join!(town.library().follow_withdrawals(true), other.follow_withdrawals(true));
        one.and(two).expect("followed");
        assert_eq!(town.world.count(sum).await, before);
    });
}
