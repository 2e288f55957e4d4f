//! A list in a folder: one record a line, hashed while it is written and looked at before it is believed.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read, Write as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use sha2::{Digest, Sha256};

use super::manifest::Listed;

/// The longest line: a body has at most two million characters.
const LONGEST: u64 = 64 << 20;

/// Writes a list.
pub(super) struct ListWriter {
    file: BufWriter<File>,
    hash: Sha256,
    listed: Listed,
}

impl ListWriter {
    /// Begins a list in a folder.
    pub fn create(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let file = File::create_new(folder.join(format!("{name}.jsonl")))
            .with_context(|| format!("the list {name} cannot be written"))?;
        let listed = Listed { name: name.to_owned(), records: 0, bytes: 0, sha256: String::new() };
        Ok(Self { file: BufWriter::new(file), hash: Sha256::new(), listed })
    }

    /// Adds a record.
    pub fn add(&mut self, line: &str) -> anyhow::Result<()> {
        for part in [line.as_bytes(), b"\n"] {
            self.file.write_all(part).with_context(|| format!("the list {} cannot be written", self.listed.name))?;
            self.hash.update(part);
            self.listed.bytes += part.len() as u64;
        }
        self.listed.records += 1;
        Ok(())
    }

    /// How many records it has.
    pub fn records(&self) -> u64 {
        self.listed.records
    }

    /// Ends it, and says what it is.
    pub fn end(self) -> anyhow::Result<Listed> {
        let file = self.file.into_inner().context("a list cannot be written")?;
        file.sync_all().context("a list cannot be written")?;
        Ok(Listed { sha256: hexadecimal(self.hash), ..self.listed })
    }
}

/// Reads a list line by line.
pub(super) struct ListReader {
    file: BufReader<File>,
    name: String,
}

impl ListReader {
    /// Opens a list of a folder.
    pub fn open(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let file = File::open(folder.join(format!("{name}.jsonl")))
            .with_context(|| format!("{name}.jsonl is missing or cannot be read"))?;
        Ok(Self { file: BufReader::new(file), name: name.to_owned() })
    }

    /// The next lines, at most `most`; none at the end.
    pub fn next(&mut self, most: usize) -> anyhow::Result<Vec<String>> {
        let mut lines = Vec::new();
        while lines.len() < most {
            let mut line = Vec::new();
            let read = (&mut self.file)
                .take(LONGEST)
                .read_until(b'\n', &mut line)
                .with_context(|| format!("{}.jsonl cannot be read", self.name))?;
            if read == 0 {
                break;
            }
            ensure!(line.pop() == Some(b'\n'), "{}.jsonl has a line that is too long or does not end", self.name);
            lines.push(String::from_utf8(line).with_context(|| format!("{}.jsonl is not UTF-8", self.name))?);
        }
        Ok(lines)
    }
}

/// Sees that a list is what the manifest says.
pub(super) fn verify(folder: &Path, listed: &Listed) -> anyhow::Result<()> {
    let name = &listed.name;
    let (sha256, bytes) = hash_of(&folder.join(format!("{name}.jsonl")))
        .with_context(|| format!("{name}.jsonl is missing or cannot be read"))?;
    ensure!(
        sha256 == listed.sha256 && bytes == listed.bytes,
        "{name}.jsonl is not what the manifest says: its SHA-256 is {sha256}; copy the export again"
    );
    Ok(())
}

/// The SHA-256 of a file and its size.
pub(super) fn hash_of(path: &Path) -> std::io::Result<(String, u64)> {
    let (mut file, mut hash, mut size) = (File::open(path)?, Sha256::new(), 0);
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((hexadecimal(hash), size));
        }
        hash.update(&piece[..read]);
        size += read as u64;
    }
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
