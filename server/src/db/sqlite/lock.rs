//! One server a database: two on the same file would not hear of each other's messages.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::db::open::OpenError;

/// The right to serve a database. The system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub(in crate::db) struct DatabaseLock {
    _file: File,
}

impl DatabaseLock {
    /// Takes the lock, a file beside the database's own. Not that file itself: closing any handle to
    /// it would drop the locks that SQLite holds on it.
    pub(in crate::db) fn take(database: &Path) -> Result<Self, OpenError> {
        let cannot =
            |source| OpenError::Lock { file: format!("{}-lock", database.display()), source };
        if let Some(folder) = database.parent().filter(|it| !it.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
                folder: folder.display().to_string(),
                source,
            })?;
        }
        // Where the path leads through links, both servers must come to the same lock.
        let mut name = real_path(Path::new(database)).into_os_string();
        name.push("-lock");
        let file = File::options().create(true).truncate(false).write(true).open(&name);
        let file = file.map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(database.display().to_string())),
            Err(TryLockError::Error(source)) => Err(cannot(source)),
        }
    }
}

/// Where a file is, or will be.
fn real_path(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let of_folder = || {
        let folder = std::fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(file.file_name()?))
    };
    std::fs::canonicalize(file).ok().or_else(of_folder).unwrap_or_else(|| file.to_owned())
}
