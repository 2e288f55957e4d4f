//! The cookie that keeps a refresh token for a page (刷新令牌 Cookie): read, written, and only for pages that may use it.
//!
//! No page can read it, and it is good for `refreshSession` and `signOut` alone: nothing else looks at it.

use axum::http::{HeaderMap, HeaderValue, header};
use schema::{Cookie, Keep};

use super::App;

/// Its name: browsers take it over TLS alone, for this host alone, and for all of its paths.
const NAME: &str = "__Host-jiyue-refresh";

/// How browsers keep it, beside how long.
const KEPT: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// What a request brought.
pub fn brought(app: &App, headers: &HeaderMap) -> Cookie {
    let own = app.library.issuer();
    let is_own = |origin: &HeaderValue| origin.as_bytes() == own.as_bytes() || app.settings.cors_origins.list(origin);
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let own_page = origins.next().is_some_and(is_own) && origins.next().is_none();
    Cookie::brought(token(headers), own_page)
}

/// The token in the cookie; none where there are two of the name, because one of them is not ours.
fn token(headers: &HeaderMap) -> Option<String> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value.to_owned());
    let token = found.next()?;
    found.next().is_none().then_some(token)
}

/// Tells the browser what to do.
pub fn tell(cookie: &Cookie, headers: &mut HeaderMap) {
    let Some(keep) = cookie.told() else { return };
    let text = match keep {
        Keep::Token(token) => format!("{NAME}={}; Max-Age={}; {KEPT}", token.0, library::session::IDLE / 1_000_000),
        Keep::Nothing => format!("{NAME}=; Max-Age=0; {KEPT}"),
    };
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_by_its_whole_name_and_once() {
        let with = |values: &[&str]| {
            let pairs = values.iter().map(|value| (header::COOKIE, value.parse().expect("a header")));
            token(&HeaderMap::from_iter(pairs))
        };
        assert_eq!(with(&["a=1; __Host-jiyue-refresh=x; b=2"]).as_deref(), Some("x"));
        assert_eq!(with(&["__Host-jiyue-refresh=x=y"]).as_deref(), Some("x=y"));
        for other in ["", "__Host-jiyue-refresh", "jiyue-refresh=x", "__host-jiyue-refresh=x"] {
            assert_eq!(with(&[other]), None, "{other}");
        }
        assert_eq!(with(&["__Host-jiyue-refresh=x; __Host-jiyue-refresh=y"]), None);
    }
}
