//! Caches in front are told what to forget: the keys of what a change made stale, signed, and nothing is passed over.

use std::collections::BTreeSet;

use library::webhook::WebhookSecret;
use serde_json::json;
use server::App;
use server::http::Settings;
use server::purge::Purge;
use tests::on_both;

use super::receiver::{Got, Manner, Receiver};
use super::{Sender, until};
use crate::door::http::{Door, escape};
use crate::town::Town;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEWS: &str =
    "{ column(by: {at: {site: \"town\", path: \"/news\"}}) { placements(first: 5) { nodes { title } } } }";
const POLICIES: &str =
    "{ column(by: {at: {site: \"town\", path: \"/policies\"}}) { placements(first: 5) { nodes { title } } } }";
const COUNTY: &str = "{ site(by: {code: \"county\"}) { name } }";

/// The keys of a page, as a cache in front keeps them with it.
async fn keys(door: &Door, query: &str) -> BTreeSet<String> {
    let answer = door.get(&format!("/graphql?query={}", escape(query)), &[]).await;
    assert!(answer.header("cache-control").contains("s-maxage=60"), "{}", answer.header("cache-control"));
    answer.header("surrogate-key").split(' ').map(str::to_owned).collect()
}

fn told(got: &Got) -> BTreeSet<String> {
    let body = got.json();
    assert_eq!(body["type"], "purge");
    serde_json::from_value(body["data"]["keys"].clone()).expect("keys")
}

#[test]
fn caches_in_front_are_told_the_keys_of_what_is_stale_until_they_take_it() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        // The receiver's library compares the time with its own.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        town.world.clock.set(library::Instant(now.as_micros() as i64));
        town.publish(town.article("之前的")).await;
        let receiver = Receiver::open(Manner::Answers(500)).await;
        let purge = Purge { url: receiver.url(), secret: WebhookSecret(SECRET.to_owned()) };
        let settings = Settings { shared_seconds: 60, purge: Some(purge), ..Settings::default() };
        let door = Door::with(&town.world, settings.clone()).await;
        let sender = Sender::behind(&App::new(town.library().clone()).with_settings(settings));
        let (news, county) = (keys(&door, NEWS).await, keys(&door, COUNTY).await);
        until("it begins with what is newest", async || {
            town.library().follower_position("purge").await.expect("a position") > 0
        })
        .await;

        let policies = keys(&door, POLICIES).await;
        town.publish(town.article("第一篇")).await;
        until("it is told, and told again", async || receiver.got().len() >= 2).await;
        let first = receiver.got();
        assert!(first.iter().all(|one| one.header("webhook-id") == first[0].header("webhook-id")), "one message");
        assert!(first.iter().all(|one| told(one) == told(&first[0])));
        town.publish(town.policy("第二篇", Default::default())).await;
        receiver.becomes(Manner::Answers(200));
        let newest = town.library().newest_position().await.expect("a position");
        until("all is told", async || town.library().follower_position("purge").await.expect("a position") == newest)
            .await;
        let got = receiver.got();
        let all: BTreeSet<String> = got.iter().flat_map(told).collect();
        assert!(!all.is_disjoint(&news) && !all.is_disjoint(&policies), "nothing is passed over");
        assert!(all.is_disjoint(&county), "{all:?} of {county:?}");
        assert_eq!(got.last().expect("told").json()["data"]["position"], json!(newest.to_string()));
        for one in &got {
            let mut headers = http::HeaderMap::new();
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                headers.insert(name, one.header(name).parse().expect("a header"));
            }
            let theirs = standardwebhooks::Webhook::new(SECRET).expect("a secret");
            theirs.verify(&one.body, &headers).expect("the signature");
        }
        // Nothing changes, nothing is told; and a node that starts again goes on where the last one was.
        let many = receiver.got().len();
        sender.stop().await;
        town.publish(town.article("第三篇")).await;
        assert_eq!(receiver.got().len(), many);
        door.close().await;
    });
}
