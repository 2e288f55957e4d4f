//! A site in a folder (站点导出): a manifest, a list of records for each noun, and the bytes of files.
//!
//! What the records are is the library's business ([`library::transfer`]); here they get their files, their hashes and
//! their order. The format is described in `docs/export.md`; its version goes up when an older program would misread it.

mod list;
mod manifest;
mod read;
mod write;

use std::path::{Path, PathBuf};

pub use read::{RestoreReport, restore};
pub use write::{ExportReport, export};

/// The file in which the bytes with this SHA-256 lie.
fn bytes_in(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(FILES).join(&sha256[..2]).join(sha256)
}

/// The folder of the bytes of files.
const FILES: &str = "files";

/// A refusal in the words of who runs the program; faults as they are.
fn plain(error: library::Error) -> anyhow::Error {
    match error {
        library::Error::Refused(refusal) if refusal.path.is_empty() => anyhow::anyhow!("{}", refusal.english),
        library::Error::Refused(refusal) => anyhow::anyhow!("{}: {}", refusal.path.join(": "), refusal.english),
        fault => fault.into(),
    }
}
