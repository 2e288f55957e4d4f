//! What is public, in the formats of others: news feeds (订阅源) and sitemaps (站点地图).
//!
//! This room reads as the public does and writes nothing; it knows no HTTP. What stands in a document is decided by the
//! library's reads, here only how it is written.
#![forbid(unsafe_code)]

mod feed;
mod newest;
mod sitemap;

pub use feed::{Feed, Format, Item};
pub use newest::feed_of;
pub use sitemap::{Sitemap, sitemap_of};
