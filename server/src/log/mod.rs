//! The log of the program (日志), on standard error.
//!
//! The line of a request waits a moment for others, because writing each by itself costs as much as some requests do. Everything
//! else is written at once, behind the lines that wait; what a killed program loses are lines of its last requests.

mod request;

use std::io::{self, IsTerminal as _, Stderr, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use crate::configuration::{Configuration, LogFormat};

/// What the lines of requests are written under.
pub const REQUEST: &str = "jiyue::request";

/// How long a line waits at most.
const WAIT: Duration = Duration::from_millis(20);
/// How many bytes wait at most.
const MOST: usize = 64 * 1024;

/// Writes the log from now on, until what it answers is dropped.
pub fn begin(configuration: &Configuration) -> Written {
    // The filter was checked with the configuration. Statements are the database's business: they are logged only
    // when they are slow, unless the filter names them itself.
    let filter = format!("sqlx=warn,sea_orm_migration=warn,{}", configuration.log);
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    let lines = Lines::to(io::stderr());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone());
    let begun = match configuration.log_format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => {
            let log = log.json().flatten_event(true).with_current_span(true).with_span_list(false);
            log.map_event_format(request::Quick).try_init()
        }
    };
    if begun.is_err() {
        eprintln!("jiyue: somebody else writes the log already");
    }
    Written(lines)
}

/// The log is whole when this is dropped.
pub struct Written(Lines<Stderr>);

impl Drop for Written {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Lines on their way to `W`.
struct Lines<W>(Arc<Shared<W>>);

struct Shared<W> {
    waiting: Mutex<Vec<u8>>,
    came: Condvar,
    /// Held while is written, so that lines keep their order.
    out: Mutex<W>,
}

impl<W> Clone for Lines<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<W: Write + Send + 'static> Lines<W> {
    fn to(out: W) -> Self {
        let lines = Self(Arc::new(Shared { waiting: Mutex::default(), came: Condvar::new(), out: Mutex::new(out) }));
        let others = lines.clone();
        // Without this thread, lines are written when there are many of them, and at the end.
        let started = std::thread::Builder::new().name("log".to_owned()).spawn(move || {
            loop {
                others.wait();
                std::thread::sleep(WAIT);
                others.flush();
            }
        });
        drop(started);
        lines
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until there is a line that waits.
    fn wait(&self) {
        let there_is_none = |waiting: &mut Vec<u8>| waiting.is_empty();
        drop(self.0.came.wait_while(self.waiting(), there_is_none).unwrap_or_else(PoisonError::into_inner));
    }

    fn add(&self, line: &[u8], may_wait: bool) {
        let mut waiting = self.waiting();
        let is_first = waiting.is_empty();
        waiting.extend_from_slice(line);
        let is_much = waiting.len() > MOST;
        drop(waiting);
        if is_much || !may_wait {
            self.flush();
        } else if is_first {
            self.0.came.notify_one();
        }
    }

    fn flush(&self) {
        let mut out = self.0.out.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = mem::take(&mut *self.waiting());
        // A log that cannot be written has nowhere to say so.
        let _ = out.write_all(&lines).and_then(|()| out.flush());
    }
}

impl<'a, W: Write + Send + 'static> MakeWriter<'a> for Lines<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Line<'a, W> {
        Line { lines: self, may_wait: false }
    }

    fn make_writer_for(&'a self, of: &Metadata<'_>) -> Line<'a, W> {
        Line { lines: self, may_wait: of.target() == REQUEST }
    }
}

/// Writes one line.
struct Line<'a, W> {
    lines: &'a Lines<W>,
    may_wait: bool,
}

impl<W: Write + Send + 'static> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.add(line, self.may_wait);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// What is written, and when.
    struct Told(mpsc::Sender<Vec<u8>>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines() -> (Lines<Told>, mpsc::Receiver<Vec<u8>>) {
        let (told, written) = mpsc::channel();
        (Lines::to(Told(told)), written)
    }

    #[test]
    fn a_line_that_waits_is_written_by_itself_soon() {
        let (lines, written) = lines();
        for text in [&b"one\n"[..], b"two\n"] {
            lines.add(text, true);
            assert_eq!(written.recv_timeout(Duration::from_secs(60)).expect("written"), text);
        }
    }

    #[test]
    fn what_may_not_wait_takes_along_what_waits_in_its_order() {
        let (lines, written) = lines();
        lines.add(b"one\n", true);
        lines.add(b"two\n", false);
        let all: Vec<u8> = written.try_iter().flatten().collect();
        assert_eq!(all, b"one\ntwo\n");
    }

    #[test]
    fn no_more_waits_than_may() {
        let (lines, written) = lines();
        for _ in 0..3 * MOST / 1000 {
            lines.add(&[b'x'; 1000], true);
            assert!(lines.waiting().len() <= MOST);
        }
        let mut came = 0;
        while came < 2 * MOST - 1000 {
            came += written.recv_timeout(Duration::from_secs(60)).expect("the rest is written").len();
        }
    }
}
