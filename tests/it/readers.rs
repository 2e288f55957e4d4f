//! Readers: what they subscribe, what they are shown for it, and that nothing else of them is kept.

mod door;
mod feed;
mod subscriptions;

use library::Caller;
use library::id::TagId;
use library::reader::SubscribeTags;

use crate::town::Town;

/// A reader of an issuer for the public.
async fn reader(town: &Town, subject: &str) -> Caller {
    town.library().reader_of_identity("https://id.example.gov.cn", subject).await.expect("a reader")
}

/// Subscribes tags.
async fn subscribe(town: &Town, reader: &Caller, add: &[TagId]) {
    let input = SubscribeTags { add: add.to_vec(), ..SubscribeTags::default() };
    town.library().subscribe_tags(reader, input).await.expect("subscribed");
}
