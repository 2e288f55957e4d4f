//! The playground: GraphiQL from the program itself, without any other network.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

use super::{App, Arrived, NOTHING_HERE, Refused};

/// The files of the playground: name (with the version, for it is kept for a year), media type, bytes.
const ASSETS: [(&str, &str, &[u8]); 4] = [
    ("react-18.3.1.js", JAVASCRIPT, include_bytes!("../../playground/react.production.min.js")),
    ("react-dom-18.3.1.js", JAVASCRIPT, include_bytes!("../../playground/react-dom.production.min.js")),
    ("graphiql-3.9.0.js", JAVASCRIPT, include_bytes!("../../playground/graphiql.min.js")),
    ("graphiql-3.9.0.css", "text/css; charset=utf-8", include_bytes!("../../playground/graphiql.min.css")),
];
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Our own script is served without a version, so it is asked for again each time.
const START: (&str, &[u8]) = ("start.js", include_bytes!("../../playground/start.js"));
const PAGE: &str = include_str!("../../playground/index.html");

/// Only what this server sends is run, shown and asked.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The page with the operations (name, text, variables as JSON) as its tabs.
pub fn document(operations: &[(&str, &str, &str)]) -> String {
    let tabs: Vec<_> = operations
        .iter()
        .map(|(name, text, variables)| json!({ "title": name, "query": text, "variables": variables }))
        .collect();
    // Nothing in a document may end the script element that holds it.
    let tabs = json!(tabs).to_string().replace('<', "\\u003c");
    PAGE.replace("{{tabs}}", &tabs)
}

/// `/`.
pub async fn page(State(app): State<App>, arrived: Arrived) -> Response {
    if !arrived.operator.0 {
        return Refused::not_found(NOTHING_HERE).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, app.playground.clone()).into_response()
}

/// `/playground/{file}`.
pub async fn asset(Path(file): Path<String>, arrived: Arrived) -> Response {
    if !arrived.operator.0 {
        return Refused::not_found(NOTHING_HERE).into_response();
    }
    let (media_type, cache, bytes) = if file == START.0 {
        (JAVASCRIPT, "no-cache", START.1)
    } else {
        let Some((_, media_type, bytes)) = ASSETS.iter().find(|(name, _, _)| *name == file) else {
            return Refused::not_found("The playground has no such file.").into_response();
        };
        (*media_type, "public, max-age=31536000, immutable", *bytes)
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Bytes::from_static(bytes)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_asset_and_no_other_host() {
        for (name, _, _) in ASSETS {
            assert!(PAGE.contains(&format!("\"playground/{name}\"")), "{name}");
        }
        assert!(PAGE.contains("playground/start.js"));
        assert!(!PAGE.contains("http:") && !PAGE.contains("https:") && !PAGE.contains("\"//"));
    }

    #[test]
    fn a_document_cannot_leave_its_script_element() {
        let page = document(&[("A", "{ a } # </script><script>", "{\"a\":1}")]);
        assert!(page.contains("\\u003c/script>\\u003cscript>"));
        assert!(!page.contains("{{tabs}}"));
    }
}
