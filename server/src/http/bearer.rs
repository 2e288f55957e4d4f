//! Who asks, by the access token or the key that came with the request; and what else of its head a deed wants to know.
//!
//! The token itself goes no further than this file.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use library::Caller;
use schema::Asking;

use super::{App, ClientAddress, Refused};

/// What the answer to a token that is not taken says of it (RFC 6750, section 3).
pub const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// The token of `Authorization: Bearer`; none for other schemes, which are the business of proxies.
fn token(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ').unwrap_or((given, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who asks; nobody if no token came.
pub async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Refused> {
    if headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
        return Err(Refused::bad_request("The header Authorization is given twice."));
    }
    let Some(token) = token(headers) else { return Ok(None) };
    let known = match app.sign_on.caller(&app.library, token).await {
        Some(known) => known,
        None => app.library.caller_of(token).await,
    };
    match known {
        Ok(caller) => Ok(Some(caller)),
        Err(library::Error::Refused(_)) => Err(unauthenticated()),
        Err(error) => {
            tracing::error!(%error, "who asks could not be found out");
            Err(Refused::internal())
        }
    }
}

/// The refusal of who brings no token where one is needed.
pub fn nobody() -> Refused {
    let message = "Sign in first: this needs an access token, as `Authorization: Bearer`.";
    Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
}

/// The refusal of a token or key that is not valid.
pub fn unauthenticated() -> Refused {
    let message = "The access token is not valid, or not any more. Go on with refreshSession, or sign in again.";
    Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
}

/// The header by which a deed is done once (draft-ietf-httpapi-idempotency-key-header).
const ONCE: &str = "idempotency-key";
/// The longest key.
const LONGEST_KEY: usize = 200;

/// What deeds want to know of a request.
///
/// # Errors
/// Refuses a malformed `Idempotency-Key`: a deed that is to be done once must not be done without its key.
pub fn asking(client: ClientAddress, headers: &HeaderMap) -> Result<Asking, Refused> {
    let from = match client.0 {
        // One customer has a whole network of these.
        Some(IpAddr::V6(address)) => address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
        Some(address) => address.to_string(),
        None => String::new(),
    };
    Ok(Asking { english: wants_english(headers), from, once: once(headers)? })
}

fn once(headers: &HeaderMap) -> Result<Option<String>, Refused> {
    let mut given = headers.get_all(ONCE).iter();
    let Some(key) = given.next() else { return Ok(None) };
    let key = key.to_str().ok().map(|key| key.trim_matches('"')).filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    match (key, given.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        _ => Err(Refused::bad_request(format!(
            "Idempotency-Key is one text of at most {LONGEST_KEY} visible ASCII characters."
        ))),
    }
}

/// Whether English is preferred to Chinese (RFC 9110, 12.5.4).
fn wants_english(headers: &HeaderMap) -> bool {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let weight = |language: &str| {
        let ranges = text.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next()?.split('-').next()?.to_ascii_lowercase();
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            (tag == language).then_some(quality)
        });
        ranges.fold(0.0, f32::max)
    };
    weight("en") > weight("zh")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header"))])
    }

    #[test]
    fn only_a_bearer_is_asked_for_a_token() {
        assert_eq!(token(&with(header::AUTHORIZATION, "Bearer abc")), Some("abc"));
        assert_eq!(token(&with(header::AUTHORIZATION, "bearer  abc ")), Some("abc"));
        assert_eq!(token(&with(header::AUTHORIZATION, "Basic YTpi")), None);
        assert_eq!(token(&with(header::AUTHORIZATION, "Bearer")), Some(""), "an empty one is refused, not passed over");
        assert_eq!(token(&HeaderMap::new()), None);
    }

    #[test]
    fn chinese_is_spoken_unless_english_is_preferred() {
        for (given, english) in [
            ("", false),
            ("en", true),
            ("en-GB,en;q=0.9", true),
            ("zh-CN,zh;q=0.9,en;q=0.8", false),
            ("zh;q=0.5, en;q=0.6", true),
            ("*", false),
            ("fr", false),
        ] {
            assert_eq!(wants_english(&with(header::ACCEPT_LANGUAGE, given)), english, "{given}");
        }
    }

    #[test]
    fn attempts_are_counted_by_address_and_by_network() {
        let from = |ip: &str| asking(ClientAddress(ip.parse().ok()), &HeaderMap::new()).expect("no key").from;
        assert_eq!(from("203.0.113.7"), "203.0.113.7");
        assert_eq!(from("2001:db8:1:2::5"), from("2001:db8:1:2:ffff::1"));
        assert_ne!(from("2001:db8:1:2::5"), from("2001:db8:1:3::5"));
    }
}
