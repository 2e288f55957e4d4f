//! The checker of staleness: readers and editors at once, and after deeds what is answered from the cache against what an
//! execution answers. It is judged itself by faults that are planted in the cache.
//!
//! `JIYUE_TEST_CACHE_SECONDS=600 cargo test -p tests --test it cache::checker` looks longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use server::App;
use server::cache::{Fault, Planted};
use server::followers::{self, Pace};
use server::http::{BODY_LIMIT, Settings};
use tests::{Engine, World, on_both};
use tokio::sync::{Mutex, RwLock};

use super::{EXECUTED, state};
use crate::door::http::{Answer, Door, escape};
use crate::oracle::deeds::{DEEDS, Dice, act};
use crate::oracle::probes::{Probe, probes};

const READERS: usize = 16;
const EDITORS: usize = 8;
/// So many probes are asked for by everybody, so that executions of them are always on their way.
const HOT: usize = 8;
/// How long an execution dwells: long enough for deeds to be done meanwhile.
const DWELL: Duration = Duration::from_millis(50);
/// The same where executions are to be on their way from before a deed until after it.
const DWELL_LONG: Duration = Duration::from_millis(250);

/// What a run came to.
#[derive(Debug, Default)]
struct Seen {
    deeds: AtomicUsize,
    refused: AtomicUsize,
    compared: AtomicUsize,
    hits: AtomicUsize,
    joined: AtomicUsize,
    read: AtomicUsize,
    different: Mutex<Vec<String>>,
}

impl Seen {
    /// A checker that saw nothing happen checks nothing.
    fn is_enough(&self) -> bool {
        let more = |count: &AtomicUsize, than| count.load(Ordering::Relaxed) > than;
        more(&self.deeds, 20) && more(&self.compared, 100) && more(&self.hits, 20) && more(&self.joined, 5)
    }
}

/// Everything that readers and editors share.
struct Run {
    world: World,
    door: Door,
    probes: Vec<Probe>,
    /// Editors hold it together, and whoever compares alone.
    quiet: RwLock<()>,
    over: AtomicBool,
    seen: Seen,
    /// Whether the first difference ends it.
    first_ends: bool,
}

impl Run {
    async fn ask(&self, at: usize, headers: &[(&str, &str)]) -> Answer {
        let probe = &self.probes[at];
        self.door.ask(&probe.document, &probe.variables, headers).await
    }

    /// Asks on and on, in every way.
    async fn read(&self, mut dice: Dice) {
        while !self.over.load(Ordering::Relaxed) {
            let at = if dice.below(4) > 0 { dice.below(HOT) } else { dice.below(self.probes.len()) };
            let coding = *dice.of(&["gzip", "br", "zstd", ""]);
            let answer = if dice.below(3) == 0 {
                let Probe { document, variables, .. } = &self.probes[at];
                let target =
                    format!("/graphql?query={}&variables={}", escape(document), escape(&variables.to_string()));
                self.door.get(&target, &[("Accept-Encoding", coding)]).await
            } else {
                self.ask(at, &[("Accept-Encoding", coding)]).await
            };
            assert_eq!(answer.status, 200, "{}", self.probes[at].name);
            self.seen.read.fetch_add(1, Ordering::Relaxed);
            match state(&answer) {
                "HIT" => self.seen.hits.fetch_add(1, Ordering::Relaxed),
                "JOINED" => self.seen.joined.fetch_add(1, Ordering::Relaxed),
                _ => 0,
            };
        }
    }

    /// Does deeds; after some of them nobody else does any, and what is kept is compared.
    async fn edit(&self, mut dice: Dice) {
        while !self.over.load(Ordering::Relaxed) {
            let deed = dice.below(DEEDS.len());
            // Who looks for a fault compares more often.
            if dice.below(if self.first_ends { 3 } else { 6 }) == 0 {
                let _alone = self.quiet.write().await;
                self.act(&mut dice, deed).await;
                let mut chosen: Vec<usize> = (0..HOT).collect();
                chosen.extend((0..4).map(|_| dice.below(self.probes.len())));
                self.compare(&chosen, DEEDS[deed].0).await;
            } else {
                let _together = self.quiet.read().await;
                self.act(&mut dice, deed).await;
            }
        }
    }

