//! The door: HTTP in front of the schema, the files and the playground.
//!
//! Handlers translate between HTTP and the rooms behind it. This room holds no rule of the domain and no SQL.

mod accept;
mod activity;
mod ahead;
mod arrival;
mod bearer;
mod bodies;
mod compared;
mod compression;
mod conditional;
mod connections;
mod cookie;
mod cors;
mod disposition;
mod executed;
mod explained;
mod feeds;
mod files;
mod follow;
mod gate;
mod graphql;
mod health;
mod hops;
mod jwks;
mod kept;
mod letter;
mod manner;
mod metrics;
mod multipart;
mod operator;
mod persisted;
mod playground;
mod presented;
mod question;
mod reckoning;
mod refused;
mod registered;
mod request_id;
mod resumable;
mod settings;
mod sign_on;
mod socket;
mod told;
mod view;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

pub use arrival::Arrived;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use bytes::Bytes;
pub use connections::serve;
pub use cors::Origins;
use delivery::webhook::Postman;
pub use hops::{ClientAddress, TrustedProxies, networks};
pub use letter::Letter;
use letter::Receivers;
use library::Library;
pub use metrics::{Metrics, Outcome};
use operation::{Limits, Rules};
pub use operator::{Mode, Operator, OperatorKey};
pub use refused::Refused;
pub use registered::Documents;
pub use request_id::RequestId;
use schema::Schema;
use search::Search;
pub use settings::Settings;
pub use sign_on::{KeyPace, SignOn};
pub use told::{Code, Told};

use crate::cache::Cache;

/// The largest body of a request, where nothing else is configured.
pub const BODY_LIMIT: usize = 1 << 20;
/// The longest time that a request may take, where nothing else is configured.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The most subscriptions at once on one node.
const MOST_FOLLOWERS: usize = 1000;

/// How many of them look for their next change at once: all of them wake at each commit, and questions are not to wait.
const FOLLOWERS_AT_ONCE: usize = 8;

/// What the handlers need; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] consists of.
#[derive(Clone)]
pub struct Parts {
    library: Library,
    schema: Schema,
    rules: Arc<Rules>,
    persisted: Arc<persisted::Persisted>,
    sdl: Bytes,
    playground: Bytes,
    body_limit: usize,
    request_timeout: Duration,
    settings: Arc<Settings>,
    metrics: Arc<Metrics>,
    questions_gate: Arc<gate::Gate>,
    files_gate: Arc<gate::Gate>,
    uploads_gate: Arc<gate::Gate>,
    bodies: Arc<bodies::Memory>,
    followers: Arc<tokio::sync::Semaphore>,
    follower_turns: Arc<tokio::sync::Semaphore>,
    sign_on: Arc<SignOn>,
    receivers: Arc<dyn library::webhook::WebhookRules>,
    documents: Arc<dyn library::operation::OperationRules>,
    postman: Option<Postman>,
    cache: Arc<Cache>,
    samples: Arc<kept::Samples>,
    search: Option<Arc<Search>>,
    /// One answer is compared at a time.
    comparing: Arc<tokio::sync::Semaphore>,
    open_control: HeaderValue,
}

impl App {
    /// The door of `library` with the usual limits.
    ///
    /// # Panics
    /// When the schema that is compiled into the program is not valid.
    pub fn new(library: Library) -> Self {
        let settings = Settings::default();
        let sdl = schema::sdl();
        let rules = rules(&sdl, &settings.limits);
        let postman = postman(&settings);
        let metrics = Arc::new(Metrics::new(known_operations()));
        Self(Arc::new(Parts {
            cache: cache(&library, &settings, &metrics),
            samples: Arc::new(kept::Samples::of(settings.cache_compared)),
            search: None,
            comparing: Arc::new(tokio::sync::Semaphore::new(1)),
            open_control: presented::open_control(settings.shared_seconds),
            persisted: Arc::new(persisted::Persisted::or({
                let library = library.clone();
                move |digest| library.registered_text(digest)
            })),
            library,
            schema: schema::build(),
            receivers: Arc::new(Receivers { rules: rules.clone(), postman: postman.clone() }),
            documents: Arc::new(registered::Documents(rules.clone())),
            postman,
            rules,
            sdl: Bytes::from(sdl),
            playground: Bytes::from(playground::document(schema::operations())),
            body_limit: BODY_LIMIT,
            request_timeout: REQUEST_TIMEOUT,
            metrics,
            questions_gate: Arc::new(gate::Gate::new(&settings)),
            files_gate: Arc::new(gate::Gate::new(&settings)),
            uploads_gate: Arc::new(gate::Gate::of_uploads(&settings)),
            bodies: Arc::new(bodies::Memory::new(BODY_LIMIT)),
            followers: Arc::new(tokio::sync::Semaphore::new(MOST_FOLLOWERS)),
            follower_turns: Arc::new(tokio::sync::Semaphore::new(FOLLOWERS_AT_ONCE)),
            sign_on: Arc::default(),
            settings: Arc::new(settings),
        }))
    }

    /// The same door with other limits.
    #[must_use]
    pub fn with_limits(self, body_limit: usize, request_timeout: Duration) -> Self {
        let bodies = Arc::new(bodies::Memory::new(body_limit));
        Self(Arc::new(Parts { body_limit, request_timeout, bodies, ..Arc::unwrap_or_clone(self.0) }))
    }

