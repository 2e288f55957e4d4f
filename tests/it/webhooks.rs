//! Webhooks: what changes is sent to systems of others, by a real server to real receivers, and nothing waits for them.

mod counted;
mod deeds;
mod purge;
pub mod receiver;
mod sending;

use std::time::Duration;

use library::change_feed::ChangeFilter;
use library::id::WebhookId;
use library::webhook::{CreateWebhook, WebhookSecret};
use server::App;
use server::followers::{self, Followers, Pace};
use server::http::Settings;
use tests::World;

use receiver::Receiver;

const QUERY: &str = "subscription { changed { position action effects(first: 5) { nodes { effect subjectId \
    subject { ... on Content { title } } } } } }";

/// A node that sends to receivers of this machine.
struct Sender {
    followers: Followers,
}

/// The door of a node that sends to receivers of this machine.
fn app(world: &World, receivers: &[&Receiver]) -> App {
    let mut settings = Settings::default();
    settings.webhook_reach.networks = vec!["127.0.0.1/32".parse().expect("a network")];
    settings.webhook_reach.ports = receivers.iter().map(|receiver| receiver.port()).collect();
    App::new(world.library.clone()).with_settings(settings)
}

impl Sender {
    fn of(world: &World, receivers: &[&Receiver]) -> Self {
        Self::behind(&app(world, receivers))
    }

    fn behind(app: &App) -> Self {
        let pace = Pace { follow_tick: Duration::from_millis(20), clock_tick: Duration::from_millis(20) };
        Self { followers: followers::start(app, pace) }
    }

    async fn stop(self) {
        self.followers.stop(Duration::from_secs(20)).await;
    }
}

/// A webhook of the platform.
async fn webhook(world: &World, url: &str, filter: ChangeFilter) -> (WebhookId, WebhookSecret) {
    let new =
        CreateWebhook {
            site: None, name: "接收方".to_owned(), url: url.to_owned(), filter, query: QUERY.to_owned()
        };
    let made = world.library.create_webhook(&world.editor(), new, None).await.expect("a webhook");
    (made.id, made.secret.expect("the secret"))
}

/// Waits until something holds; a slow machine has two minutes for it.
async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..6_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not come to hold");
}
