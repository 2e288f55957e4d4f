//! The `jiyue` program as a library: command line, configuration, HTTP, and the list of followers.
//!
//! This room puts the other rooms together. It holds no rule of the domain, no SQL and no GraphQL type.
#![forbid(unsafe_code)]

pub mod check;
pub mod clock;
pub mod command;
pub mod configuration;
pub mod demo;
pub mod followers;
pub mod http;
pub mod import;
pub mod start;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use http::App;

/// Serves `app` on `listener` until `shutdown` completes; then takes no more, and gives running requests as long as a
/// request may take.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let patience = app.request_timeout();
    let (begun, ending) = oneshot::channel();
    let server = axum::serve(listener, http::router(app)).with_graceful_shutdown(async move {
        shutdown.await;
        // Nobody listens any more only if the server has ended by itself.
        let _ = begun.send(());
    });
    let overdue = async move {
        match ending.await {
            Ok(()) => tokio::time::sleep(patience).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = server.into_future() => ended,
        () = overdue => {
            tracing::warn!("some requests did not end in time");
            Ok(())
        }
    }
}
