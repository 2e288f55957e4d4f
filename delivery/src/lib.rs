//! What is public, brought to others: news feeds (订阅源), sitemaps (站点地图) and what is sent to webhooks (推送); and brought from
//! others: what another instance shows ([`mirror`]).
//!
//! This room reads as the public does and writes nothing; it serves no HTTP. What stands in a document is decided by the
//! library's reads, here only how it is written; what is sent is decided elsewhere, here only to whom and how.
#![forbid(unsafe_code)]

mod feed;
pub mod mirror;
mod newest;
mod sitemap;
pub mod webhook;

pub use feed::{Feed, Format, Item};
pub use newest::feed_of;
pub use sitemap::{Sitemap, sitemap_of};
