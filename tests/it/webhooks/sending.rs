//! What is sent, to whom, how often, and what a bad receiver costs: nobody but itself.

use std::time::Duration;

use library::change_feed::ChangeFilter;
use library::content::ContentKind;
use library::database::Sql;
use library::webhook::{DeliveryState, EditWebhook, PauseReason};
use library::{Audience, Paging};
use serde_json::json;
use tests::{World, on_both};

use super::receiver::{Manner, Receiver};
use super::{Sender, until, webhook};
use crate::accounts::{Staff, caller};
use crate::town::{Town, at};

/// What was written down for a webhook, the newest first.
async fn deliveries(staff: &Staff, id: library::id::WebhookId) -> Vec<library::webhook::Delivery> {
    let admin = staff.administrator("reader").await;
    let scope = staff.library().scope(Audience::Public).asked_by(caller(admin));
    scope.deliveries(id, &Paging::first(100)).await.expect("deliveries").items
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.library.database().rows(&Sql::new(sql), &[]).await.expect("a count")[0].get(0).expect("a number")
}

#[test]
fn what_changes_is_sent_signed_in_order_and_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let receiver = Receiver::open(Manner::Answers(200)).await;
        let filter = ChangeFilter { columns: vec![town.news], ..ChangeFilter::default() };
        // The receiver's library compares the time with its own.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        town.world.clock.set(library::Instant(now.as_micros() as i64));
        let before = town.publish(town.article("之前的")).await;
        let (_, secret) = webhook(&town.world, &receiver.url(), filter).await;
        let sender = Sender::of(&town.world, &[&receiver]);
        town.publish(town.article("第一篇")).await;
        town.publish(town.policy("不在该栏目的文件", Default::default())).await;
        town.publish(town.article("第二篇")).await;
        town.withdraw(before, None).await;
        until("all is sent", async || receiver.got().len() >= 3).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let got = receiver.got();
        assert_eq!(got.len(), 3, "each once");
        assert_eq!([got[0].titles(), got[1].titles()], [["第一篇"], ["第二篇"]]);
        let left = &got[2].json()["data"]["changed"]["effects"]["nodes"][0];
        assert_eq!((&left["effect"], &left["subjectId"]), (&json!("LEFT"), &json!(before.to_string())));
        for one in &got {
            assert_eq!((one.path.as_str(), one.header("content-type")), ("/hook", "application/json"));
            assert_eq!(one.json()["type"], "changed");
            // The receiver's own library says that it is ours; another secret does not.
            let mut headers = http::HeaderMap::new();
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                headers.insert(name, one.header(name).parse().expect("a header"));
            }
            let ours = standardwebhooks::Webhook::new(&secret.0).expect("a secret");
            ours.verify(&one.body, &headers).expect("the signature");
            let other = standardwebhooks::Webhook::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
            assert!(other.verify(&one.body, &headers).is_err());
            assert!(one.header("webhook-id").starts_with("delivery_"));
        }
        sender.stop().await;
    });
}

#[test]
fn what_was_withdrawn_before_it_was_sent_is_told_of_as_gone() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let receiver = Receiver::open(Manner::Answers(200)).await;
        webhook(&town.world, &receiver.url(), ChangeFilter::default()).await;
        let id = town.publish(town.article("很快撤下的机密标题")).await;
        town.withdraw(id, None).await;
        let sender = Sender::of(&town.world, &[&receiver]);
        until("it is told", async || receiver.got().len() >= 2).await;
        for one in receiver.got() {
            assert!(!String::from_utf8_lossy(&one.body).contains("机密"), "{:?}", one.json());
        }
        sender.stop().await;
    });
}

