//! Temporary folders that go when the test that made them ends.

use std::path::{Path, PathBuf};

/// A fresh folder, deleted with everything in it when this value is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes one.
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("dateline-test-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir(&path).unwrap_or_else(|error| panic!("no temporary folder {}: {error}", path.display()));
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of something in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
