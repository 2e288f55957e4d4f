//! Writing a site into a folder: beside it first, and under its name only when it is whole.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use futures::TryStreamExt as _;
use library::transfer::{Noun, Outgoing, StoredFile};
use library::{Library, Position};
use serde_json::json;

use super::list::{ListWriter, hash_of};
use super::manifest::{Listed, Manifest, SiteNamed};
use super::{FILES, bytes_in, plain};

/// What was written.
#[derive(Debug)]
pub struct ExportReport {
    /// The position of the change log whose state it is.
    pub position: Position,
    /// The lists with the number of their records.
    pub lists: Vec<(String, u64)>,
}

/// Writes the site with the code `site`, and all that it needs, into the folder `to`, which must be empty or absent.
/// `hear` is told the list that is written and how many records it has.
///
/// # Errors
/// When there is no such site, the folder holds something, or the bytes of a file are gone. Then nothing is left behind.
pub async fn export(
    library: &Library,
    site: &str,
    to: &Path,
    hear: &mut (dyn FnMut(&str, u64) + Send),
) -> anyhow::Result<ExportReport> {
    let shown = to.display();
    match std::fs::read_dir(to) {
        Ok(mut entries) => ensure!(entries.next().is_none(), "{shown} is not empty: choose another folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{shown} is no folder that can be written to")),
    }
    let mut out = library.site_out(site).await.map_err(|error| match error {
        library::Error::Refused(_) => anyhow::anyhow!("no site has the code {site}"),
        fault => fault.into(),
    })?;
    let unfinished = unfinished(to)?;
    let written = write(&mut out, &unfinished, hear).await;
    let named = written.and_then(|lists| {
        std::fs::rename(&unfinished, to).with_context(|| format!("{shown} cannot be made"))?;
        Ok(lists)
    });
    if named.is_err() {
        // The reason why it failed is worth more than why it cannot be cleared away.
        let _ = std::fs::remove_dir_all(&unfinished);
    }
    let lists = named?.into_iter().map(|list| (list.name, list.records)).collect();
    Ok(ExportReport { position: out.position(), lists })
}

/// Makes the folder beside `to` in which the export grows.
fn unfinished(to: &Path) -> anyhow::Result<PathBuf> {
    let mut name = to.file_name().with_context(|| format!("{} has no name of its own", to.display()))?.to_owned();
    name.push(".unfinished");
    let beside = to.with_file_name(name);
    let shown = beside.display();
    if let Some(above) = beside.parent().filter(|above| !above.as_os_str().is_empty()) {
        std::fs::create_dir_all(above).with_context(|| format!("{} cannot be made", above.display()))?;
    }
    match std::fs::create_dir(&beside) {
        Ok(()) => Ok(beside),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{shown} is there: another export is running, or one was broken off and the folder can be removed")
        }
        Err(error) => Err(error).with_context(|| format!("{shown} cannot be made")),
    }
}

async fn write(
    out: &mut Outgoing,
    folder: &Path,
    hear: &mut (dyn FnMut(&str, u64) + Send),
) -> anyhow::Result<Vec<Listed>> {
    let mut lists = Vec::new();
    std::fs::create_dir(folder.join(FILES))?;
    for noun in Noun::AS_READ {
        let name: &str = noun.into();
        let mut list = ListWriter::create(folder, name)?;
        while let Some(records) = out.next(noun).await.map_err(plain)? {
            for record in &records {
                if noun == Noun::Attachments {
                    copy(out, &StoredFile::of_record(record).map_err(plain)?, folder).await?;
                }
                list.add(record)?;
            }
            hear(name, list.records());
        }
        lists.push(list.end()?);
    }
    lists.push(list_files(folder)?);
    let site = out.site();
    let named = SiteNamed { id: site.id.to_string(), code: site.code.clone(), name: site.fields.name.clone() };
    let manifest = Manifest::of(named, lists);
    manifest.write(folder)?;
    Ok(manifest.lists)
}

/// Copies the bytes of a file, once.
async fn copy(out: &Outgoing, file: &StoredFile, folder: &Path) -> anyhow::Result<()> {
    let target = bytes_in(folder, file.sha256());
    if target.exists() {
        return Ok(());
    }
    let missing = || format!("the bytes of a file are not in the store (SHA-256 {})", file.sha256());
    let mut pieces = out.bytes(file).await.map_err(plain)?.with_context(missing)?;
    if let Some(shelf) = target.parent() {
        std::fs::create_dir_all(shelf).context("the files cannot be written")?;
    }
    let mut copy = File::create_new(&target).context("the files cannot be written")?;
    while let Some(piece) = pieces.try_next().await.map_err(plain)? {
        copy.write_all(&piece).context("the files cannot be written")?;
    }
    copy.sync_all().context("the files cannot be written")?;
    let (sha256, size) = hash_of(&target).context("the files cannot be read again")?;
    ensure!(
        sha256 == file.sha256() && size == file.size(),
        "the store has other bytes than those with the SHA-256 {}",
        file.sha256()
    );
    Ok(())
}

/// Lists the bytes that were copied, in the order of their names; one shelf of the folder is held in memory at a time.
fn list_files(folder: &Path) -> anyhow::Result<Listed> {
    let mut list = ListWriter::create(folder, FILES)?;
    for shelf in names_in(&folder.join(FILES))? {
        let shelf = folder.join(FILES).join(shelf);
        for name in names_in(&shelf)? {
            let size = std::fs::metadata(shelf.join(&name)).context("the files cannot be read again")?.len();
            list.add(&json!({"sha256": name, "size": size}).to_string())?;
        }
    }
    list.end()
}

fn names_in(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).context("the files cannot be read again")? {
        names.push(entry.context("the files cannot be read again")?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}
