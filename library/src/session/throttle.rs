//! Who has to wait after failed attempts: by name and address, longer each time, in the memory of this node.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};

/// So many attempts may fail before the first delay: people mistype.
const FREE: u32 = 3;
/// The first delay, in microseconds; each further failure doubles it.
const FIRST: i64 = 1_000_000;
/// The longest delay. After as long without a failure all is forgotten.
const LONGEST: i64 = 15 * 60 * 1_000_000;
/// The most pairs of name and address that are remembered; those that failed longest ago go.
const MOST: usize = 10_000;

/// The failed attempts of late.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<HashMap<(String, String), Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// Until when nothing is tried.
    fn until(self) -> i64 {
        let over = self.count.saturating_sub(FREE);
        if over == 0 {
            return self.last.0;
        }
        self.last.0 + FIRST.saturating_mul(1 << (over - 1).min(20)).min(LONGEST)
    }
}

impl Throttle {
    fn failures(&self) -> MutexGuard<'_, HashMap<(String, String), Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses an attempt before its time; it is not looked at, whether it would be right or wrong.
    pub(crate) fn require(&self, name: &str, from: &str, now: Instant) -> Result<()> {
        let found = self.failures().get(&key(name, from)).copied();
        let wait = found.map_or(0, |failures| failures.until() - now.0);
        if wait <= 0 {
            return Ok(());
        }
        let seconds = (wait + 999_999) / 1_000_000;
        let refusal = Refusal::new(RefusalCode::NotAllowed, "", "失败次数过多，请稍后再试", "too many failed attempts");
        Err(refusal.hinting(format!("请在{seconds}秒后再试"), format!("try again in {seconds} s")).into())
    }

    /// An attempt failed.
    pub(crate) fn failed(&self, name: &str, from: &str, now: Instant) {
        let mut failures = self.failures();
        if failures.len() >= MOST {
            failures.retain(|_, known| now.0 - known.last.0 < LONGEST);
            let oldest = failures.iter().min_by_key(|(_, known)| known.last).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest.filter(|_| failures.len() >= MOST) {
                failures.remove(&oldest);
            }
        }
        let known = failures.entry(key(name, from)).or_insert(Failures { count: 0, last: now });
        if now.0 - known.last.0 >= LONGEST {
            known.count = 0;
        }
        *known = Failures { count: known.count + 1, last: now };
    }

    /// An attempt succeeded.
    pub(crate) fn forget(&self, name: &str, from: &str) {
        self.failures().remove(&key(name, from));
    }
}

/// Names are typed by anybody and of any length.
fn key(name: &str, from: &str) -> (String, String) {
    (name.chars().take(64).collect(), from.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds to wait after so many failures.
    fn waits(failures: u32) -> i64 {
        let throttle = Throttle::default();
        for _ in 0..failures {
            throttle.failed("a", "x", Instant(0));
        }
        (0..2_000).find(|seconds| throttle.require("a", "x", Instant(seconds * 1_000_000)).is_ok()).unwrap_or(-1)
    }

    #[test]
    fn the_delay_grows_and_ends() {
        let all: Vec<_> = [0, 3, 4, 5, 6, 10, 13, 14, 100].into_iter().map(waits).collect();
        assert_eq!(all, [0, 0, 1, 2, 4, 64, 512, 900, 900]);
    }

    #[test]
    fn others_do_not_wait_and_success_forgets() {
        let throttle = Throttle::default();
        for _ in 0..9 {
            throttle.failed("a", "x", Instant(0));
        }
        assert!(throttle.require("a", "x", Instant(0)).is_err());
        assert!(throttle.require("a", "y", Instant(0)).is_ok() && throttle.require("b", "x", Instant(0)).is_ok());
        throttle.forget("a", "x");
        assert!(throttle.require("a", "x", Instant(0)).is_ok());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let throttle = Throttle::default();
        for at in 0..MOST + 50 {
            throttle.failed(&at.to_string(), "x", Instant(at as i64));
        }
        assert_eq!(throttle.failures().len(), MOST);
        assert!(throttle.failures().contains_key(&key(&(MOST + 49).to_string(), "x")), "the newest is there");
    }
}
