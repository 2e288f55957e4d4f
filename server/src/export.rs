//! `jiyue export`: writes a site into a folder; and what `jiyue import` does with such a folder.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use crate::configuration::Configuration;
use crate::import::Import;
use crate::start;

/// What is exported, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// The code of the site
    #[arg(long, value_name = "CODE")]
    pub site: String,
    /// The folder, which must be empty or absent
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// Exports a site.
///
/// # Errors
/// When there is no such site, the folder holds something, or the database or the files fail.
pub async fn run(configuration: &Configuration, export: Export) -> anyhow::Result<()> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let mut hear = progress();
    let report = seed::export(&library, &export.site, &export.to, &mut hear)
        .await
        .with_context(|| format!("the export of {}", export.site))?;
    for (name, records) in &report.lists {
        println!("{records:>9} {name}");
    }
    println!("The site {} as of position {} is in {}.", export.site, report.position, export.to.display());
    Ok(())
}

/// Restores a site from a folder that an export wrote.
///
/// # Errors
/// When the folder is no whole export, or the library holds something else in the place of one of its records.
pub async fn restore(configuration: &Configuration, import: &Import) -> anyhow::Result<()> {
    let from = &import.file;
    if import.site.is_some() || import.column.is_some() {
        bail!("{} is a folder, which is restored as it is: give neither --site nor --column", from.display());
    }
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let mut hear = progress();
    let report =
        seed::restore(&library, from, &mut hear).await.with_context(|| format!("the import of {}", from.display()))?;
    for (name, restored) in &report.lists {
        println!("{:>9} {name}, {} known already", restored.written, restored.known);
    }
    println!("The site {} is restored; {} files were added to the store.", report.site, report.files);
    Ok(())
}

/// Tells on a terminal what is worked on; elsewhere the summary at the end is enough.
fn progress() -> impl FnMut(&str, u64) + Send {
    let terminal = std::io::stderr().is_terminal();
    let mut told = 0;
    move |name: &str, records: u64| {
        if terminal && (records >= told + 500 || records < told) {
            told = records;
            eprintln!("{name}: {records}");
        }
    }
}
