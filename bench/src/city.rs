//! The demonstration city in a folder that goes with the run.

use std::sync::Arc;

use anyhow::Context as _;
use library::database::Database;
use library::{Library, Settings};
use object_store::memory::InMemory;
use server::clock::SystemClock;
use tempfile::TempDir;

/// A library and the folder in which it lies.
pub struct City {
    /// The library.
    pub library: Library,
    _folder: TempDir,
}

impl City {
    /// Fills a new library on SQLite.
    ///
    /// # Errors
    /// When the folder or the database cannot be made.
    pub async fn fill() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the run")?;
        let url = format!("sqlite://{}/jiyue.db", folder.path().display());
        migrations::run(&url).await?;
        let files = Arc::new(InMemory::new());
        let files_url = "http://127.0.0.1/files".to_owned();
        seed::city(Database::open(&url, 1).await?, files.clone(), &files_url, &mut |_, _| {}).await?;
        let database = Database::open(&url, 16).await?;
        let library = Library::open(Settings {
            database,
            files,
            clock: Arc::new(SystemClock),
            files_url,
            iframe_hosts: Vec::new(),
        })
        .await?;
        Ok(Self { library, _folder: folder })
    }
}