    /// The same door with other bounds, times and keys.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        let rules = if settings.limits == *self.rules.limits() {
            self.rules.clone()
        } else {
            rules(&schema::sdl(), &settings.limits)
        };
        let postman = postman(&settings);
        Self(Arc::new(Parts {
            cache: cache(&self.library, &settings, &self.metrics),
            samples: Arc::new(kept::Samples::of(settings.cache_compared)),
            open_control: presented::open_control(settings.shared_seconds),
            receivers: Arc::new(Receivers { rules: rules.clone(), postman: postman.clone() }),
            documents: Arc::new(registered::Documents(rules.clone())),
            postman,
            rules,
            questions_gate: Arc::new(gate::Gate::new(&settings)),
            files_gate: Arc::new(gate::Gate::new(&settings)),
            sign_on: Arc::new(SignOn::new(&settings.issuers, settings.issuer_keys)),
            uploads_gate: Arc::new(gate::Gate::of_uploads(&settings)),
            settings: Arc::new(settings),
            ..Arc::unwrap_or_clone(self.0)
        }))
    }

    /// The same door with a search.
    #[must_use]
    pub fn with_search(self, search: Arc<Search>) -> Self {
        Self(Arc::new(Parts { search: Some(search), ..Arc::unwrap_or_clone(self.0) }))
    }

    /// The search of this node, if it has one.
    pub fn search(&self) -> Option<&Arc<Search>> {
        self.search.as_ref()
    }

    /// The library behind the door.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Fetches what the first requests would wait for.
    #[must_use]
    pub fn prepared(self) -> Self {
        self.sign_on.prepare();
        self
    }

    /// The longest time that a request may take.
    pub fn request_timeout(&self) -> Duration {
        self.request_timeout
    }

    /// The bounds, times and keys of the door.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What sends to webhooks; nothing where there is no way to.
    pub fn postman(&self) -> Option<Postman> {
        self.postman.clone()
    }

    /// The answers that are kept.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The same door with a fault in its cache, for the checker.
    #[cfg(feature = "judge")]
    #[must_use]
    pub fn with_planted(self, planted: crate::cache::Planted) -> Self {
        let cache = cache_of(&self.library, &self.settings, &self.metrics).with_planted(planted);
        Self(Arc::new(Parts { cache: Arc::new(cache), ..Arc::unwrap_or_clone(self.0) }))
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// An empty cache of the size that is set.
fn cache_of(library: &Library, settings: &Settings, metrics: &Metrics) -> Cache {
    Cache::new(settings.cache_bytes, library.known_position(), metrics.cache.clone())
}

fn cache(library: &Library, settings: &Settings, metrics: &Metrics) -> Arc<Cache> {
    Arc::new(cache_of(library, settings, metrics))
}

/// What questions are held against. The schema is our own: that it is valid is seen at every start.
fn rules(sdl: &str, limits: &Limits) -> Arc<Rules> {
    match Rules::new(sdl, limits.clone()) {
        Ok(rules) => Arc::new(rules.weighing(&schema::WEIGHTS)),
        Err(faults) => panic!("the served schema is not valid: {faults}"),
    }
}

/// What sends to webhooks, to where the operator allows.
fn postman(settings: &Settings) -> Option<Postman> {
    let made = Postman::within(settings.webhook_reach.clone());
    if let Err(error) = &made {
        tracing::error!(%error, "there is no way to send to webhooks");
    }
    made.ok()
}

/// The names of the operations that the server knows, which metrics tell apart.
fn known_operations() -> impl Iterator<Item = &'static str> {
    schema::operations().iter().filter_map(|(_, document, _)| {
        let rest = document.split_once("query ")?.1;
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
    })
}

/// Where questions are asked.
const GRAPHQL: &str = "/graphql";

/// What is said of an address where there is nothing.
const NOTHING_HERE: &str = "There is nothing at this address.";

/// Everything that the server answers. A layer costs more than it seems (each is boxed, and copied with all inside it
/// for each request), so there are two; what only some routes need is called by their handlers.
pub fn router(app: App) -> Router {
    Router::new()
        .route(GRAPHQL, get(graphql::get).post(graphql::post))
        .route("/files/{id}/{name}", get(files::original))
        .route("/files/{id}/{rendition}/{name}", get(files::rendition))
        .route("/uploads/{id}", put(resumable::receive).head(resumable::offset))
        .route("/feeds/{*path}", get(feeds::feed))
        .route("/sitemap.xml", get(feeds::sitemap))
        .route("/sitemap/{name}", get(feeds::part))
        .route("/", get(playground::page))
        .route("/playground/{file}", get(playground::asset))
        .route("/schema.graphql", get(sdl))
        .route("/.well-known/jwks.json", get(jwks::set))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::page))
        .fallback(async || Refused::not_found(NOTHING_HERE))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(compression::layer())
        .layer(middleware::from_fn_with_state(app.clone(), arrival::receive))
        .with_state(app)
}

/// The templates of the paths above, as the log and the metrics name them.
const ROUTES: [&str; 14] = [
    GRAPHQL,
    "/files/{id}/{name}",
    "/files/{id}/{rendition}/{name}",
    "/uploads/{id}",
    "/feeds/{*path}",
    "/sitemap.xml",
    "/sitemap/{name}",
    "/",
    "/playground/{file}",
    "/schema.graphql",
    "/.well-known/jwks.json",
    "/healthz",
    "/readyz",
    "/metrics",
];

async fn sdl(State(app): State<App>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, app.sdl.clone()).into_response()
}

async fn method_not_allowed(method: Method) -> Refused {
    let message = format!("{method} is not possible at this address.");
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}
