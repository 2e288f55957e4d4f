//! The manifest: which format a folder is of, which site it holds, and what its lists must be.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use library::transfer::Noun;
use serde::{Deserialize, Serialize};

use super::FILES;

/// The name of the manifest.
const NAME: &str = "manifest.json";

/// What says that a folder is one of ours.
const FORMAT: &str = "jiyue-site";

/// The version of the format that this program writes, and the only one that it reads.
const VERSION: u32 = 1;

/// What a folder holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: String,
    version: u32,
    pub site: SiteNamed,
    pub lists: Vec<Listed>,
}

/// The site that was exported.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SiteNamed {
    pub id: String,
    pub code: String,
    pub name: String,
}

/// A list of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub name: String,
    pub records: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// The names of all lists in the order of the manifest.
fn names() -> impl Iterator<Item = &'static str> {
    Noun::ALL.into_iter().map(Into::into).chain([FILES])
}

impl Manifest {
    /// The manifest of these lists, in the order of [`names`].
    pub fn of(site: SiteNamed, mut lists: Vec<Listed>) -> Self {
        lists.sort_by_key(|list| names().position(|name| name == list.name));
        Self { format: FORMAT.to_owned(), version: VERSION, site, lists }
    }

    /// Writes it into a folder.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let text = format!("{}\n", serde_json::to_string_pretty(self)?);
        std::fs::write(folder.join(NAME), text).context("the manifest cannot be written")
    }

    /// Reads that of a folder, and sees that this program knows what it says.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let text = match std::fs::read(folder.join(NAME)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                bail!("there is no {NAME} in it: it is no export, or one that was broken off");
            }
            Err(error) => return Err(error).context("the manifest cannot be read"),
        };
        let value: serde_json::Value = serde_json::from_slice(&text).context("the manifest is damaged")?;
        ensure!(value["format"] == FORMAT, "the manifest is not that of an export (format {FORMAT})");
        let version = &value["version"];
        ensure!(
            *version == VERSION,
            "the export is of version {version} of the format, and this program reads version {VERSION}: use the release \
             of jiyue that wrote it"
        );
        let manifest: Self = serde_json::from_value(value).context("the manifest is damaged")?;
        let listed = manifest.lists.iter().map(|list| list.name.as_str());
        ensure!(listed.eq(names()), "the manifest does not name the lists that version {VERSION} has");
        Ok(manifest)
    }
}
