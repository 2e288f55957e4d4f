//! The folder of the index: numbered buildings, the file `current` that names the one that answers, and a lock for who builds.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The folder of an index.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

/// Where a new index is built.
const BUILDING: &str = "building";

impl Folder {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// The number of the building that answers; 1 if none was named yet.
    pub(super) fn current(&self) -> io::Result<u64> {
        match fs::read_to_string(self.0.join("current")) {
            Ok(text) => Ok(text.trim().parse().unwrap_or(1)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(1),
            Err(error) => Err(error),
        }
    }

    /// The folder of a building.
    pub(super) fn of(&self, generation: u64) -> PathBuf {
        self.0.join(generation.to_string())
    }

    /// An empty folder to build in, and the lock of who builds.
    pub(super) fn begin(&self) -> io::Result<(PathBuf, File)> {
        fs::create_dir_all(&self.0)?;
        let lock = File::create(self.0.join("build.lock"))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::Error(error) => error,
            fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::WouldBlock, "another process builds this index now")
            }
        })?;
        let building = self.0.join(BUILDING);
        if building.exists() {
            fs::remove_dir_all(&building)?;
        }
        fs::create_dir_all(&building)?;
        Ok((building, lock))
    }

    /// Gives what was built its number, and lets it answer.
    pub(super) fn take_over(&self) -> io::Result<u64> {
        let generation = self.current()? + 1;
        let place = self.of(generation);
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::rename(self.0.join(BUILDING), place)?;
        self.name_current(generation)?;
        Ok(generation)
    }

    fn name_current(&self, generation: u64) -> io::Result<()> {
        let beside = self.0.join("current.new");
        let mut file = File::create(&beside)?;
        file.write_all(generation.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(beside, self.0.join("current"))?;
        sync(&self.0)
    }

    /// Removes the buildings before this one: nobody opens them any more, and who has them open keeps them.
    pub(super) fn remove_older(&self, generation: u64) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten() {
            let number = entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
            if number.is_some_and(|number| number < generation)
                && let Err(error) = fs::remove_dir_all(entry.path())
            {
                tracing::warn!(%error, "an index that nobody uses any more could not be removed");
            }
        }
    }
}

/// Makes what was renamed in a folder last.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
