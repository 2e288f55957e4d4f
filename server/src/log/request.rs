//! The line of a request as JSON, written by hand: beside an answer from the cache, the general way costs as much as the answer.
//! Other lines go the general way.

use std::fmt::{self, Debug, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::REQUEST;

/// How long a line mostly is, in bytes.
const MOSTLY: usize = 512;

/// Writes the lines of requests, and has all others written by `F`.
pub struct Quick<F>(pub F);

impl<S, N, F> FormatEvent<S, N> for Quick<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        if metadata.target() != REQUEST {
            return self.0.format_event(context, writer, event);
        }
        let mut line = String::with_capacity(MOSTLY);
        line.push_str("{\"timestamp\":\"");
        SystemTime.format_time(&mut Writer::new(&mut line))?;
        line.push_str("\",\"level\":\"");
        line.push_str(metadata.level().as_str());
        line.push('"');
        event.record(&mut Members(&mut line));
        line.push_str(",\"target\":\"");
        line.push_str(REQUEST);
        line.push_str("\"}\n");
        writer.write_str(&line)
    }
}

/// Writes fields as members of an object. A text that holds them all cannot fail.
struct Members<'a>(&'a mut String);

impl Members<'_> {
    fn name(&mut self, field: &Field) -> &mut String {
        self.0.push_str(",\"");
        self.0.push_str(field.name());
        self.0.push_str("\":");
        self.0
    }

    fn number(&mut self, field: &Field, number: impl fmt::Display) {
        let _ = write!(self.name(field), "{number}");
    }
}

impl Visit for Members<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let line = self.name(field);
        if value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            line.push('"');
            line.push_str(value);
            line.push('"');
        } else {
            line.push_str(&serde_json::Value::from(value).to_string());
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.number(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() { self.number(field, value) } else { self.number(field, "null") }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("sound").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn it_says_what_the_general_way_says() {
        let (quick, general) = (Kept::default(), Kept::default());
        let (of_quick, of_general) = (quick.clone(), general.clone());
        let log = || tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false);
        let one = log().map_event_format(Quick).with_writer(move || of_quick.clone()).finish();
        let other = log().with_writer(move || of_general.clone()).finish();
        let tell = || {
            for text in ["plain", "标题 \"x\"\\\n\u{1}"] {
                tracing::info!(
                    target: REQUEST, id = text, count = 7_u64, less = -7_i64, whole = true, time = 0.25_f64,
                    nothing = None::<u64>, odd = f64::NAN, network = tracing::field::display(text), "request"
                );
            }
            tracing::warn!(target: "elsewhere", id = "x", "not a request");
        };
        tracing::subscriber::with_default(one, tell);
        tracing::subscriber::with_default(other, tell);
        let read = |kept: &Kept| -> Vec<Value> {
            let text = String::from_utf8(kept.0.lock().expect("sound").clone()).expect("text");
            let without_time = |line: &str| {
                let mut line: Value = serde_json::from_str(line).expect(line);
                assert_eq!(line["timestamp"].take().as_str().map(str::len), Some("2026-11-30T01:02:03.123456Z".len()));
                line
            };
            text.lines().map(without_time).collect()
        };
        assert_eq!(read(&quick), read(&general));
        assert_eq!(read(&quick).len(), 3);
    }
}
