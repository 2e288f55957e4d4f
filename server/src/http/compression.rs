//! Compressed answers: zstd, brotli or gzip, whichever the asker takes.
//!
//! Files stay outside: most are compressed already, and their parts are asked for by byte. So do answers that are kept,
//! which are compressed once.

use axum::Router;
use axum::body::Body;
use axum::http::{Extensions, HeaderMap, HeaderValue, Request, StatusCode, Version, header};
use axum::response::Response;
use bytes::Bytes;
use tower::Service as _;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::cache::Coding;

/// Smaller answers fit into one packet anyway.
pub const SMALLEST: u16 = 1024;
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

/// The coding that the asker likes best of ours; of several the better one.
pub fn asked(headers: &HeaderMap) -> Option<Coding> {
    let texts = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let ranges = texts.flat_map(|text| text.split(',')).filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let coding = [Coding::Gzip, Coding::Brotli, Coding::Zstd].into_iter().find(|coding| coding.name() == name)?;
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = quality.map_or(1.0, |quality| quality.trim().parse::<f32>().unwrap_or(0.0));
        (quality > 0.0).then_some((quality, coding as u8, coding))
    });
    let best = ranges.max_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    best.map(|(_, _, coding)| coding)
}

/// The same bytes in a coding, as the layer would send them.
pub async fn compressed(body: Bytes, coding: Coding) -> Bytes {
    let plain = body.clone();
    let layer = CompressionLayer::new().quality(CompressionLevel::Precise(LEVEL));
    let mut router: Router = Router::new().fallback(async move || Response::new(Body::from(plain))).layer(layer);
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding.name()));
    let Ok(response) = router.call(request).await;
    // Compressing what is in memory does not fail.
    axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asker_decides_and_of_what_it_likes_alike_the_better_one_is_taken() {
        for (given, coding) in [
            ("gzip", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("gzip;q=1, br;q=0.5, zstd;q=0", Some(Coding::Gzip)),
            ("BR ; q=0.2, *", Some(Coding::Brotli)),
            ("gzip;q=nonsense", None),
            ("compress, identity", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, given.parse().expect("a header"))]);
            assert_eq!(asked(&headers), coding, "{given}");
        }
    }

    #[tokio::test]
    async fn each_coding_makes_text_smaller() {
        let body = Bytes::from("云泽市住房和城乡建设局 ".repeat(500));
        for coding in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
            let made = compressed(body.clone(), coding).await;
            assert!(made.len() < body.len() / 10 && !made.is_empty(), "{coding:?}: {}", made.len());
        }
    }
}
