//! What an import must remember of the whole file: which records it had, and which links still wait for their end.
//!
//! It lies on disk, so that memory stays flat however long the file is.

use library::Result;
use library::content::DocumentNumber;
use library::database::Scratch;

/// The memory of one import.
pub(super) struct Ledger(Scratch);

/// Links that wait: the field, and the key of what it waits for.
pub(super) type Waits = Vec<(String, String)>;

/// Keeps parts of keys apart.
const GAP: char = '\u{1f}';

/// What a link may wait for: a content of this origin.
pub(super) fn origin_key(system: &str, id: &str) -> String {
    format!("o{GAP}{system}{GAP}{id}")
}

/// What a link may wait for: a policy with this number.
pub(super) fn number_key(folded: &str) -> String {
    format!("n{GAP}{folded}")
}

impl Ledger {
    pub fn new() -> Result<Self> {
        Ok(Self(Scratch::new()?))
    }

    /// The line and the hash of the record of this origin that was taken.
    pub fn taken(&self, (system, id): &(String, String)) -> Result<Option<(u64, String)>> {
        let value = self.0.get(&origin_key(system, id))?;
        Ok(value.and_then(|value| {
            let (line, hash) = value.split_once(' ')?;
            Some((line.parse().ok()?, hash.to_owned()))
        }))
    }

    /// The file has a record of this origin, be it one that cannot be taken.
    pub fn saw(&mut self, (system, id): &(String, String)) -> Result<()> {
        let key = origin_key(system, id);
        if self.0.get(&key)?.is_none() {
            self.0.put(&key, "")?;
            self.0.put(&format!("s{GAP}{system}"), "")?;
        }
        Ok(())
    }

    /// The record of this origin in this line is taken.
    pub fn take(&mut self, (system, id): &(String, String), line: u64, hash: &str) -> Result<()> {
        self.0.put(&format!("s{GAP}{system}"), "")?;
        self.0.put(&origin_key(system, id), &format!("{line} {hash}"))
    }

    /// A policy with this number is taken.
    pub fn take_number(&mut self, number: &str) -> Result<()> {
        self.0.put(&number_key(&DocumentNumber::fold(number)), "")
    }

    /// The line whose record has this old path.
    pub fn path(&self, path: &str) -> Result<Option<u64>> {
        Ok(self.0.get(&format!("p{GAP}{path}"))?.and_then(|line| line.parse().ok()))
    }

    /// The record in this line has this old path.
    pub fn take_path(&mut self, path: &str, line: u64) -> Result<()> {
        self.0.put(&format!("p{GAP}{path}"), &line.to_string())
    }

    /// Whether something is in the file that a link may wait for.
    pub fn has(&self, key: &str) -> Result<bool> {
        Ok(self.0.get(key)?.is_some())
    }

    /// A record's links wait for these.
    pub fn wait(&mut self, line: u64, fields: &Waits) -> Result<()> {
        let fields: Vec<String> = fields.iter().map(|(field, key)| format!("{field}\u{1e}{key}")).collect();
        self.0.put(&format!("w{GAP}{line:020}"), &fields.join("\u{1d}"))
    }

    /// Whether the links of the record in this line wait.
    pub fn waits(&self, line: u64) -> Result<bool> {
        self.has(&format!("w{GAP}{line:020}"))
    }

    /// The first line after `line` whose links wait: with the field and what it waits for, of each.
    pub fn next_waiting(&self, line: u64) -> Result<Option<(u64, Waits)>> {
        let prefix = format!("w{GAP}");
        let Some((key, value)) = self.0.next(&format!("{prefix}{line:020}"))? else { return Ok(None) };
        let Some(line) = key.strip_prefix(&prefix).and_then(|line| line.parse().ok()) else { return Ok(None) };
        let field = |field: &str| field.split_once('\u{1e}').map(|(field, key)| (field.to_owned(), key.to_owned()));
        Ok(Some((line, value.split('\u{1d}').filter_map(field).collect())))
    }

    /// The first system after `system` of which the file has records.
    pub fn next_system(&self, system: &str) -> Result<Option<String>> {
        let prefix = format!("s{GAP}");
        let next = self.0.next(&format!("{prefix}{system}"))?;
        Ok(next.and_then(|(key, _)| key.strip_prefix(&prefix).map(str::to_owned)))
    }
}
