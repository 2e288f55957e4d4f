//! Compressed answers: zstd, brotli or gzip, whichever the asker takes.
//!
//! Files stay outside: most are compressed already, and their parts are asked for by byte.

use axum::http::{HeaderValue, Response, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Smaller answers fit into one packet anyway.
const SMALLEST: u16 = 1024;
/// Beyond this the algorithms cost far more time than they save bytes.
const LEVEL: i32 = 4;

/// What compresses the answers of a router.
pub fn layer() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(SMALLEST).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL)).compress_when(worth_it)
}

/// Weakens the tag of a compressed answer: its bytes are others than those that the tag was made for.
pub fn weaken_tag<B>(mut response: Response<B>) -> Response<B> {
    if response.headers().contains_key(header::CONTENT_ENCODING)
        && let Some(tag) = response.headers().get(header::ETAG)
        && tag.as_bytes().starts_with(b"\"")
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
    {
        response.headers_mut().insert(header::ETAG, weak);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tag_of_a_compressed_answer_is_weakened() {
        let tag = |encoding: Option<&'static str>, tag: &'static str| {
            let mut response = Response::new(());
            response.headers_mut().insert(header::ETAG, HeaderValue::from_static(tag));
            if let Some(encoding) = encoding {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            weaken_tag(response).headers()[header::ETAG].to_str().unwrap_or_default().to_owned()
        };
        assert_eq!(tag(Some("br"), "\"a\""), "W/\"a\"");
        assert_eq!(tag(Some("br"), "W/\"a\""), "W/\"a\"");
        assert_eq!(tag(None, "\"a\""), "\"a\"");
    }
}