    async fn act(&self, dice: &mut Dice, deed: usize) {
        let done = act(&self.world, dice, deed).await;
        let count = if done { &self.seen.deeds } else { &self.seen.refused };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Asks without the position, with it, and for an execution; nothing may be done meanwhile, not by the clock either.
    async fn compare(&self, chosen: &[usize], deed: &str) {
        for _ in 0..20 {
            let before = self.world.library.newest_position().await.expect("a position");
            let position = before.to_string();
            let kept = join_all(chosen.iter().map(|at| self.ask(*at, &[]))).await;
            let seen_by = [("Jiyue-After", position.as_str())];
            let after = join_all(chosen.iter().map(|at| self.ask(*at, &seen_by))).await;
            let right = join_all(chosen.iter().map(|at| self.ask(*at, &[EXECUTED]))).await;
            if self.world.library.newest_position().await.expect("a position") != before {
                continue;
            }
            for (at, ((kept, after), right)) in chosen.iter().zip(kept.iter().zip(&after).zip(&right)) {
                assert_eq!(state(right), "BYPASS");
                self.seen.compared.fetch_add(1, Ordering::Relaxed);
                for (how, answer) in [("without its position", kept), ("with its position", after)] {
                    if answer.body != right.body {
                        let Probe { name, variables, .. } = &self.probes[*at];
                        let (shown, right) = (answer.text(), right.text());
                        self.seen.different.lock().await.push(format!(
                            "after «{deed}» {how}: {name} {variables} {}\nanswered {shown}\nexecuted {right}",
                            state(answer)
                        ));
                        if self.first_ends {
                            self.over.store(true, Ordering::Relaxed);
                        }
                    }
                }
            }
            return;
        }
    }
}

/// Lets readers and editors work for `period` and tells what was seen.
async fn run(engine: Engine, seed: u64, fault: Option<Fault>, period: Duration) -> Seen {
    let world = World::city(engine).await;
    let mut probes = probes(&world).await;
    // What lists and counts is changed by most deeds.
    let lively = ["site-home", "column-page", "tag-page", "policy-library", "updated-today", "county-column"];
    let mut hot = Vec::new();
    for name in lively.into_iter().chain(["question", "question"]) {
        let at = probes.iter().position(|probe| probe.name == name).expect("a probe");
        hot.push(probes.remove(at));
    }
    hot.truncate(HOT);
    hot.extend(probes);
    let settings = Settings { requests_waiting: 1000, turn_timeout: Duration::from_secs(30), ..Settings::default() };
    let in_between = [Some(Fault::PositionWrong), Some(Fault::FlightTooOld)];
    let dwell = if in_between.contains(&fault) { DWELL_LONG } else { DWELL };
    let app = App::new(world.library.clone()).with_limits(BODY_LIMIT, Duration::from_secs(120));
    let app = app.with_settings(settings).with_planted(Planted::new(fault, dwell));
    let pace = Pace { follow_tick: Duration::from_millis(50), clock_tick: Duration::from_millis(50) };
    let running = followers::start(&app, pace);
    let door = Door::of(app).await;
    let run = Arc::new(Run {
        world,
        door,
        probes: hot,
        quiet: RwLock::new(()),
        over: AtomicBool::new(false),
        seen: Seen::default(),
        first_ends: fault.is_some(),
    });
    let mut workers = Vec::new();
    for reader in 0..READERS {
        let (run, dice) = (run.clone(), Dice::new(seed * 1000 + reader as u64));
        workers.push(tokio::spawn(async move { run.read(dice).await }));
    }
    for editor in 0..EDITORS {
        let (run, dice) = (run.clone(), Dice::new(seed * 1000 + 500 + editor as u64));
        workers.push(tokio::spawn(async move { run.edit(dice).await }));
    }
    let begun = Instant::now();
    // On a slow machine it goes on until there was something to be seen.
    let too_little = || fault.is_none() && !run.seen.is_enough() && begun.elapsed() < 12 * period;
    while (begun.elapsed() < period || too_little()) && !run.over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    run.over.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.expect("nobody fails");
    }
    let run = Arc::into_inner(run).expect("all have ended");
    // At the end everything that is kept is looked at once.
    for chosen in (0..run.probes.len()).collect::<Vec<_>>().chunks(12) {
        run.compare(chosen, "the last deed").await;
    }
    run.door.close().await;
    running.stop(Duration::from_secs(5)).await;
    run.seen
}

fn seconds() -> u64 {
    std::env::var("JIYUE_TEST_CACHE_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(10)
}

#[test]
fn nothing_stale_is_ever_answered() {
    on_both(async |engine| {
        let seen = run(engine, 7, None, Duration::from_secs(seconds())).await;
        eprintln!("{engine:?}: {seen:?}");
        let enough = seen.is_enough();
        let different = seen.different.into_inner();
        assert!(different.is_empty(), "{engine:?}: {} differences, first {}", different.len(), different[0]);
        assert!(enough, "too little was seen");
    });
}

#[test]
fn the_checker_finds_each_planted_fault() {
    on_both(async |engine| {
        for fault in [Fault::NoteMissing, Fault::PositionWrong, Fault::FlightTooOld] {
            let mut found = 0;
            // A busy machine sees few deeds in the time of one run.
            for seed in 1..=16 {
                let seen = run(engine, seed, Some(fault), Duration::from_secs(15)).await;
                eprintln!("{engine:?}, {fault:?}, seed {seed}: {} deeds", seen.deeds.load(Ordering::Relaxed));
                found = seen.different.into_inner().len();
                if found > 0 {
                    break;
                }
            }
            assert!(found > 0, "{engine:?}: {fault:?} is not found");
        }
    });
}
