//! `/files`: attachments and their renditions, as far as something public shows them.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use library::attachment::{File, RenditionPreset};
use library::id::AttachmentId;
use library::{Audience, Error};

use super::{App, Refused, disposition};

/// `/files/{id}/{name}`; the name is for people, the id decides.
pub async fn original(
    State(app): State<App>,
    Path((id, _name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    serve(&app, &id, None, query.as_deref(), &headers).await
}

/// `/files/{id}/{preset}/{name}`.
pub async fn rendition(
    State(app): State<App>,
    Path((id, preset, _name)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    serve(&app, &id, Some(&preset), query.as_deref(), &headers).await
}

async fn serve(app: &App, id: &str, preset: Option<&str>, query: Option<&str>, headers: &HeaderMap) -> Response {
    let download = query.is_some_and(|query| query.split('&').any(|pair| pair == "download=1"));
    match find(app, id, preset).await {
        Ok(file) => present(file, download, headers),
        Err(refused) => refused.into_response(),
    }
}

async fn find(app: &App, id: &str, preset: Option<&str>) -> Result<File, Refused> {
    let missing = || Refused::not_found("There is no such file, or nothing public shows it.");
    let id: AttachmentId = id.parse().map_err(|_| missing())?;
    let preset = preset.map(str::parse::<RenditionPreset>).transpose().map_err(|_| missing())?;
    match app.library.scope(Audience::Public).file(id, preset).await {
        Ok(file) => file.ok_or_else(missing),
        Err(Error::Refused(_)) => Err(missing()),
        Err(error) => {
            tracing::error!(%error, "a file could not be read");
            Err(Refused::internal())
        }
    }
}

fn present(file: File, download: bool, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", file.tag);
    let known = is_known(asked, &tag);
    let body = if known { Body::empty() } else { Body::from(file.bytes) };
    let mut response = Response::new(body);
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let media_type = match file.media_type.strip_prefix("text/") {
        // The library takes for text only what is UTF-8.
        Some(_) => format!("{}; charset=utf-8", file.media_type),
        None => file.media_type.clone(),
    };
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, &tag);
    // A file is public only while something public shows it: who keeps it asks again.
    put(header::CACHE_CONTROL, "public, no-cache");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    if !known {
        put(header::CONTENT_TYPE, &media_type);
        put(header::CONTENT_DISPOSITION, &disposition::of(&file.media_type, &file.name, download));
    }
    response
}

/// Whether the asker has the file with this tag already (`If-None-Match`, compared weakly).
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_found_in_a_list_and_weakly() {
        let known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().expect("a header"));
            is_known(&headers, "\"a\"")
        };
        assert!(known("\"a\"") && known("W/\"a\"") && known("\"b\", \"a\"") && known("*"));
        assert!(!known("\"b\"") && !known("a") && !is_known(&HeaderMap::new(), "\"a\""));
    }
}
