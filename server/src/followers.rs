//! Everything that runs beside the requests: what follows the change log, and what does deeds at their moment.
//!
//! A deed knows none of these; a new one is one line in [`start`].

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use library::Library;
use library::attachment::Collected;
use library::changes::Follower;
use library::gate::Sketches;
use library::recall::Reached;
use search::Search;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::configuration::Configuration;
use crate::http::App;
use crate::{purge, webhooks};

/// How often the followers look without being hinted.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two looks at the change log.
    pub follow_tick: Duration,
    /// Between two looks for deeds that are due.
    pub clock_tick: Duration,
}

impl Pace {
    /// The pace that is configured.
    pub fn of(configuration: &Configuration) -> Self {
        Self { follow_tick: configuration.follow_tick, clock_tick: configuration.clock_tick }
    }
}

/// The running followers and workers; dropped, they end at once.
pub struct Followers {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

/// Starts every follower and every worker of this node.
pub fn start(app: &App, pace: Pace) -> Followers {
    let library = app.library();
    let (stop, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    running.spawn(directory(library.clone(), pace.follow_tick, stopped.clone()));
    running.spawn(answers(app.clone(), stopped.clone()));
    running.spawn(clock(library.clone(), pace.clock_tick, stopped.clone()));
    running.spawn(follower(library.clone(), Sketches::of(library.clone()), pace.follow_tick, stopped.clone()));
    running.spawn(sweeps(library.clone(), pace.follow_tick, stopped.clone()));
    running.spawn(webhooks::send(app.clone(), pace.follow_tick, stopped.clone()));
    running.spawn(node(app.clone(), pace.follow_tick, stopped.clone()));
    if let Some(search) = app.search() {
        running.spawn(index(search.clone(), pace.follow_tick, stopped.clone()));
        running.spawn(nightly(search.clone(), stopped.clone()));
        running.spawn(searches(search.clone(), stopped.clone()));
    }
    running.spawn(withdrawals(library.clone(), pace.follow_tick * LOOKS_IN_TICKS, stopped.clone()));
    if let Some(purge) = app.settings().purge.clone() {
        running.spawn(purge::run(app.clone(), purge, pace.follow_tick, stopped.clone()));
    }
    running.spawn(uses(library.clone(), stopped.clone()));
    running.spawn(unused_files(library.clone(), stopped));
    Followers { stop, running }
}

impl Followers {
    /// Lets everybody finish what they are at, for at most `patience`.
    pub async fn stop(mut self, patience: Duration) {
        self.stop.send_replace(true);
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("a follower did not end in time; it goes on from its cursor at the next start");
        }
    }
}

/// Keeps this node's directory (sites, columns, tags, organisations, code lists) up to date with the change log.
async fn directory(library: Library, every: Duration, stopped: watch::Receiver<bool>) {
    repeat("directory", every, stopped, || {
        let library = library.clone();
        async move { library.refresh().await.map(|_| ()) }
    })
    .await;
}

/// Keeps this node's answers exact: takes away what a change can alter, as soon as the node notices it.
async fn answers(app: App, stopped: watch::Receiver<bool>) {
    app.cache().follow(app.library(), stopped).await;
}

/// Runs what follows the change log until it is stopped; what it was at is done again from its cursor.
async fn follower<F: Follower>(library: Library, follower: F, every: Duration, mut stopped: watch::Receiver<bool>) {
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => {}
        () = library.run_follower(follower, every) => {}
    }
}

/// Does the deeds that are due: timed publication, expiry, coming into force, unpinning; in order after downtime.
async fn clock(library: Library, every: Duration, stopped: watch::Receiver<bool>) {
    repeat("clock", every, stopped, || {
        let library = library.clone();
        async move {
            let done = library.catch_up_clock().await?;
            if done > 0 {
                tracing::info!(done, "deeds were done at their moment");
            }
            Ok(())
        }
    })
    .await;
}

/// Finishes what rules left to do when the program that changed them ended in the middle.
async fn sweeps(library: Library, every: Duration, stopped: watch::Receiver<bool>) {
    repeat("sweeps", every, stopped, || {
        let library = library.clone();
        async move {
            let finished = library.finish_sweeps().await?;
            if finished > 0 {
                tracing::info!(finished, "what was left half done is done");
            }
            Ok(())
        }
    })
    .await;
}

/// Says how far this node is that answers readers: up to where everything reflects the log that it answers from, the directory
/// and the answers that are kept.
async fn node(app: App, every: Duration, stopped: watch::Receiver<bool>) {
    let library = app.library();
    let node = library.node();
    let passed = || Reached {
        position: match app.cache() {
            cache if cache.is_on() => library.directory().position.min(cache.position()),
            _ => library.directory().position,
        },
        search: app.search().and_then(|search| search.position()),
    };
    repeat("node", every, stopped, || async { library.node_passed(&node, passed()).await }).await;
    if let Err(error) = library.node_left(&node).await {
        tracing::warn!(%error, "that this node ends could not be written down; it is waited for half a minute");
    }
}

