//! A finished answer: its bytes, the same compressed, and what it depended on.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use library::operation::Counter;
use sha2::{Digest as _, Sha256};

use super::marks::Marks;

/// What an answer takes beside what is in it: its places in maps and lists, about.
const OVERHEAD: usize = 600;

/// A way in which an answer is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
}

impl Coding {
    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// A finished answer.
#[derive(Debug)]
pub struct Answer {
    /// The body as it was written.
    pub body: Bytes,
    /// The name of its operation.
    pub name: String,
    /// How long its execution took.
    pub cost: Duration,
    marks: Marks,
    counter: Option<Counter>,
    tag: OnceLock<String>,
    keys: OnceLock<Option<String>>,
    compressed: [OnceLock<Bytes>; 3],
    /// When it was asked for last, in milliseconds of the cache's own time.
    used: AtomicU64,
}

impl Answer {
    /// An answer that was made now.
    pub fn new(body: Bytes, name: String, cost: Duration, marks: Marks) -> Self {
        Self {
            body,
            name,
            cost,
            marks,
            counter: None,
            tag: OnceLock::new(),
            keys: OnceLock::new(),
            compressed: [const { OnceLock::new() }; 3],
            used: AtomicU64::new(0),
        }
    }

    /// The same, which tells when it is asked for.
    #[must_use]
    pub fn counting(self, counter: Option<Counter>) -> Self {
        Self { counter, ..self }
    }

    /// It was asked for by who was not told of before.
    pub fn asked(&self) {
        if let Some(counter) = &self.counter {
            counter.count();
        }
    }

    /// What it depended on.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Its strong tag, without quotes: the beginning of a digest of its bytes.
    pub fn tag(&self) -> &str {
        self.tag.get_or_init(|| {
            Sha256::digest(&self.body)[..16].iter().fold(String::with_capacity(32), |mut tag, byte| {
                let _ = write!(tag, "{byte:02x}");
                tag
            })
        })
    }

    /// By what other caches know what it depends on; nothing if that cannot be said.
    pub fn keys(&self) -> Option<&str> {
        self.keys.get_or_init(|| super::surrogate::of(&self.marks)).as_deref()
    }

    /// The body in a coding, if it was asked for so before.
    pub fn compressed(&self, coding: Coding) -> Option<Bytes> {
        self.compressed[coding as usize].get().cloned()
    }

    /// Keeps the body in a coding; how many bytes more it takes.
    pub fn keep_compressed(&self, coding: Coding, body: Bytes) -> usize {
        let more = body.len();
        if self.compressed[coding as usize].set(body).is_ok() { more } else { 0 }
    }

    /// It was asked for at this moment.
    pub fn touch(&self, now: u64) {
        self.used.store(now, Ordering::Relaxed);
    }

    /// How little is lost with it at this moment: the longer unused, the larger and the cheaper to make, the less.
    pub fn worth(&self, now: u64) -> f64 {
        let unused = now.saturating_sub(self.used.load(Ordering::Relaxed)) + 1;
        (self.cost.as_secs_f64() + 1e-4) / (self.bytes() as f64 * unused as f64)
    }

    /// What it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let compressed: usize = self.compressed.iter().filter_map(OnceLock::get).map(Bytes::len).sum();
        self.body.len() + compressed + self.marks.bytes() + OVERHEAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_lately_costs_much_and_is_small_is_worth_most() {
        let of = |bytes: usize, micros: u64, used: u64| {
            let body = Bytes::from(vec![b'x'; bytes]);
            let answer = Answer::new(body, String::new(), Duration::from_micros(micros), Marks::default());
            answer.touch(used);
            answer.worth(1000)
        };
        let worth = of(10_000, 2000, 900);
        assert!(of(10_000, 2000, 990) > worth && of(10_000, 2000, 100) < worth);
        assert!(of(10_000, 9000, 900) > worth && of(90_000, 2000, 900) < worth);
    }

    #[test]
    fn a_form_is_kept_once() {
        let answer = Answer::new(Bytes::from_static(b"body"), String::new(), Duration::ZERO, Marks::default());
        assert_eq!(answer.compressed(Coding::Zstd), None);
        assert_eq!(answer.keep_compressed(Coding::Zstd, Bytes::from_static(b"z")), 1);
        assert_eq!(answer.keep_compressed(Coding::Zstd, Bytes::from_static(b"zz")), 0);
        assert_eq!(answer.compressed(Coding::Zstd).as_deref(), Some(&b"z"[..]));
        assert_eq!(answer.tag().len(), 32);
    }
}
