//! How far an import is, for people: one line that is written over on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use library::Clock as _;

use crate::clock::SystemClock;

/// How often the line on a terminal is written anew.
const GLANCE: Duration = Duration::from_millis(200);

/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

/// How many characters the bar has.
const WIDTH: usize = 24;

/// How far an import is.
pub(super) struct Progress {
    terminal: bool,
    begun: Duration,
    shown: Duration,
    /// The size of the file.
    of: u64,
    what: &'static str,
    /// Whether a line stands on the terminal that is not ended.
    open: bool,
}

impl Progress {
    /// Nothing is done yet.
    pub fn new() -> Self {
        let now = SystemClock.elapsed();
        let terminal = std::io::stderr().is_terminal();
        Self { terminal, begun: now, shown: now, of: 0, what: "", open: false }
    }

    /// A run through a file of so many bytes begins.
    pub fn begin(&mut self, what: &'static str, of: u64) {
        let now = SystemClock.elapsed();
        (self.begun, self.shown, self.of, self.what) = (now, now, of, what);
    }

    /// So much was read.
    pub fn read(&mut self, records: u64, bytes: u64) {
        let now = SystemClock.elapsed();
        if now.saturating_sub(self.shown) < if self.terminal { GLANCE } else { LINE } {
            return;
        }
        self.shown = now;
        let line = line(self.what, records, bytes, self.of, now.saturating_sub(self.begun));
        if self.terminal {
            eprint!("\r\x1b[K{} {line}", bar(bytes, self.of));
            let _ = std::io::stderr().flush();
            self.open = true;
        } else {
            eprintln!("{line}");
        }
    }

    /// Makes room for a line of another's.
    pub fn clear(&mut self) {
        if self.open {
            eprint!("\r\x1b[K");
            self.open = false;
        }
    }
}

fn bar(bytes: u64, of: u64) -> String {
    let done = (bytes.min(of) as f64 / of.max(1) as f64 * WIDTH as f64) as usize;
    format!("[{}{}]", "#".repeat(done), "-".repeat(WIDTH - done))
}

/// Records, rate and the time that is left, by the bytes that are.
fn line(what: &str, records: u64, bytes: u64, of: u64, passed: Duration) -> String {
    let seconds = passed.as_secs_f64().max(1e-3);
    let rate = records as f64 / seconds;
    let mut line = format!("{what}: {records} records, {rate:.0} a second");
    if (1..of).contains(&bytes) {
        let left = seconds * (of - bytes) as f64 / bytes as f64;
        line += &format!(", {} % read, {} left", bytes * 100 / of, time(left));
    }
    line
}

fn time(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_goes_by_bytes() {
        let said = line("writing", 2_000, 250, 1_000, Duration::from_secs(2));
        assert_eq!(said, "writing: 2000 records, 1000 a second, 25 % read, 6 s left");
        assert_eq!(line("writing", 10, 1_000, 1_000, Duration::from_secs(1)), "writing: 10 records, 10 a second");
        assert_eq!((time(61.0), time(7_260.0)), ("1 min 1 s".to_owned(), "2 h 1 min".to_owned()));
        assert_eq!(bar(1, 2), "[############------------]");
    }
}