/// Keeps the search index up to date with the change log; builds it when it is not there. Nobody waits for it, and when it
/// cannot be written everything else goes on.
async fn index(search: Arc<Search>, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut health = Health::of("search");
    let told = |result: Result<(), String>| {
        health.told(result);
    };
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => {}
        () = search.follow(every, told) => {}
    }
}

/// How often the index is compared with what is public.
const COMPARE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long after the beginning it is compared first: then the index has caught up.
const COMPARE_FIRST: Duration = Duration::from_secs(3600);

/// Compares the index with the tables every day, and repairs what differs.
async fn nightly(search: Arc<Search>, mut stopped: watch::Receiver<bool>) {
    let begin = tokio::time::Instant::now() + COMPARE_FIRST;
    let mut ticks = tokio::time::interval_at(begin, COMPARE_EVERY);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            _ = ticks.tick() => {}
        }
        match search.compare().await {
            Ok(drift) if drift.all() > 0 => {
                tracing::warn!(?drift, "the search index differed from the tables, and was repaired")
            }
            Ok(_) => tracing::info!("the search index is as the tables are"),
            Err(error) => tracing::error!(%error, "the search index could not be compared with the tables"),
        }
    }
}

/// How often it is written down what was looked for.
const WRITE_DOWN_EVERY: Duration = Duration::from_secs(5);

/// Writes down what was looked for, under pseudonyms.
async fn searches(search: Arc<Search>, stopped: watch::Receiver<bool>) {
    repeat("searches", WRITE_DOWN_EVERY, stopped, || search.write_down()).await;
}

/// Of how many ticks each look is at who has passed a withdrawal.
const LOOKS_IN_TICKS: u32 = 5;
/// Of how many of these looks each is at all that are open.
const LOOKS_AT_ALL: u64 = 60;

/// Writes down when those were reached who carried, keep or follow what was withdrawn (撤回回执).
async fn withdrawals(library: Library, every: Duration, stopped: watch::Receiver<bool>) {
    let looks = AtomicU64::new(0);
    repeat("withdrawals", every, stopped, || {
        let all = looks.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOKS_AT_ALL);
        library.follow_withdrawals(all)
    })
    .await;
}

/// How often it is written down how often registered operations were asked.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// Writes down how often registered operations were asked, the last time at the end.
async fn uses(library: Library, stopped: watch::Receiver<bool>) {
    repeat("uses of operations", COUNT_EVERY, stopped, || async { library.write_uses().await.map(|_| ()) }).await;
    if let Err(error) = library.write_uses().await {
        tracing::warn!(%error, "how often operations were asked in the last minute could not be written down");
    }
}

/// How often files are looked for that nothing uses.
const COLLECT_EVERY: Duration = Duration::from_secs(60);

/// Removes files that nothing has used for longer than the grace time, and uploads that were never finished.
async fn unused_files(library: Library, stopped: watch::Receiver<bool>) {
    repeat("unused files", COLLECT_EVERY, stopped, || {
        let library = library.clone();
        async move {
            let removed = library.collect_files().await?;
            if removed != Collected::default() {
                let Collected { records, bytes, uploads } = removed;
                tracing::info!(records, bytes, uploads, "files that nothing uses were removed");
            }
            Ok(())
        }
    })
    .await;
}

/// Works at every tick until stopped, never breaking off in the middle; says once that it fails, and once that it
/// works again.
async fn repeat<F: Future<Output = library::Result<()>>>(
    name: &'static str,
    every: Duration,
    mut stopped: watch::Receiver<bool>,
    work: impl Fn() -> F,
) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut health = Health::of(name);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            _ = ticks.tick() => {}
        }
        health.told(work().await);
    }
}

/// Whether a worker does what it is there for: told to the log when that changes, not at every tick.
pub(crate) struct Health {
    name: &'static str,
    failing: bool,
}

impl Health {
    /// Of a worker that has not failed yet.
    pub fn of(name: &'static str) -> Self {
        Self { name, failing: false }
    }

    /// What came of its work, if it came to something.
    pub fn told<T>(&mut self, result: Result<T, impl Display>) -> Option<T> {
        let failed_before = std::mem::replace(&mut self.failing, result.is_err());
        match result {
            Ok(done) => {
                if failed_before {
                    tracing::info!(follower = self.name, "works again");
                }
                Some(done)
            }
            Err(error) => {
                if failed_before {
                    tracing::debug!(follower = self.name, %error, "still fails");
                } else {
                    tracing::error!(follower = self.name, %error, "fails; it is tried again at every tick");
                }
                None
            }
        }
    }
}
