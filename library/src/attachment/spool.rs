//! Files on their way into the library: written to a folder of this machine piece by piece, never whole in memory.
//!
//! What is needed of the bytes later (their SHA-256, the first of them, whether they are text) is found out while they
//! pass. This file knows no rule about what is taken.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::sniff::HEAD;
use crate::Library;
use crate::refusal::{Error, Result};

/// How files are uploaded: where they lie on their way, how large they may be, and how long what nobody uses is kept.
#[derive(Debug, Clone)]
pub struct Uploads {
    /// The folder of files on their way; it must be on this machine, and is this library's alone.
    pub folder: PathBuf,
    /// The most bytes of a file that comes with its mutation.
    pub most_bytes: u64,
    /// The most bytes of a file that comes in pieces.
    pub most_resumable_bytes: u64,
    /// The most bytes of all files of an account together.
    pub quota_bytes: u64,
    /// How long a file is kept that nothing uses.
    pub grace: Duration,
}

impl Default for Uploads {
    fn default() -> Self {
        Self::in_folder(std::env::temp_dir().join("jiyue-spool"))
    }
}

impl Uploads {
    /// The usual bounds, with a folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            most_bytes: 20 << 20,
            most_resumable_bytes: 2000 << 20,
            quota_bytes: 20 << 30,
            grace: Duration::from_secs(7 * 24 * 3600),
        }
    }

    /// Where files lie that come with their mutation.
    fn passing(&self) -> PathBuf {
        self.folder.join("passing")
    }

    /// Where files lie that come in pieces.
    pub(super) fn resumable(&self) -> PathBuf {
        self.folder.join("resumable")
    }
}

/// What this machine's own files did not do.
pub(super) fn fault(error: io::Error) -> Error {
    Error::Files(object_store::Error::Generic { store: "spool", source: Box::new(error) })
}

/// A file that is removed when nobody holds it any more.
#[derive(Debug)]
struct Scrap(PathBuf);

impl Drop for Scrap {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a file on its way could not be removed; the next start does it");
        }
    }
}

/// What is known of bytes that have passed.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub size: u64,
    pub sha256: String,
    /// The first of them.
    pub head: Vec<u8>,
    /// Whether all of them are UTF-8.
    pub is_text: bool,
}

/// Finds out what is to be known of bytes while they pass.
#[derive(Default)]
pub(super) struct Watcher {
    size: u64,
    hash: Sha256,
    head: Vec<u8>,
    /// The beginning of a character whose rest has not come yet.
    open: Vec<u8>,
    is_binary: bool,
}

impl Watcher {
    pub fn pass(&mut self, piece: &[u8]) {
        self.size += piece.len() as u64;
        self.hash.update(piece);
        let missing = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        if self.is_binary {
            return;
        }
        let joined;
        let piece = match self.open.is_empty() {
            true => piece,
            false => {
                joined = [&self.open[..], piece].concat();
                &joined
            }
        };
        match std::str::from_utf8(piece) {
            Ok(_) => self.open.clear(),
            Err(error) if error.error_len().is_none() => self.open = piece[error.valid_up_to()..].to_vec(),
            Err(_) => self.is_binary = true,
        }
    }

    pub fn known(self) -> Known {
        Known {
            size: self.size,
            sha256: self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
            head: self.head,
            is_text: !self.is_binary && self.open.is_empty(),
        }
    }

    /// What is known of bytes in memory.
    pub fn of(bytes: &[u8]) -> Known {
        let mut watcher = Self::default();
        watcher.pass(bytes);
        watcher.known()
    }

    /// What is known of a file of this machine.
    pub async fn of_file(path: &Path) -> Result<Known> {
        let mut file = File::open(path).await.map_err(fault)?;
        let mut watcher = Self::default();
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece).await.map_err(fault)? {
                0 => return Ok(watcher.known()),
                read => watcher.pass(&piece[..read]),
            }
        }
    }
}

/// How much of a file is read at once.
pub(super) const PIECE: usize = 256 << 10;

/// A file that is being written.
pub struct Spool {
    name: String,
    file: File,
    scrap: Scrap,
    watcher: Watcher,
}

/// A file that has come whole; it is removed when nobody holds it any more.
#[derive(Debug)]
pub struct Spooled {
    name: String,
    scrap: Scrap,
    pub(super) known: Known,
}

impl Library {
    /// Begins to take in a file that its sender calls `name`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn spool(&self, name: &str) -> Result<Spool> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let folder = self.uploads().passing();
        tokio::fs::create_dir_all(&folder).await.map_err(fault)?;
        let scrap = Scrap(folder.join(format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))));
        let file = File::create(&scrap.0).await.map_err(fault)?;
        Ok(Spool { name: name.to_owned(), file, scrap, watcher: Watcher::default() })
    }

    /// Removes what uploads left behind that were broken off with the program: at its start, before anybody uploads.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn clean_spool(&self) -> Result<()> {
        match tokio::fs::remove_dir_all(self.uploads().passing()).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault(error)),
            _ => Ok(()),
        }
    }
}

impl Spool {
    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.watcher.size
    }

    /// Writes the next piece.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.watcher.pass(piece);
        self.file.write_all(piece).await.map_err(fault)
    }

    /// The file, which is whole now.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn finish(mut self) -> Result<Spooled> {
        self.file.flush().await.map_err(fault)?;
        Ok(Spooled { name: self.name, scrap: self.scrap, known: self.watcher.known() })
    }
}

impl Spooled {
    /// What its sender calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.known.sha256
    }

    pub(super) fn path(&self) -> &Path {
        &self.scrap.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_wherever_it_is_cut() {
        let text = "正文 body".as_bytes();
        for at in 0..=text.len() {
            let mut watcher = Watcher::default();
            watcher.pass(&text[..at]);
            watcher.pass(&text[at..]);
            let known = watcher.known();
            assert!(known.is_text, "cut at {at}");
            assert_eq!(known.sha256, Watcher::of(text).sha256);
            assert_eq!(known.head, text);
        }
        for bytes in [&text[..1], &text[1..], b"a\xff", b"\xff"] {
            assert!(!Watcher::of(bytes).is_text, "{bytes:?}");
        }
        assert_eq!(Watcher::of(&[7; 10_000]).head.len(), HEAD);
    }
}
