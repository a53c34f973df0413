//! Whatever Adda keeps on the disk is for its own user alone: folders 0700, files 0600.
//!
//! What is new is made so, whoever makes it (SQLite makes files of its own at any time). What an
//! older version or an operator left open to others is closed at the start, where it is ours to
//! close; else the log says so once.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::Mode;

use crate::config::Config;
use crate::db::SqliteUrl;

/// Group and others.
const OTHERS: u32 = 0o077;
/// The sticky bit: the folder is meant for everybody.
const SHARED: u32 = 0o1000;

/// From now on files and folders are made for this user alone. To be called before any is.
pub(crate) fn create_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Closes what is there already and open to others.
pub(crate) fn close_existing(config: &Config) {
    let database = SqliteUrl::parse(config.database_url.expose()).map(|url| url.file);
    let names = Names { database: database.as_deref().and_then(Path::file_name) };
    let beside = database.as_deref().and_then(Path::parent);
    let mut seen = Vec::new();
    for folder in [Some(config.data_dir.as_path()), Some(&config.media_dir), beside] {
        // A path that is no folder yet is told of where it is needed.
        let Some(Ok(folder)) = folder.map(|folder| Path::new(".").join(folder).canonicalize())
        else {
            continue;
        };
        if !seen.contains(&folder) {
            names.close(&folder);
            seen.push(folder);
        }
    }
}

/// How what is ours is called.
struct Names<'a> {
    /// The database's file; those that SQLite makes beside it begin with its name.
    database: Option<&'a OsStr>,
}

impl Names<'_> {
    fn is_ours(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let begins = |with: &OsStr| name.starts_with(with.to_string_lossy().as_ref());
        self.database.is_some_and(begins)
            || ["adda.", "secret_key"].iter().any(|with| name.starts_with(with))
            || [
                "media",
                ".gitkeep",
                "incoming",
                "incoming-lock",
                "audio",
                "avatars",
                "files",
                "images",
                "uploads",
                "database",
            ]
            .contains(&name.as_ref())
    }

    /// Closes what is ours in a folder, and the folder itself if nothing else is in it: one that
    /// others use as well, such as a home or `/tmp`, is not ours to close.
    fn close(&self, folder: &Path) {
        let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "the folder cannot be looked at");
                return;
            }
        };
        let (ours, others): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| self.is_ours(entry));
        for entry in ours {
            close_one(&entry.path());
        }
        let Some(mode) = mode_for_others(folder) else { return };
        if others.is_empty() && mode & SHARED == 0 {
            close_one(folder);
        } else {
            tracing::warn!(
                folder = %folder.display(),
                mode = format!("{mode:o}"),
                "other users of this machine may look into this folder, and it holds more than \
                 Adda's files: give Adda a folder of its own (ADDA_DATA_DIR), or close this one with chmod 700"
            );
        }
    }
}

/// The mode of what others have any right to.
fn mode_for_others(path: &Path) -> Option<u32> {
    // Of what a link leads to, or not at all: a link itself has no mode.
    let mode = fs::metadata(path).ok()?.mode() & 0o7777;
    (mode & OTHERS != 0).then_some(mode)
}

fn close_one(path: &Path) {
    let Some(mode) = mode_for_others(path) else { return };
    let closed = mode & !OTHERS;
    match fs::set_permissions(path, Permissions::from_mode(closed)) {
        Ok(()) => tracing::info!(
            path = %path.display(), from = format!("{mode:o}"), to = format!("{closed:o}"),
            "was open to other users of this machine, and is closed now"
        ),
        Err(error) => tracing::warn!(
            path = %path.display(), mode = format!("{mode:o}"), %error,
            "other users of this machine may look at this, and it cannot be closed: make Adda's \
             user its owner, or take the others' rights with chmod"
        ),
    }
}
