//! Time and randomness are handed in: the library never reads a clock or an entropy source by itself.

use std::sync::Mutex;
use std::time::Duration;

use uuid::{Builder, Uuid};

use crate::instant::Instant;

/// What tells the time and supplies randomness.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Instant;
    /// Sixteen random bytes.
    fn random(&self) -> [u8; 16];
    /// The time since some fixed moment, by a clock that nobody sets: for measuring how long a statement runs, never
    /// for an answer.
    fn elapsed(&self) -> Duration;
}

/// A clock that stands until it is set, with randomness from a seed: the same seed gives the same ids.
#[derive(Debug)]
pub struct SetClock {
    state: Mutex<(Instant, u64)>,
}

impl SetClock {
    /// A clock that stands at `now`.
    pub fn new(now: Instant, seed: u64) -> Self {
        Self { state: Mutex::new((now, seed)) }
    }

    /// Sets the clock; it may be set back.
    pub fn set(&self, now: Instant) {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0 = now;
    }

    /// One step of SplitMix64 (Steele, Lea, Flood 2014).
    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0
    }

    fn random(&self) -> [u8; 16] {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&Self::next(&mut state.1).to_be_bytes());
        bytes[8..].copy_from_slice(&Self::next(&mut state.1).to_be_bytes());
        bytes
    }

    /// Nothing: this clock stands, and what it measures takes no time.
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// A UUIDv7 (RFC 9562) from the clock's time and randomness.
pub(crate) fn new_uuid(clock: &dyn Clock) -> Uuid {
    let milliseconds = u64::try_from(clock.now().0 / 1000).unwrap_or(0);
    let random = clock.random();
    let mut tail = [0; 10];
    tail.copy_from_slice(&random[..10]);
    Builder::from_unix_timestamp_millis(milliseconds, &tail).into_uuid()
}
