//! Which pages of other origins may read answers (CORS, 跨域访问).
//!
//! A question that is not allowed is still answered: it is the browser that keeps the answer from the page. Pages of listed
//! origins may send the cookie of `signIn(cookie: true)` along, which is good for going on with a session alone; where all
//! origins may read answers, none may send it.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// What a page may read of an answer beside its body.
const EXPOSED: &str = "ETag, X-Request-Id, Retry-After, Content-Disposition, Content-Range, Accept-Ranges, Jiyue-Cache, Jiyue-Position, Upload-Offset, \
     Upload-Length";
/// How long a browser remembers a preflight, in seconds.
const MAX_AGE: &str = "7200";

/// The origins whose pages may read answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origins {
    /// None but the server's own.
    #[default]
    Own,
    /// All: what is public anyway may be read from everywhere.
    Any,
    /// These.
    Listed(Vec<String>),
}

impl Origins {
    /// Reads `*`, or origins such as `https://www.example.org`, separated by commas or spaces.
    ///
    /// # Errors
    /// Gives back the first part that is not an origin.
    pub fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Ok(Self::Own),
            ["*"] => Ok(Self::Any),
            parts => parts.iter().map(|part| origin(part)).collect::<Result<_, _>>().map(Self::Listed),
        }
    }

    /// Whether it is one of those that are listed by name.
    pub fn list(&self, origin: &HeaderValue) -> bool {
        matches!(self, Self::Listed(known) if known.iter().any(|known| known.as_bytes() == origin))
    }

    /// What `Access-Control-Allow-Origin` says to a page of `origin`.
    fn allow(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        match self {
            Self::Own => None,
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::Listed(_) => self.list(origin).then(|| origin.clone()),
        }
    }
}

/// An origin as browsers write it.
fn origin(text: &str) -> Result<String, String> {
    let wrong = || text.to_owned();
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_plain { Ok(url.origin().ascii_serialization()) } else { Err(wrong()) }
}

/// Which page asks, and whether it may read the answer.
pub struct Sharing {
    allowed: Option<HeaderValue>,
    /// Whether the answer to another page may differ.
    varies: bool,
}

impl Sharing {
    /// What `origins` say to a request with these headers.
    pub fn of(origins: &Origins, headers: &HeaderMap) -> Self {
        let allowed = headers.get(header::ORIGIN).and_then(|origin| origins.allow(origin));
        Self { allowed, varies: matches!(origins, Origins::Listed(_)) }
    }

    /// The answer to a preflight, if the request is one and pages of other origins are spoken to at all.
    pub fn preflight(&self, origins: &Origins, method: &Method, headers: &HeaderMap) -> Option<Response> {
        let asked = preflight(method, headers).filter(|_| *origins != Origins::Own)?;
        Some(answer(self.allowed.is_some(), asked))
    }

    /// Says in an answer who may read it.
    pub fn tell(self, headers: &mut HeaderMap) {
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(allowed) = self.allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            if self.varies {
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
    }
}

/// The headers that a preflight asks for, if the request is one.
fn preflight<'a>(method: &Method, headers: &'a HeaderMap) -> Option<Option<&'a HeaderValue>> {
    let is_one = method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    is_one.then(|| headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS))
}

fn answer(allowed: bool, asked: Option<&HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    if allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, PUT"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        // No header opens anything by itself, and clients add their own.
        if let Some(asked) = asked {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        assert_eq!(Origins::read(""), Ok(Origins::Own));
        assert_eq!(Origins::read(" * "), Ok(Origins::Any));
        let listed = Origins::read("https://WWW.example.org:443/, http://localhost:5173").expect("origins");
        let known = ["https://www.example.org", "http://localhost:5173"].map(str::to_owned).to_vec();
        assert_eq!(listed, Origins::Listed(known));
        for wrong in ["*, https://a.cn", "example.org", "https://a.cn/path", "null", "https://a.cn?x", "ftp://a.cn"] {
            assert!(Origins::read(wrong).is_err(), "{wrong}");
        }
    }
}
