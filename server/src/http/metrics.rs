//! What is counted and measured (指标), as Prometheus collects it at `/metrics`.
//!
//! Every label has few values: names of operations and methods are the asker's words, so only known ones are kept.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse as _, Response};
use library::Library;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::{App, Arrived, Refused};
use crate::cache::Counts;

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The upper ends of the buckets of durations, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// How long it may take to read how far everybody is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answered without errors.
    Answered,
    /// Answered with data and errors.
    Partly,
    /// Refused: the question was wrong.
    Refused,
    /// Refused: a limit was met.
    Limited,
    /// Broken off: it took too long.
    TimedOut,
    /// Broken off: the client left.
    Gone,
    /// Our own fault.
    Failed,
}

impl Outcome {
    /// The value of the label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Partly => "partly",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::TimedOut => "timed_out",
            Self::Gone => "gone",
            Self::Failed => "failed",
        }
    }
}

type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];
type Durations<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// The counters of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    known: HashSet<&'static str>,
    operations: Family<Labels<2>, Counter>,
    operation_seconds: Durations<1>,
    statements: Family<Labels<1>, Counter>,
    sql_seconds: Family<Labels<1>, Counter<f64, AtomicU64>>,
    limits: Family<Labels<1>, Counter>,
    requests: Family<Labels<3>, Counter>,
    request_seconds: Durations<1>,
    shed: Counter,
    accepted: Counter,
    /// The connections that are open.
    pub connections: Gauge,
    /// The requests that are being answered.
    pub in_flight: Gauge,
    newest: Gauge<i64, AtomicI64>,
    directory: Gauge<i64, AtomicI64>,
    /// What is counted of the cache.
    pub cache: Counts,
    followers: Family<Labels<1>, Gauge<i64, AtomicI64>>,
    slowest_node: Gauge<i64, AtomicI64>,
    deliveries: Family<Labels<1>, Counter>,
    webhooks_behind: Gauge<i64, AtomicI64>,
    search_position: Gauge<i64, AtomicI64>,
    search_drift: Gauge<i64, AtomicI64>,
}

fn durations() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Metrics {
    /// Counters that tell the operations of these names apart; others are `anonymous` or `other`.
    pub fn new(known: impl IntoIterator<Item = &'static str>) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("jiyue"),
            known: known.into_iter().collect(),
            operations: Family::default(),
            operation_seconds: Family::new_with_constructor(durations),
            statements: Family::default(),
            sql_seconds: Family::default(),
            limits: Family::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(durations),
            shed: Counter::default(),
            accepted: Counter::default(),
            connections: Gauge::default(),
            in_flight: Gauge::default(),
            newest: Gauge::default(),
            directory: Gauge::default(),
            cache: Counts::default(),
            followers: Family::default(),
            slowest_node: Gauge::default(),
            deliveries: Family::default(),
            webhooks_behind: Gauge::default(),
            search_position: Gauge::default(),
            search_drift: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let started = Gauge::<f64, AtomicU64>::default();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        started.set(now.as_secs_f64());
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let to = &mut self.registry;
        to.register("operations", "GraphQL operations by name and outcome", self.operations.clone());
        to.register("operation_duration_seconds", "Time of GraphQL operations", self.operation_seconds.clone());
        to.register("sql_statements", "SQL statements of GraphQL operations", self.statements.clone());
        to.register("sql_seconds", "Time in SQL of GraphQL operations", self.sql_seconds.clone());
        to.register("limits", "Questions that met a limit, by limit", self.limits.clone());
        to.register("http_requests", "Requests by route, method and status", self.requests.clone());
        to.register("http_request_duration_seconds", "Time of requests by route", self.request_seconds.clone());
        to.register("http_requests_shed", "Requests refused because too much was asked", self.shed.clone());
        to.register("http_connections_accepted", "Connections accepted", self.accepted.clone());
        to.register("http_connections", "Connections that are open", self.connections.clone());
        to.register("http_requests_in_flight", "Requests that are being answered", self.in_flight.clone());
        to.register("change_log_position", "The newest position of the change log", self.newest.clone());
        to.register("directory_position", "The position that this node's directory reflects", self.directory.clone());
        self.cache.register(to);
        to.register("follower_position", "The position that each follower has read to", self.followers.clone());
        to.register("slowest_node_position", "The position that all nodes have passed", self.slowest_node.clone());
        to.register("webhook_deliveries", "Deliveries to webhooks by this node, by outcome", self.deliveries.clone());
        let behind = self.webhooks_behind.clone();
        to.register("webhooks_behind", "How many positions the slowest active webhook is behind", behind);
        to.register(
            "search_position",
            "The position that the search index of this node reflects",
            self.search_position.clone(),
        );
        let drift = self.search_drift.clone();
        to.register(
            "search_drift",
            "Documents that comparisons of the index with the tables found wrong and repaired",
            drift,
        );
        to.register("start_time_seconds", "When this process began to serve", started);
        to.register("build", "The program", build);
    }

    /// Counts a GraphQL operation that ended.
    pub fn operation(&self, name: &str, outcome: Outcome, took: Duration, statements: u64, sql: Duration) {
        let name = ("operation", Cow::Borrowed(self.known(name)));
        let counted = [name.clone(), ("outcome", outcome.label().into())];
        self.operations.get_or_create(&counted).inc();
        let label = [name];
        self.operation_seconds.get_or_create(&label).observe(took.as_secs_f64());
        // What came from the cache asked nobody.
        if statements > 0 {
            self.statements.get_or_create(&label).inc_by(statements);
            self.sql_seconds.get_or_create(&label).inc_by(sql.as_secs_f64());
        }
    }

    /// Counts a question that met the limit of this name.
    pub fn limit(&self, which: &'static str) {
        self.limits.get_or_create(&[("limit", which.into())]).inc();
    }

    /// Counts something that was sent to a webhook, or was to be.
    pub fn delivery(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&[("outcome", outcome.into())]).inc();
    }

    /// Takes down how far everybody is who follows the log.
    async fn follow(&self, library: &Library) -> library::Result<()> {
        let newest = library.newest_position().await?;
        self.newest.set(newest);
        for (name, position) in library.follower_positions().await? {
            self.followers.get_or_create(&[("follower", Cow::Owned(name))]).set(position);
        }
        self.slowest_node.set(library.slowest_node().await?.unwrap_or_default());
        self.webhooks_behind.set(library.webhooks_behind(newest).await?.unwrap_or_default());
        Ok(())
    }

    /// Counts a request that was refused because too much was asked.
    pub(super) fn shed(&self) {
        self.shed.inc();
    }

    /// Counts a connection that was accepted.
    pub(super) fn accepted(&self) {
        self.accepted.inc();
    }

    /// Counts a request that ended, by the template of its path.
    pub(super) fn request(&self, route: &'static str, method: &Method, status: u16, took: Duration) {
        let route = ("route", Cow::Borrowed(route));
        let status = if status == 200 { Cow::Borrowed("200") } else { status.to_string().into() };
        let labels = [route.clone(), ("method", known_method(method).into()), ("status", status)];
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.get_or_create(&[route]).observe(took.as_secs_f64());
    }

    fn known(&self, name: &str) -> &'static str {
        match self.known.get(name) {
            Some(known) => known,
            None if name.is_empty() => "anonymous",
            None => "other",
        }
    }
}

