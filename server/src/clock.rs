//! The clock of the real world: the one place where the program reads the time and the system's randomness.

use std::sync::OnceLock;
use std::time::Duration;

use library::{Clock, Instant};

/// Tells the system's time and hands out the system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "everybody else gets the time from here")]
    fn now(&self) -> Instant {
        Instant(chrono::Utc::now().timestamp_micros())
    }

    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        if let Err(error) = getrandom::fill(&mut bytes) {
            // Going on would hand out ids that can be guessed or that meet.
            panic!("the operating system gives no randomness: {error}");
        }
        bytes
    }

    fn elapsed(&self) -> Duration {
        static BEGAN: OnceLock<std::time::Instant> = OnceLock::new();
        BEGAN.get_or_init(std::time::Instant::now).elapsed()
    }
}
