//! A soak: readers at 70 % of what the server can give, editors beside them, followers that are started anew and a database that
//! goes away and comes back. No answer is wrong, every error is clear, and memory does not grow.
//!
//! `JIYUE_TEST_SOAK_SECONDS=60 cargo test -p tests --test it cache::soak -- --ignored --nocapture` looks shorter.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use server::App;
use server::followers::{self, Pace};
use server::http::Settings;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tests::{Engine, World, on_both};
use tokio::sync::{Mutex, RwLock};

use super::{EXECUTED, state};
use crate::door::http::{Answer, Door};
use crate::oracle::deeds::Dice;
use crate::oracle::probes::{Probe, probes};

const READERS: usize = 16;
/// How long the most is measured that the server gives.
const MEASURED: Duration = Duration::from_secs(10);
/// How often something is disturbed, and how long the database is away.
const DISTURBED: Duration = Duration::from_secs(20);
const AWAY: Duration = Duration::from_secs(1);
/// How long after that errors are still expected: what was on its way ends by its own time.
const GRACE: Duration = Duration::from_secs(12);
/// What is said of faults that are not the asker's.
const CLEAR: [&str; 3] = ["INTERNAL", "TIMEOUT", "OVERLOADED"];
/// What no answer tells.
const HIDDEN: [&str; 5] = ["sqlx", "postgres", "rusqlite", "panicked", "select "];

struct Soak {
    world: World,
    door: Door,
    probes: Vec<Probe>,
    /// Editors hold it together, and whoever compares alone.
    quiet: RwLock<()>,
    over: AtomicBool,
    read: AtomicUsize,
    deeds: AtomicUsize,
    errors: AtomicUsize,
    compared: AtomicUsize,
    /// How long a reader waits between two questions, in microseconds.
    pause: AtomicU64,
    disturbed_at: Mutex<Instant>,
    wrong: Mutex<Vec<String>>,
}

impl Soak {
    async fn ask(&self, at: usize, headers: &[(&str, &str)]) -> Answer {
        let Probe { document, variables, .. } = &self.probes[at];
        self.door.ask(document, variables, headers).await
    }

    async fn is_disturbed(&self) -> bool {
        self.disturbed_at.lock().await.elapsed() < GRACE
    }

    async fn note(&self, what: String) {
        let mut wrong = self.wrong.lock().await;
        if wrong.len() < 20 {
            wrong.push(what);
        }
    }

    /// Whether an answer is one. If not, it is a clear error, and comes from a disturbance.
    async fn judge(&self, answer: &Answer, name: &str) -> bool {
        let text = answer.text();
        if answer.status == 200 && !text.contains("\"errors\"") {
            return true;
        }
        self.errors.fetch_add(1, Ordering::Relaxed);
        let code = answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
        if !CLEAR.contains(&code.as_str()) || HIDDEN.iter().any(|word| text.contains(word)) {
            self.note(format!("{name}: not a clear error: {} {text}", answer.status)).await;
        }
        if !self.is_disturbed().await {
            self.note(format!("{name}: {code} although nothing was disturbed")).await;
        }
        false
    }

    async fn read(&self, mut dice: Dice) {
        while !self.over.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let at = dice.below(self.probes.len());
            let answer = self.ask(at, &[("Accept-Encoding", *dice.of(&["gzip", "zstd", ""]))]).await;
            if answer.header("content-encoding").is_empty() {
                self.judge(&answer, &self.probes[at].name).await;
            }
            self.read.fetch_add(1, Ordering::Relaxed);
            let pause = Duration::from_micros(self.pause.load(Ordering::Relaxed));
            tokio::time::sleep(pause.saturating_sub(begun.elapsed())).await;
        }
    }

    /// Renames a site again and again: the library does not grow, so that nothing else may.
    async fn edit(&self, mut dice: Dice) {
        let editor = self.world.editor();
        while !self.over.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let _together = self.quiet.read().await;
            let done = self.deed(&editor, &mut dice).await;
            match done {
                Ok(()) => drop(self.deeds.fetch_add(1, Ordering::Relaxed)),
                Err(library::Error::Refused(_)) => {}
                Err(_) if self.is_disturbed().await => {}
                Err(error) => self.note(format!("a deed failed although nothing was disturbed: {error}")).await,
            }
        }
    }

    async fn deed(&self, editor: &library::Caller, dice: &mut Dice) -> library::Result<()> {
        let library = &self.world.library;
        let site = library.directory().sites.all()[0].id;
        let number = dice.below(1000);
        let rename = |fields: &mut library::site::SiteFields| fields.name = format!("门户网站{number}");
        library.edit_site(editor, site, None, rename).await.map(|_| ())
    }

    /// What is kept against what is executed now, while nobody else does anything.
    async fn compare(&self) {
        let _alone = self.quiet.write().await;
        let all: Vec<usize> = (0..self.probes.len()).collect();
        for chosen in all.chunks(12) {
            let before = self.world.library.newest_position().await;
            let kept = join_all(chosen.iter().map(|at| self.ask(*at, &[]))).await;
            let right = join_all(chosen.iter().map(|at| self.ask(*at, &[EXECUTED]))).await;
            let after = self.world.library.newest_position().await;
            // What happens by itself at this moment makes a pair that need not meet.
            let (Ok(before), Ok(after)) = (before, after) else { return };
            if before != after {
                continue;
            }
            for (at, (kept, right)) in chosen.iter().zip(kept.iter().zip(&right)) {
                if !self.judge(kept, &self.probes[*at].name).await || !self.judge(right, &self.probes[*at].name).await {
                    continue;
                }
                self.compared.fetch_add(1, Ordering::Relaxed);
                if kept.body != right.body {
                    self.note(format!("{} {} is not what is executed", self.probes[*at].name, state(kept))).await;
                }
            }
        }
    }

    /// The database is away for a moment: every connection is cut, and no new one is taken.
    async fn outage(&self) {
        let Some(server) = tests::postgres_url() else { return };
        let name = self.world.url.rsplit('/').next().unwrap_or_default().to_owned();
        let mut admin = PgConnection::connect(&server).await.expect("the server");
        let mut run = async |sql: String| admin.execute(AssertSqlSafe(sql)).await.map(|_| ());
        *self.disturbed_at.lock().await = Instant::now();
        run(format!("alter database \"{name}\" with allow_connections false")).await.expect("closed");
        run(format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"))
            .await
            .expect("cut");
        tokio::time::sleep(AWAY).await;
        run(format!("alter database \"{name}\" with allow_connections true")).await.expect("open");
        *self.disturbed_at.lock().await = Instant::now();
    }
}

