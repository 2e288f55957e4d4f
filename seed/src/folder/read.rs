//! Restoring a site from a folder: everything is looked at first, then written by deeds, what is there already left out.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use library::changes::KeyKind;
use library::id::SiteId;
use library::transfer::{Noun, Restored, StoredFile};
use library::{Caller, Library};
use serde::Deserialize;

use super::list::{ListReader, hash_of, verify};
use super::manifest::Manifest;
use super::{FILES, bytes_in, plain};

/// What was restored.
#[derive(Debug)]
pub struct RestoreReport {
    /// The code of the site.
    pub site: String,
    /// What became of each list.
    pub lists: Vec<(&'static str, Restored)>,
    /// How many files the store did not have.
    pub files: u64,
}

/// How many lines of the list of files are looked at together.
const FILES_AT_ONCE: usize = 1_000;

/// Restores the site in the folder `from`. `hear` is told the list that is worked on and how many of its records are
/// done. Interrupted, it goes on where it was when it is called again.
///
/// # Errors
/// When something of the export is missing, is not what the manifest says or is of another version: then nothing was
/// written. When the library refuses a record, because it holds another one in its place: then the records before it
/// are written.
pub async fn restore(
    library: &Library,
    from: &Path,
    hear: &mut (dyn FnMut(&str, u64) + Send),
) -> anyhow::Result<RestoreReport> {
    let manifest = Manifest::read(from)?;
    for listed in &manifest.lists {
        verify(from, listed)?;
    }
    verify_files(from)?;
    sites_are_free(library, from)?;

    let caller = Caller::program("import");
    let mut report = RestoreReport { site: manifest.site.code, lists: Vec::new(), files: 0 };
    report.files = restore_files(library, from, hear).await?;
    for noun in Noun::ALL {
        let name: &'static str = noun.into();
        let mut list = ListReader::open(from, name)?;
        let mut sum = Restored::default();
        loop {
            let records = list.next(noun.batch())?;
            if records.is_empty() {
                break;
            }
            let done = library.restore(&caller, noun, &records).await.map_err(plain);
            let done = done.with_context(|| format!("{name}.jsonl"))?;
            sum.written += done.written;
            sum.known += done.known;
            hear(name, sum.written + sum.known);
        }
        report.lists.push((name, sum));
    }
    Ok(report)
}

/// A line of the list of files.
#[derive(Deserialize)]
struct FileLine {
    sha256: String,
    size: u64,
}

/// The next files of the list; none at the end.
fn next_files(list: &mut ListReader) -> anyhow::Result<Vec<StoredFile>> {
    let lines = list.next(FILES_AT_ONCE)?;
    let file = |line: &String| -> anyhow::Result<StoredFile> {
        let line: FileLine = serde_json::from_str(line).context("files.jsonl is damaged")?;
        StoredFile::new(&line.sha256, line.size).map_err(plain).context("files.jsonl is damaged")
    };
    lines.iter().map(file).collect()
}

/// Sees that the bytes of every file are there.
fn verify_files(from: &Path) -> anyhow::Result<()> {
    let mut list = ListReader::open(from, FILES)?;
    loop {
        let files = next_files(&mut list)?;
        if files.is_empty() {
            return Ok(());
        }
        for file in files {
            let name = file.sha256();
            let found = hash_of(&bytes_in(from, name));
            let (sha256, size) = found.with_context(|| format!("the file {name} is missing or cannot be read"))?;
            ensure!(
                sha256 == name && size == file.size(),
                "the file {name} holds other bytes than its name says: copy the export again"
            );
        }
    }
}

/// Refuses an export one of whose sites cannot be restored because another has its code or a host of it: the usual
/// mistake, found before anything is written.
fn sites_are_free(library: &Library, from: &Path) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct SiteLine {
        id: SiteId,
        code: String,
        hosts: Vec<String>,
    }
    let directory = library.directory();
    let mut list = ListReader::open(from, Noun::Sites.into())?;
    loop {
        let lines = list.next(Noun::Sites.batch())?;
        if lines.is_empty() {
            return Ok(());
        }
        for line in lines {
            let site: SiteLine = serde_json::from_str(&line).context("sites.jsonl is damaged")?;
            let codes = [(KeyKind::SiteCode, &site.code)];
            let hosts = site.hosts.iter().map(|host| (KeyKind::Host, host));
            for (kind, key) in codes.into_iter().chain(hosts) {
                if directory.sites.by_key(kind, key).is_some_and(|known| known.id != site.id) {
                    let noun = if kind == KeyKind::Host { "host" } else { "code" };
                    bail!("the library holds another site with the {noun} {key}: nothing was written");
                }
            }
        }
    }
}

/// Puts the bytes of files into the store where it does not have them.
async fn restore_files(
    library: &Library,
    from: &Path,
    hear: &mut (dyn FnMut(&str, u64) + Send),
) -> anyhow::Result<u64> {
    let mut list = ListReader::open(from, FILES)?;
    let (mut seen, mut written) = (0, 0);
    loop {
        let files = next_files(&mut list)?;
        if files.is_empty() {
            return Ok(written);
        }
        for file in files {
            seen += 1;
            if !library.has_file(&file).await.map_err(plain)? {
                let bytes = std::fs::File::open(bytes_in(from, file.sha256())).context("a file cannot be read")?;
                library.restore_file(&file, Box::pin(futures::stream::iter(Pieces(bytes)))).await.map_err(plain)?;
                written += 1;
            }
            hear(FILES, seen);
        }
    }
}

/// A file piece by piece.
struct Pieces(std::fs::File);

impl Iterator for Pieces {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        use std::io::Read as _;
        let mut piece = vec![0; 1 << 18];
        match self.0.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
