//! Reading a file line by line, plain or packed, with never more than one line in memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;

/// The longest line that is read.
const LONGEST: u64 = 16 * 1024 * 1024;

/// A line of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its text, without white space around it.
    Text(String),
    /// It cannot be read: the code and the reason.
    Broken(&'static str, &'static str),
}

/// The lines of a file that are not empty, with their numbers from 1.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
    longest: u64,
    passed: Arc<AtomicU64>,
}

/// A reader that tells how much was read.
struct Counted {
    file: File,
    passed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.passed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens a file; one whose name ends in `.gz` is unpacked while it is read. The number tells how many bytes of the file
/// were read.
pub(super) fn open(path: &Path) -> anyhow::Result<(Box<dyn BufRead + Send>, Arc<AtomicU64>)> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let passed = Arc::new(AtomicU64::new(0));
    let file = BufReader::with_capacity(64 * 1024, Counted { file, passed: passed.clone() });
    let packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    let reader: Box<dyn BufRead + Send> = match packed {
        true => Box::new(BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(file))),
        false => Box::new(file),
    };
    Ok((reader, passed))
}

impl Lines {
    /// The lines of a file, plain or packed.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let (reader, passed) = open(path)?;
        Ok(Self { reader, number: 0, longest: LONGEST, passed })
    }

    /// How many bytes of the file were read.
    pub(super) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// The next line with its number.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<(u64, Line)>> {
        loop {
            let mut bytes = Vec::new();
            let read = (&mut self.reader).take(self.longest).read_until(b'\n', &mut bytes);
            let read = read.with_context(|| format!("line {} cannot be read", self.number + 1))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if bytes.last() != Some(&b'\n') && read as u64 == self.longest {
                self.pass_over()?;
                return Ok(Some((self.number, Line::Broken("TOO_LONG", "the line is longer than 16 MiB"))));
            }
            let Ok(text) = std::str::from_utf8(&bytes) else {
                return Ok(Some((self.number, Line::Broken("NOT_UTF8", "the line is not UTF-8"))));
            };
            let text = text.trim_start_matches('\u{feff}').trim();
            if !text.is_empty() {
                return Ok(Some((self.number, Line::Text(text.to_owned()))));
            }
        }
    }

    /// Leaves out the rest of a line.
    fn pass_over(&mut self) -> anyhow::Result<()> {
        loop {
            let part = self.reader.fill_buf()?;
            if part.is_empty() {
                return Ok(());
            }
            let end = part.iter().position(|byte| *byte == b'\n');
            let passed = end.map_or(part.len(), |end| end + 1);
            self.reader.consume(passed);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &'static [u8], longest: u64) -> Vec<(u64, Line)> {
        let mut lines =
            Lines { reader: Box::new(BufReader::with_capacity(4, bytes)), number: 0, longest, passed: Arc::default() };
        std::iter::from_fn(|| lines.next().expect("it can be read")).collect()
    }

    #[test]
    fn a_broken_line_does_not_hide_the_next() {
        let found = lines(b"\xef\xbb\xbf{}\r\n\n\xff\n0123456789abc\n[1]", 10);
        assert_eq!(found[0], (1, Line::Text("{}".to_owned())));
        assert_eq!(found[1], (3, Line::Broken("NOT_UTF8", "the line is not UTF-8")));
        assert_eq!(found[2], (4, Line::Broken("TOO_LONG", "the line is longer than 16 MiB")));
        assert_eq!(found[3], (5, Line::Text("[1]".to_owned())));
        assert_eq!(found.len(), 4);
    }
}