fn seconds() -> u64 {
    std::env::var("JIYUE_TEST_SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(600)
}

/// The private memory of this process, in MB.
fn private() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("a size");
    line.split_whitespace().next().expect("a number").parse::<f64>().expect("a number") / 1024.0
}

#[test]
#[ignore = "long: ./test --long"]
fn a_soak_with_disturbances_shows_no_wrong_answer_and_no_leak() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let settings = Settings { cache_bytes: 16 << 20, requests_waiting: 1000, ..Settings::default() };
        let app = App::new(world.library.clone()).with_settings(settings);
        let pace = Pace { follow_tick: Duration::from_millis(100), clock_tick: Duration::from_millis(500) };
        let mut running = followers::start(&app, pace);
        let (door, probes) = (Door::of(app.clone()).await, probes(&world).await);
        let soak = Arc::new(Soak {
            world,
            door,
            probes,
            quiet: RwLock::new(()),
            over: AtomicBool::new(false),
            read: AtomicUsize::new(0),
            deeds: AtomicUsize::new(0),
            errors: AtomicUsize::new(0),
            compared: AtomicUsize::new(0),
            pause: AtomicU64::new(0),
            disturbed_at: Mutex::new(Instant::now() - GRACE),
            wrong: Mutex::default(),
        });
        let mut workers = Vec::new();
        for reader in 0..READERS {
            let soak = soak.clone();
            workers.push(tokio::spawn(async move { soak.read(Dice::new(reader as u64)).await }));
        }
        let editing = soak.clone();
        workers.push(tokio::spawn(async move { editing.edit(Dice::new(99)).await }));
        tokio::time::sleep(MEASURED).await;
        let most = soak.read.swap(0, Ordering::Relaxed) as f64 / MEASURED.as_secs_f64();
        soak.pause.store((READERS as f64 / (0.7 * most) * 1e6) as u64, Ordering::Relaxed);

        let (begun, period) = (Instant::now(), Duration::from_secs(seconds()));
        let (mut held, mut turn) = (Vec::new(), 0);
        while begun.elapsed() < period {
            tokio::time::sleep(DISTURBED.min(period / 6)).await;
            if !soak.is_disturbed().await {
                soak.compare().await;
            }
            held.push(private());
            turn += 1;
            if turn % 2 == 0 {
                running.stop(Duration::from_secs(10)).await;
                running = followers::start(&app, pace);
            } else if engine == Engine::Postgres {
                soak.outage().await;
            }
        }
        tokio::time::sleep(GRACE).await;
        soak.compare().await;
        soak.over.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.await.expect("nobody fails");
        }
        running.stop(Duration::from_secs(10)).await;
        let soak = Arc::into_inner(soak).expect("all have ended");
        let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let rate = of(&soak.read) as f64 / begun.elapsed().as_secs_f64();
        eprintln!(
            "{engine:?}: {} s; at most {most:.0}/s, then {rate:.0}/s; {} deeds, {} compared, {} clear errors; memory MB {held:.0?}",
            begun.elapsed().as_secs(),
            of(&soak.deeds),
            of(&soak.compared),
            of(&soak.errors)
        );
        let wrong = soak.wrong.into_inner();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(of(&soak.deeds) > 10 && of(&soak.compared) > 50, "too little was seen");
        // What warms up does so in the first third.
        let later = &held[held.len() / 3..];
        let (least, last) = (later.iter().copied().fold(f64::MAX, f64::min), later[later.len() - 1]);
        assert!(last < least * 1.15 + 8.0, "memory grows: {held:?}");
        soak.door.close().await;
    });
}
