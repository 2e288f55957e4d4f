//! Connections: accepted up to a bound, kept while they work, cut when they stall, ended in good order.
//!
//! HTTP/1.1 and HTTP/2 (by prior knowledge) on the same address. This room knows no path and no answer.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tower::Service as _;

use super::activity::{Activity, Returned, Running, Verdict, Watched};
use super::follow::Ending;
use super::hops::Peer;
use super::{App, Settings, ahead, router};

/// The most bytes of the head of a request, address included; also the most of a header list of HTTP/2.
const HEAD: usize = 64 * 1024;
/// The most requests at once on one connection of HTTP/2.
const STREAMS: u32 = 100;
/// What a client of HTTP/2 may send ahead on one request, and on one connection.
const WINDOWS: (u32, u32) = (64 * 1024, 256 * 1024);
/// How often a client of HTTP/2 is asked whether it is still there, and how long it may take to say so.
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));
/// How often each connection is judged.
const JUDGED: Duration = Duration::from_secs(1);
/// How long a connection without a request is kept while others wait to be accepted.
const CROWDED: Duration = Duration::from_secs(1);
/// How long a connection that was asked to end may take.
const PARTING: Duration = Duration::from_secs(5);
/// How much longer than a request may take is waited at the end, so that the refusals of late ones are sent.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How much, and how long, is still read from a client that sends on after its answer.
const LINGER: (u64, Duration) = (8 << 20, Duration::from_secs(1));
/// The pause after the system had no connection to give.
const PAUSE: Duration = Duration::from_millis(500);

/// Serves `app` until `shutdown` completes; then takes no more, and gives running requests as long as a request may
/// take.
pub async fn serve(listener: TcpListener, app: App, shutdown: impl Future<Output = ()> + Send) {
    let patience = app.request_timeout() + LAST_WORDS;
    let (end, ending) = watch::channel(false);
    let house = House {
        settings: app.settings.clone(),
        places: Arc::new(Semaphore::new(app.settings.connections)),
        crowded: Arc::new(AtomicBool::new(false)),
        protocols: Arc::new(protocols()),
        ending,
    };
    let metrics = app.metrics.clone();
    let door = Door { router: router(app.clone()), app };
    let mut open = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            let place = house.place().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            next = next => next,
        };
        metrics.accepted();
        let counted = Counted::new(&metrics.connections);
        let keeping = house.clone().keep(stream, peer, door.clone());
        open.spawn(async move {
            let _held = (place, counted);
            keeping.await;
        });
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    end.send_replace(true);
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// A connection in the gauge.
struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Accepts the next connection. What is wrong with one is no reason to stop; what is wrong with the system passes, and
/// until then there is no use in asking without a pause.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted; it is tried again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn protocols() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // How long a head and the time between two may take is judged in `activity.rs`, which tells the two apart.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1)
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1);
    builder
}

/// What all connections share.
#[derive(Clone)]
struct House {
    settings: Arc<Settings>,
    places: Arc<Semaphore>,
    crowded: Arc<AtomicBool>,
    protocols: Arc<Builder<TokioExecutor>>,
    ending: watch::Receiver<bool>,
}

impl House {
    /// A place for one more connection. While there is none, connections without a request leave sooner.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Some(place);
        }
        self.crowded.store(true, Ordering::Relaxed);
        let place = self.places.clone().acquire_owned().await.ok();
        self.crowded.store(false, Ordering::Relaxed);
        place
    }

    /// Serves one connection to its end.
    async fn keep(self, stream: TcpStream, peer: SocketAddr, door: Door) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection cannot be told to send at once");
        }
        let returned = Returned::default();
        self.speak(stream, peer, door, returned.clone()).await;
        let stream = returned.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(stream) = stream {
            linger(stream).await;
        }
    }

    async fn speak(self, stream: TcpStream, peer: SocketAddr, door: Door, returned: Returned) {
        let activity = Arc::new(Activity::begin());
        let io = TokioIo::new(Watched::new(stream, activity.clone(), returned));
        let service = service_fn({
            let activity = activity.clone();
            let ending = Ending(self.ending.clone());
            move |request: Request<Incoming>| {
                let running = activity.request(request.version());
                door.clone().answer(request, Peer(peer), ending.clone(), running)
            }
        });
        let protocols = self.protocols.clone();
        let mut connection = pin!(protocols.serve_connection_with_upgrades(io, service));
        let mut judged =
            tokio::time::interval(self.settings.header_timeout.min(self.settings.idle_timeout).min(JUDGED));
        judged.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ending = self.ending.clone();
        let mut drained = false;
        let mut parting: Option<Instant> = None;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                _ = ending.wait_for(|ending| *ending), if !drained => {
                    drained = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = judged.tick() => match self.judge(&activity) {
                    Verdict::Slow => return,
                    Verdict::Idle if parting.is_some_and(|since| since.elapsed() >= PARTING) => return,
                    Verdict::Idle if parting.is_none() => {
                        parting = Some(Instant::now());
                        connection.as_mut().graceful_shutdown();
                    }
                    _ => {}
                }
            }
        }
    }

    fn judge(&self, activity: &Activity) -> Verdict {
        let Settings { header_timeout, idle_timeout, .. } = *self.settings;
        let idle = if self.crowded.load(Ordering::Relaxed) { CROWDED.min(idle_timeout) } else { idle_timeout };
        activity.judge(Instant::now(), header_timeout, idle, idle_timeout)
    }
}

/// What answers requests; cheap to clone.
#[derive(Clone)]
struct Door {
    app: App,
    router: Router,
}

impl Door {
    async fn answer(
        mut self,
        request: Request<Incoming>,
        peer: Peer,
        ending: Ending,
        running: Running,
    ) -> Result<Response, Infallible> {
        let answered = match ahead::answer(&self.app, peer, request).await {
            Ok(response) => Ok(response),
            Err(mut request) => {
                request.extensions_mut().insert(peer);
                request.extensions_mut().insert(ending);
                self.router.call(request).await
            }
        };
        answered.map(|response| response.map(|body| Body::new(running.send(body))))
    }
}

/// Reads for a moment what a client still sends: hanging up at once would take the answer away from it.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = stream.take(LINGER.0);
    let mut scrap = vec![0; 16 * 1024];
    let all = async { while matches!(rest.read(&mut scrap).await, Ok(read) if read > 0) {} };
    if tokio::time::timeout(LINGER.1, all).await.is_err() {
        tracing::trace!("a client did not hang up");
    }
}
