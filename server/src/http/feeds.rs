//! News feeds and sitemaps of sites: `/feeds/PATH.rss`, `.atom`, `.json`, `/sitemap.xml`, `/sitemap/NAME.xml`.
//!
//! A site's own host leads here, or `?site=CODE` says which it is. Who has the newest document is told so and gets no body.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use delivery::{Format, Sitemap, feed_of, sitemap_of};
use library::site::{Site, SiteLocator};
use library::{Audience, Error, Scope};
use sha2::{Digest as _, Sha256};

use super::conditional::{Wanted, wanted};
use super::{App, Refused, gate};

/// How a document is asked for.
#[derive(axum::extract::FromRequestParts)]
pub struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Asked {
    /// The code of the site that the address names.
    fn site(&self) -> Option<&str> {
        self.uri.query()?.split('&').find_map(|pair| pair.strip_prefix("site="))
    }
}

/// What is asked for.
enum Document {
    Feed { path: String, format: Format },
    Map(Sitemap),
}

impl Document {
    fn media_type(&self) -> &'static str {
        match self {
            Self::Feed { format, .. } => format.media_type(),
            Self::Map(_) => "application/xml; charset=utf-8",
        }
    }

    async fn write(&self, scope: &Scope, site: &Arc<Site>) -> library::Result<Option<String>> {
        match self {
            Self::Feed { path, format } => Ok(feed_of(scope, site, path).await?.map(|feed| feed.write(*format))),
            Self::Map(which) => sitemap_of(scope, site, which).await,
        }
    }
}

/// `/feeds/PATH.ENDING`.
pub async fn feed(State(app): State<App>, path: Result<Path<String>, PathRejection>, asked: Asked) -> Response {
    let document = path.ok().and_then(|Path(path)| {
        let (path, ending) = path.rsplit_once('.')?;
        Some(Document::Feed { path: format!("/{path}"), format: Format::ending(ending)? })
    });
    answer(&app, asked, document).await
}

/// `/sitemap.xml`.
pub async fn sitemap(State(app): State<App>, asked: Asked) -> Response {
    answer(&app, asked, Some(Document::Map(Sitemap::Index))).await
}

/// `/sitemap/NAME.xml`.
pub async fn part(State(app): State<App>, name: Result<Path<String>, PathRejection>, asked: Asked) -> Response {
    let document = name.ok().and_then(|Path(name)| Sitemap::named(&name)).map(Document::Map);
    answer(&app, asked, document).await
}

fn missing() -> Refused {
    Refused::not_found("There is no such feed or map, or its site shows nothing now.")
}

/// The site that is meant: that of the host, unless the address names one.
fn site_of(scope: &Scope, asked: &Asked) -> Option<Arc<Site>> {
    // HTTP/2 has it in the address.
    let named = asked.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = asked.uri.host().or(named.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name)));
    let by = match (asked.site(), host) {
        (Some(code), _) => SiteLocator::Code(code.to_owned()),
        (None, Some(host)) => SiteLocator::Host(host.to_owned()),
        (None, None) => return None,
    };
    scope.site_by(&by)
}

async fn answer(app: &App, asked: Asked, document: Option<Document>) -> Response {
    let Some(document) = document else { return missing().into_response() };
    let Some(_place) = app.questions_gate.place().await else {
        return gate::turned_away(app, &asked.headers);
    };
    let scope = app.library.scope(Audience::Public);
    let Some(site) = site_of(&scope, &asked) else { return missing().into_response() };
    match document.write(&scope, &site).await {
        Ok(Some(text)) => sent(&asked, document.media_type(), text),
        Ok(None) => missing().into_response(),
        Err(Error::TimedOut) => Refused::timed_out().into_response(),
        Err(error) => {
            tracing::error!(%error, "a feed or a map could not be read");
            Refused::internal().into_response()
        }
    }
}

fn sent(asked: &Asked, media_type: &'static str, text: String) -> Response {
    let tag = format!("\"{}\"", hex(&Sha256::digest(text.as_bytes())[..16]));
    let known = wanted(&asked.method, &asked.headers, &tag, text.len() as u64) == Wanted::NotModified;
    let mut response = Response::new(if known { Body::empty() } else { Body::from(text) });
    *response.status_mut() = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, media_type);
    // Weak: it may be sent compressed.
    put(header::ETAG, &format!("W/{tag}"));
    // It changes with every publication: who keeps it asks again.
    put(header::CACHE_CONTROL, "public, no-cache");
    put(header::VARY, "Host");
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
