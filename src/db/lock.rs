//! The database file of the embedded engine: made with mode 0600, and used by one server at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use super::error::OpenError;
use super::url::DatabaseUrl;

/// Held while a server uses a database file; commands beside it do not take it. Gone with the process, however that ends.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "the lock lasts as long as the open file")] Option<File>);

impl FileLock {
    /// Takes the lock of this database. PostgreSQL needs none: many nodes share it.
    ///
    /// # Errors
    /// [`OpenError::Locked`] if another server holds it.
    pub fn take(url: &DatabaseUrl) -> Result<Self, OpenError> {
        let DatabaseUrl::Sqlite(path) = url else { return Ok(Self(None)) };
        make_private(path)?;
        // The file itself, so that it is one lock under whatever name or link it is opened. SQLite's own locks are of another kind (fcntl, not flock).
        let failed = |error| OpenError::File { path: path.display().to_string(), error };
        let file = private(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked(path.display().to_string())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Makes the file and its folder where they are missing. SQLite gives its log the mode of the file.
pub(super) fn make_private(path: &Path) -> Result<(), OpenError> {
    let failed = |error| OpenError::File { path: path.display().to_string(), error };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    private(path).map(drop).map_err(failed)
}

/// Refuses where there is no file: SQLite would make an empty one. PostgreSQL says itself what it lacks.
pub(super) fn require_file(url: &DatabaseUrl) -> Result<(), OpenError> {
    let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
    match path.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => Err(OpenError::Missing(path.display().to_string())),
        Err(error) => Err(OpenError::File { path: path.display().to_string(), error }),
    }
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
