//! Compressed answers: zstd, brotli or gzip, whichever the asker takes.
//!
//! Files stay outside: most are compressed already, and their parts are asked for by byte.

use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Smaller answers fit into one packet anyway.
const SMALLEST: u16 = 1024;
/// Beyond this the algorithms cost far more time than they save bytes.
const LEVEL: i32 = 4;

/// An answer that is sent as it is; an extension of it.
#[derive(Debug, Clone, Copy)]
pub struct AsItIs;

/// What compresses the answers of a router.
pub fn layer() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(SMALLEST)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(|_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions| extensions.get::<AsItIs>().is_none());
    CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL)).compress_when(worth_it)
}