#[test]
fn bad_receivers_delay_no_deed_and_no_other_receiver() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let good = Receiver::open(Manner::Answers(204)).await;
        let mut bad = Vec::new();
        for manner in [Manner::IsSilent, Manner::Redirects, Manner::Babbles, Manner::HangsUp, Manner::Answers(500)] {
            bad.push(Receiver::open(manner).await);
        }
        let dead = Receiver::open(Manner::HangsUp).await;
        dead.dies();
        for receiver in bad.iter().chain([&dead, &good]) {
            webhook(&town.world, &receiver.url(), ChangeFilter::default()).await;
        }
        let all: Vec<_> = bad.iter().chain([&dead, &good]).collect();
        let sender = Sender::of(&town.world, &all);
        for number in 0..5 {
            town.publish(town.article(&format!("第{number}篇"))).await;
        }
        until("the good one has all", async || good.got().len() >= 5).await;
        // Who waited for the silent one would have asked it as often by now.
        assert!(bad[0].got().len() < 5, "{}", bad[0].got().len());
        until("each was tried", async || bad.iter().all(|receiver| !receiver.got().is_empty())).await;
        // Who babbles has taken it; redirects are followed by nobody.
        assert!(bad.iter().all(|receiver| receiver.got().iter().all(|got| got.path == "/hook")));
        let taken = "select count(*) from webhook_attempt where problem is null and status = 200";
        until("the babbler's answer was cut", async || count(&town.world, taken).await >= 1).await;
        let longest = "select cast(max(length(answer)) as bigint) from webhook_attempt";
        assert!(count(&town.world, longest).await <= 1024);
        for receiver in bad {
            receiver.dies();
        }
        drop(sender);
    });
}

#[test]
fn what_fails_is_tried_for_three_days_and_then_the_webhook_rests_until_somebody_looks() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let receiver = Receiver::open(Manner::Answers(503)).await;
        let filter = ChangeFilter { kinds: vec![ContentKind::Article], ..ChangeFilter::default() };
        let (id, _) = webhook(&town.world, &receiver.url(), filter).await;
        let sender = Sender::of(&town.world, &[&receiver]);
        town.publish(town.article("送不到的")).await;
        let start = at("2026-10-31 18:00");
        // Tries are due later and later; the clock is set to when each is.
        let due = "select due_at from webhook_delivery";
        let state = "select count(*) from webhook_delivery where state = 'FAILED'";
        let mut gaps = Vec::new();
        let mut last = 0;
        for tried in 1.. {
            let attempts = "select count(*) from webhook_attempt";
            until("it is tried", async || count(&town.world, attempts).await >= tried).await;
            if count(&town.world, state).await == 1 {
                break;
            }
            let next = count(&town.world, due).await;
            gaps.push((next - town.library().now().0) / 1_000_000);
            last = next;
            town.world.clock.set(library::Instant(next));
            // The node leaves a receiver alone for a moment after a failure; a change of its own wakes it.
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert!(tried < 20, "{gaps:?}");
        }
        assert!((8..=13).contains(&gaps.len()), "{gaps:?}");
        assert!(gaps[0] <= 6 && gaps.windows(2).take(7).all(|two| two[0] < two[1]), "growing: {gaps:?}");
        let days = (last - start.0) as f64 / 86_400_000_000.0;
        assert!((2.5..=3.01).contains(&days), "{days} days: {gaps:?}");
        until("it is paused", async || {
            let paused = town.library().directory().webhooks.get(id).and_then(|webhook| webhook.paused);
            paused.is_some_and(|(_, reason)| reason == PauseReason::Failing)
        })
        .await;

        // Paused, nothing is sent; afterwards what changed in the meantime is, and what failed by hand.
        town.publish(town.article("暂停期间的")).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = receiver.got().len();
        receiver.becomes(Manner::Answers(200));
        let resume = EditWebhook { paused: Some(false), ..EditWebhook::of(id) };
        town.library().edit_webhook(&town.editor(), resume, None).await.expect("resumed");
        until("it goes on", async || receiver.got().len() > before).await;
        assert_eq!(receiver.got().last().expect("one").titles(), ["暂停期间的"]);
        let failed = deliveries(&staff, id).await.into_iter().find(|one| one.state == DeliveryState::Failed);
        let failed = failed.expect("the one that failed");
        town.library().redeliver(&town.editor(), failed.id).await.expect("once more");
        until("it is sent once more", async || receiver.got().last().is_some_and(|got| got.titles() == ["送不到的"]))
            .await;
        assert_eq!(receiver.got().last().expect("one").header("webhook-id"), failed.id.to_string());
        sender.stop().await;
    });
}

