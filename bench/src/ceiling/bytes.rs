//! The ceiling of the machine and of axum: stored bytes, whatever is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::post;

use super::Stored;

/// Answers one stored body after the other.
pub fn router(stored: Stored) -> Router {
    let bodies: Arc<Vec<Bytes>> = Arc::new(stored.bodies.into_iter().map(Bytes::from).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let handler = move |_: Bytes| {
        let body = bodies[next.fetch_add(1, Ordering::Relaxed) % bodies.len()].clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    };
    Router::new().route("/graphql", post(handler))
}
