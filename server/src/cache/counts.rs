//! What is counted of the cache (缓存指标).

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

type Label = [(&'static str, &'static str); 1];

/// What came of comparing an answer with a new execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// They are the same.
    Same,
    /// They are not: a fault.
    Different,
    /// Something was changed meanwhile, so they need not be.
    Undecided,
}

/// The counters of a cache.
#[derive(Debug, Clone)]
pub struct Counts {
    answers: Family<Label, Counter>,
    evicted: Family<Label, Counter>,
    overtaken: Counter,
    compared: Family<Label, Counter>,
    late: Counter,
    follow_seconds: Histogram,
    kept: Gauge<i64, AtomicI64>,
    bytes: Gauge<i64, AtomicI64>,
}

/// The upper ends of the buckets of the time that a change takes, in seconds.
const BUCKETS: [f64; 10] = [0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.001, 0.005, 0.025, 0.1];

impl Default for Counts {
    fn default() -> Self {
        Self {
            answers: Family::default(),
            evicted: Family::default(),
            overtaken: Counter::default(),
            compared: Family::default(),
            late: Counter::default(),
            follow_seconds: Histogram::new(BUCKETS),
            kept: Gauge::default(),
            bytes: Gauge::default(),
        }
    }
}

impl Counts {
    /// Makes them known.
    pub fn register(&self, to: &mut Registry) {
        to.register("cache_answers", "Answers by where they came from", self.answers.clone());
        to.register("cache_evicted", "Answers that left the cache, by reason", self.evicted.clone());
        to.register("cache_overtaken", "Answers that a change altered before they were kept", self.overtaken.clone());
        let compared = "Kept answers that were executed again, by outcome; different must be 0";
        to.register("cache_compared", compared, self.compared.clone());
        let seconds = "Time in which a change took away what it altered, in seconds";
        to.register("cache_follow_seconds", seconds, self.follow_seconds.clone());
        to.register("cache_late", "Deeds that were answered before the cache had passed them", self.late.clone());
        to.register("cache_entries", "Answers that are kept", self.kept.clone());
        to.register("cache_bytes", "What the kept answers take, about", self.bytes.clone());
        for outcome in [Compared::Same, Compared::Different] {
            drop(self.compared.get_or_create(&[("outcome", name(outcome))]));
        }
    }

    /// An answer was given: from where.
    pub fn answered(&self, state: &'static str) {
        self.answers.get_or_create(&[("state", state)]).inc();
    }

    /// A change has taken away so many, in this time.
    pub(super) fn evicted(&self, many: u64, took: Duration) {
        self.follow_seconds.observe(took.as_secs_f64());
        if many > 0 {
            self.evicted.get_or_create(&[("reason", "change")]).inc_by(many);
        }
    }

    pub(super) fn made_room(&self, many: u64) {
        if many > 0 {
            self.evicted.get_or_create(&[("reason", "room")]).inc_by(many);
        }
    }

    pub(super) fn overtaken(&self) {
        self.overtaken.inc();
    }

    pub(super) fn hold(&self, answers: usize, bytes: usize) {
        self.kept.set(i64::try_from(answers).unwrap_or(i64::MAX));
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// A deed was answered before the cache had passed it.
    pub fn late(&self) {
        self.late.inc();
    }

    /// A kept answer was compared with a new execution.
    pub fn compared(&self, outcome: Compared) {
        self.compared.get_or_create(&[("outcome", name(outcome))]).inc();
    }
}

fn name(outcome: Compared) -> &'static str {
    match outcome {
        Compared::Same => "same",
        Compared::Different => "different",
        Compared::Undecided => "undecided",
    }
}
