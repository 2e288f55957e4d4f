//! Addresses of feeds (订阅源): RSS 2.0, Atom and JSON Feed of sites and columns.

use async_graphql::SimpleObject;

use crate::scalars::Url;

/// The addresses of the news feeds of a site or column (订阅源).
#[derive(Debug, Clone, SimpleObject)]
pub struct Feeds {
    /// RSS 2.0.
    rss: Url,
    /// Atom (RFC 4287).
    atom: Url,
    /// JSON Feed 1.1.
    json: Url,
}

impl Feeds {
    /// The feeds of `site` at `/feeds{path}`.
    pub fn of(site: &library::site::Site, path: &str) -> Self {
        let address = |ending: &str| Url(site.url_of(&format!("/feeds{path}.{ending}")));
        Self { rss: address("rss"), atom: address("atom"), json: address("json") }
    }
}