/// Methods are any words that the asker likes.
pub(super) fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// `/metrics`: for the operator; others do not learn that it is there.
pub async fn page(State(app): State<App>, arrived: Arrived, headers: HeaderMap) -> Response {
    if !arrived.operator.or_bearer(app.settings.operator_key.as_ref(), &headers).0 {
        return Refused::not_found(super::NOTHING_HERE).into_response();
    }
    let metrics = &app.metrics;
    metrics.directory.set(app.library.directory().position);
    if let Some(search) = app.search() {
        metrics.search_position.set(search.position().unwrap_or_default());
        metrics.search_drift.set(i64::try_from(search.drifted()).unwrap_or(i64::MAX));
    }
    // A database that does not answer is no reason to tell nothing.
    if !matches!(tokio::time::timeout(PATIENCE, metrics.follow(&app.library)).await, Ok(Ok(()))) {
        tracing::debug!("how far the followers are could not be read");
    }
    let mut text = String::new();
    if encode(&mut text, &metrics.registry).is_err() {
        tracing::error!("the metrics could not be written");
        return Refused::internal().into_response();
    }
    ([(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_strangers_are_not_kept() {
        let metrics = Metrics::new(["SiteHome"]);
        for name in ["SiteHome", "", "x\"} 1", "A", "B"] {
            metrics.operation(name, Outcome::Answered, Duration::from_millis(3), 2, Duration::from_millis(1));
        }
        metrics.operation("SiteHome", Outcome::Limited, Duration::ZERO, 0, Duration::ZERO);
        metrics.limit("depth");
        metrics.delivery("paused");
        metrics.request("/graphql", &Method::POST, 200, Duration::from_millis(3));
        metrics.request("/graphql", &Method::from_bytes(b"BREW").expect("a word"), 405, Duration::ZERO);
        let mut text = String::new();
        encode(&mut text, &metrics.registry).expect("written");
        for line in [
            "jiyue_operations_total{operation=\"SiteHome\",outcome=\"answered\"} 1",
            "jiyue_operations_total{operation=\"SiteHome\",outcome=\"limited\"} 1",
            "jiyue_operations_total{operation=\"anonymous\",outcome=\"answered\"} 1",
            "jiyue_operations_total{operation=\"other\",outcome=\"answered\"} 3",
            "jiyue_sql_statements_total{operation=\"other\"} 6",
            "jiyue_limits_total{limit=\"depth\"} 1",
            "jiyue_webhook_deliveries_total{outcome=\"paused\"} 1",
            "jiyue_http_requests_total{route=\"/graphql\",method=\"POST\",status=\"200\"} 1",
            "jiyue_http_requests_total{route=\"/graphql\",method=\"other\",status=\"405\"} 1",
            "jiyue_operation_duration_seconds_bucket{le=\"0.005\",operation=\"other\"} 3",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}
