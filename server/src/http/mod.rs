//! The door: HTTP in front of the schema, the files and the playground.
//!
//! Handlers translate between HTTP and the rooms behind it. This room holds no rule of the domain and no SQL.

mod accept;
mod disposition;
mod files;
mod graphql;
mod health;
mod playground;
mod question;
mod refused;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use library::Library;
use operation::{Limits, Rules};
pub use refused::Refused;
use schema::Schema;

/// The largest body of a request, where nothing else is configured.
pub const BODY_LIMIT: usize = 1 << 20;
/// The longest time that a request may take, where nothing else is configured.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// What the handlers need; cheap to clone.
#[derive(Clone)]
pub struct App {
    library: Library,
    schema: Schema,
    rules: Arc<Rules>,
    sdl: Bytes,
    playground: Bytes,
    body_limit: usize,
    request_timeout: Duration,
}

impl App {
    /// The door of `library` with the usual limits.
    ///
    /// # Panics
    /// When the schema that is compiled into the program is not valid.
    pub fn new(library: Library) -> Self {
        let sdl = schema::sdl();
        let rules = match Rules::new(&sdl, Limits::default()) {
            Ok(rules) => Arc::new(rules),
            Err(faults) => panic!("the served schema is not valid: {faults}"),
        };
        Self {
            library,
            schema: schema::build(),
            rules,
            sdl: Bytes::from(sdl),
            playground: Bytes::from(playground::document(schema::operations())),
            body_limit: BODY_LIMIT,
            request_timeout: REQUEST_TIMEOUT,
        }
    }

    /// The same door with other limits.
    #[must_use]
    pub fn with_limits(self, body_limit: usize, request_timeout: Duration) -> Self {
        Self { body_limit, request_timeout, ..self }
    }

    /// The library behind the door.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The longest time that a request may take.
    pub fn request_timeout(&self) -> Duration {
        self.request_timeout
    }
}

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(playground::page))
        .route("/playground/{file}", get(playground::asset))
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/schema.graphql", get(sdl))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/files/{id}/{name}", get(files::original))
        .route("/files/{id}/{preset}/{name}", get(files::rendition))
        .fallback(async || Refused::not_found("There is nothing at this address."))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(app.body_limit))
        .layer(middleware::from_fn_with_state(Arc::new(app.request_timeout), within))
        .with_state(app)
}

async fn sdl(State(app): State<App>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, app.sdl).into_response()
}

async fn method_not_allowed(method: Method) -> Refused {
    let message = format!("{method} is not possible at this address.");
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}

/// Answers in time, or says that it took too long. A deed that has begun runs on in its own task.
async fn within(State(most): State<Arc<Duration>>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(*most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refused::timed_out().into_response(),
    }
}