#[test]
fn a_receiver_that_is_gone_is_paused_at_once_and_closed_networks_are_never_asked() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let gone = Receiver::open(Manner::Answers(410)).await;
        let inner = Receiver::open(Manner::Answers(200)).await;
        let (id, _) = webhook(&town.world, &gone.url(), ChangeFilter::default()).await;
        // By its name, by an address of another form, and by a port that nobody opened.
        let by_name = format!("http://localhost:{}/hook", inner.port());
        let mapped = format!("http://[::ffff:127.0.0.1]:{}/hook", gone.port());
        for url in [by_name.as_str(), "http://127.0.0.2:80/hook", "http://[::1]/", mapped.as_str()] {
            webhook(&town.world, url, ChangeFilter::default()).await;
        }
        let sender = Sender::of(&town.world, &[&gone]);
        town.publish(town.article("一篇")).await;
        until("it is paused", async || {
            let directory = town.library().directory();
            directory
                .webhooks
                .get(id)
                .and_then(|webhook| webhook.paused)
                .is_some_and(|(_, why)| why == PauseReason::Gone)
        })
        .await;
        let refused = "select count(*) from webhook_attempt where problem = 'ADDRESS_REFUSED'";
        until("the others were not asked", async || count(&town.world, refused).await >= 3).await;
        assert!(inner.got().is_empty(), "its port is not open");
        sender.stop().await;

        // With the port open, the name is: it leads to an address that is.
        let sender = Sender::of(&town.world, &[&gone, &inner]);
        town.world.clock.set(at("2026-10-31 19:00"));
        let name_leads_here = tokio::net::lookup_host(("localhost", 0)).await.expect("addresses");
        let only_here = name_leads_here.into_iter().all(|address| address.ip().to_string() == "127.0.0.1");
        if only_here {
            until("it is asked by its name", async || !inner.got().is_empty()).await;
        } else {
            until("one closed address closes the name", async || count(&town.world, refused).await >= 7).await;
            assert!(inner.got().is_empty());
        }
        sender.stop().await;
    });
}

#[test]
fn two_nodes_send_each_change_once_and_go_on_for_one_that_died() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let receiver = Receiver::open(Manner::Answers(200)).await;
        webhook(&town.world, &receiver.url(), ChangeFilter::default()).await;
        for number in 0..30 {
            town.publish(town.article(&format!("第{number}篇"))).await;
        }
        // One had taken something and died: its lease runs out.
        town.library().dispatch_webhooks().await.expect("written down");
        let taken = town.library().take_deliveries(&Default::default(), 1).await.expect("taken");
        assert_eq!(taken.len(), 1);
        let again = town.library().take_deliveries(&Default::default(), 1).await.expect("taken");
        assert!(again.iter().all(|due| due.id != taken[0].id), "it is leased");
        let nodes = [Sender::of(&town.world, &[&receiver]), Sender::of(&town.world, &[&receiver])];
        until("the others are sent", async || receiver.got().len() >= 28).await;
        town.world.clock.set(at("2026-10-31 18:02"));
        until("all are sent", async || receiver.got().len() >= 30).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut titles: Vec<_> = receiver.got().iter().flat_map(super::receiver::Got::titles).collect();
        titles.sort();
        let mut expected: Vec<_> = (0..30).map(|number| format!("第{number}篇")).collect();
        expected.sort();
        assert_eq!(titles, expected);
        for node in nodes {
            node.stop().await;
        }
    });
}

#[test]
fn a_document_that_fits_no_more_is_told_and_sends_nothing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let receiver = Receiver::open(Manner::Answers(200)).await;
        let (id, _) = webhook(&town.world, &receiver.url(), ChangeFilter::default()).await;
        // As if the schema had changed under it: no door was in front of this deed.
        let edit =
            EditWebhook { query: Some("subscription { changed { nothing } }".to_owned()), ..EditWebhook::of(id) };
        town.library().edit_webhook(&town.editor(), edit, None).await.expect("kept");
        let sender = Sender::of(&town.world, &[&receiver]);
        town.publish(town.article("一篇")).await;
        let told = "select count(*) from webhook_attempt where problem = 'NO_PAYLOAD' and answer like '%nothing%'";
        until("it is told", async || count(&town.world, told).await >= 1).await;
        assert!(receiver.got().is_empty());
        sender.stop().await;
    });
}
