//! Files for the time of the work on them.

use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A file that is removed when this is dropped, if it was made.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// In the folder of another one, which is emptied at start.
    pub(super) fn beside(file: &Path) -> Self {
        Self(file.with_file_name(Uuid::new_v4().to_string()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a file is left until the next start");
        }
    }
}
