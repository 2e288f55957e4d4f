//! What the operator sees of deliveries: what came of them, and how far the slowest receiver is behind.

use library::change_feed::ChangeFilter;
use tests::on_both;

use super::receiver::{Manner, Receiver};
use super::{Sender, app, until, webhook};
use crate::door::http::Door;
use crate::town::Town;

#[test]
fn the_metrics_tell_what_came_of_deliveries_and_who_is_behind() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let good = Receiver::open(Manner::Answers(200)).await;
        let gone = Receiver::open(Manner::Answers(410)).await;
        let sick = Receiver::open(Manner::Answers(503)).await;
        let app = app(&town.world, &[&good, &gone, &sick]);
        let sender = Sender::behind(&app);
        let door = Door::of(app).await;
        let outcome = async |outcome: &str| {
            door.metric(&format!("jiyue_webhook_deliveries_total{{outcome=\"{outcome}\"}}")).await.unwrap_or_default()
        };
        assert_eq!(door.metric("jiyue_webhooks_behind").await, Some(0.0), "nobody is behind where nobody follows");

        webhook(&town.world, &good.url(), ChangeFilter::default()).await;
        webhook(&town.world, &gone.url(), ChangeFilter::default()).await;
        town.publish(town.article("一")).await;
        until("one has taken it", async || outcome("delivered").await >= 1.0).await;
        until("the other is paused", async || outcome("paused").await >= 1.0).await;
        assert_eq!((outcome("delivered").await, outcome("failed").await), (1.0, 1.0));
        // Who is paused is not waited for.
        until("nobody is behind", async || door.metric("jiyue_webhooks_behind").await == Some(0.0)).await;

        webhook(&town.world, &sick.url(), ChangeFilter::default()).await;
        let before = town.position().await;
        town.publish(town.article("二")).await;
        until("it was tried", async || outcome("failed").await >= 2.0).await;
        town.publish(town.article("三")).await;
        let behind = (town.position().await - before) as f64;
        // The publications are told of; a draft before them means nothing to anybody.
        until("the sick one is behind", async || {
            door.metric("jiyue_webhooks_behind").await.is_some_and(|far| far > 0.0 && far <= behind)
        })
        .await;
        let newest = town.position().await as f64;
        for name in [
            "jiyue_change_log_position",
            "jiyue_directory_position",
            "jiyue_slowest_node_position",
            "jiyue_follower_position{follower=\"sketches\"}",
            "jiyue_follower_position{follower=\"withdrawals\"}",
        ] {
            until(name, async || door.metric(name).await == Some(newest)).await;
        }
        sender.stop().await;
        door.close().await;
    });
}
