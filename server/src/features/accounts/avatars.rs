//! Pictures of people: files under a new name each, of which nobody has two and none is left over.
//!
//! A picture that is replaced goes as soon as the row names the next one. What a crash, a full disk or
//! a failed commit leaves behind is found by comparing the folder with the rows, at start and after
//! such a failure.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use adda_protocol::accounts::Me;
use adda_protocol::{Code, Problem, UserId};
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

use super::error::AccountError;
use super::person::Person;
use super::picture;
use super::service::Accounts;
use crate::limits::Limit;

/// The largest file that is taken: a picture as a telephone takes it fits.
const MOST_BYTES: u64 = 12 * 1024 * 1024;
/// Says whose pictures the folder holds, so that a server that was pointed at another database
/// takes none of them for left over.
const OWNER: &str = "database";

/// Whether a picture may have so many bytes.
pub(super) fn admit(_kind: Option<&str>, bytes: u64) -> Result<(), Problem> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let sentence =
        format!("The picture is larger than {} MiB; send a smaller one.", MOST_BYTES >> 20);
    Err(Problem::new(Code::TooLarge, sentence))
}

/// The pictures.
#[derive(Debug)]
pub(crate) struct Avatars {
    accounts: Arc<Accounts>,
    folder: PathBuf,
    /// The name of the database whose people these are.
    epoch: String,
    changes: Limit<UserId>,
    /// Decoding takes memory and time: one after the other.
    permit: Semaphore,
    /// Folder and row change together: one after the other, and not while they are compared.
    placing: Mutex<()>,
    /// Whether something may have been left over.
    is_untidy: AtomicBool,
}

impl Avatars {
    /// The pictures of the people of this database in a folder, which is made with the first.
    #[must_use]
    pub(crate) fn new(
        accounts: Arc<Accounts>,
        folder: PathBuf,
        epoch: String,
        rate_limits: bool,
    ) -> Self {
        Self {
            accounts,
            folder,
            epoch,
            changes: Limit::new(rate_limits, 10, Duration::from_secs(30)),
            permit: Semaphore::new(1),
            placing: Mutex::default(),
            is_untidy: AtomicBool::new(true),
        }
    }

    /// Forgets what the throttles need not remember.
    pub(crate) fn purge_limits(&self) {
        self.changes.purge();
    }

    /// Whether the person may change their picture again already: asked before it is received.
    ///
    /// # Errors
    /// Too often.
    pub(crate) fn may_change(&self, person: &Person) -> Result<(), AccountError> {
        Ok(self.changes.check(&person.id)?)
    }

    /// Gives the person the picture in this file.
    ///
    /// # Errors
    /// [`AccountError::NotAPicture`], [`AccountError::PictureTooLarge`], the folder, the database.
    pub(crate) async fn set(&self, person: &Person, file: &Path) -> Result<Me, AccountError> {
        let permit = self.permit.acquire().await;
        let jpeg = picture::shrink(File::open(file)?).await?;
        drop(permit);
        // It may have waited long for its turn.
        self.accounts.look_again(person.session_id).await?;
        self.replace(person, Some(jpeg)).await
    }

    /// Takes the person's picture away.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn remove(&self, person: &Person) -> Result<Me, AccountError> {
        self.replace(person, None).await
    }

    async fn replace(&self, person: &Person, jpeg: Option<Vec<u8>>) -> Result<Me, AccountError> {
        let _placing = self.placing.lock().await;
        let name = match jpeg {
            None => None,
            Some(jpeg) => {
                let (folder, owner) = (self.folder.clone(), self.epoch.clone());
                Some(blocking(move || write_new(&folder, &owner, &jpeg)).await?)
            }
        };
        let changed = self.accounts.set_avatar(person, name).await;
        let Ok((me, before)) = changed else {
            // Whether the row names the new one is not known now.
            self.is_untidy.store(true, Ordering::Relaxed);
            return changed.map(|(me, _)| me);
        };
        if let Some(before) = before
            && let Err(error) = tokio::fs::remove_file(self.folder.join(before)).await
            && error.kind() != ErrorKind::NotFound
        {
            // Nobody is told of its name any more.
            tracing::warn!(%error, "the picture before could not be removed yet");
            self.is_untidy.store(true, Ordering::Relaxed);
        }
        Ok(me)
    }

    /// The picture of this name, as JPEG; `None` when there is none.
    pub(super) async fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        // The name is one of ours: it cannot lead out of the folder.
        let Some(name) = own_name(name) else { return Ok(None) };
        match tokio::fs::read(self.folder.join(name)).await {
            Ok(jpeg) => Ok(Some(jpeg)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes what was left over, where that may be.
    pub(crate) async fn tidy(&self) {
        if !self.is_untidy.swap(false, Ordering::Relaxed) {
            return;
        }
        let _placing = self.placing.lock().await;
        match self.sweep().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "pictures that nobody has were removed"),
            Err(error) => {
                tracing::warn!(%error, "pictures that nobody has could not be looked for yet");
                self.is_untidy.store(true, Ordering::Relaxed);
            }
        }
    }

    async fn sweep(&self) -> Result<usize, AccountError> {
        let (folder, epoch) = (self.folder.clone(), self.epoch.clone());
        let found = blocking(move || found(&folder, &epoch)).await?;
        if found.is_empty() {
            return Ok(0);
        }
        let kept: HashSet<String> = self.accounts.avatars().await?.into_iter().collect();
        let left = found.into_iter().filter(|name| !kept.contains(name));
        let left: Vec<_> = left.map(|name| self.folder.join(name)).collect();
        Ok(blocking(move || {
            left.iter().try_for_each(std::fs::remove_file)?;
            Ok(left.len())
        })
        .await?)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// The name of a picture as we write it, where it is one.
fn own_name(name: &str) -> Option<String> {
    let id = Uuid::try_parse(name.strip_suffix(".jpg")?).ok()?;
    Some(format!("{}.jpg", id.hyphenated()))
}

/// Writes a picture to the disk under a new name, whole or not at all.
fn write_new(folder: &Path, owner: &str, jpeg: &[u8]) -> io::Result<String> {
    if !folder.exists() {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(OWNER), owner)?;
    }
    let name = format!("{}.jpg", Uuid::new_v4());
    // Under another name first, so that nobody is ever given half of it.
    let unfinished = folder.join(format!("{name}.part"));
    let written = write_through(&unfinished, jpeg).and_then(|()| {
        std::fs::rename(&unfinished, folder.join(&name))?;
        File::open(folder)?.sync_all()
    });
    if let Err(error) = written {
        for left in [unfinished, folder.join(&name)] {
            let _ = std::fs::remove_file(left);
        }
        return Err(error);
    }
    Ok(name)
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The pictures in the folder, whole ones and unfinished ones, if they are of this database.
fn found(folder: &Path, epoch: &str) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
        entries => entries?,
    };
    match std::fs::read_to_string(folder.join(OWNER)) {
        Ok(owner) if owner == epoch => {}
        Ok(_) => {
            tracing::warn!(
                folder = %folder.display(),
                "the pictures belong to another database: none is taken for left over. If they are \
                 this one's, after a backup was restored, remove the file `database` there"
            );
            return Ok(vec![]);
        }
        // From before there was such a file; the next start begins to compare.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            std::fs::write(folder.join(OWNER), epoch)?;
            return Ok(vec![]);
        }
        Err(error) => return Err(error),
    }
    let mut names = Vec::new();
    for entry in entries {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        let whole = name.strip_suffix(".part").unwrap_or(&name);
        if own_name(whole).as_deref() == Some(whole) {
            names.push(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_whole_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("avatars");
        let name = write_new(&folder, "this", b"a picture").unwrap();
        assert_eq!(std::fs::read(folder.join(&name)).unwrap(), b"a picture");
        assert_eq!(found(&folder, "this").unwrap(), [name]);
        assert!(write_new(&folder.join("database"), "this", b"a picture").is_err());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
    }

    #[test]
    fn only_pictures_of_this_database_are_taken_for_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(folder.path().join(name), "x").unwrap();
        let id = Uuid::new_v4();
        let (whole, part) = (format!("{id}.jpg"), format!("{id}.jpg.part"));
        for name in [&whole, &part, "notes.txt", "holiday.jpg", "x.part"] {
            write(name);
        }
        assert!(
            found(folder.path(), "this").unwrap().is_empty(),
            "whose they are is not known yet"
        );
        let mut names = found(folder.path(), "this").unwrap();
        names.sort();
        assert_eq!(names, [whole, part]);
        assert!(found(folder.path(), "another").unwrap().is_empty());
        assert!(found(&folder.path().join("nowhere"), "this").unwrap().is_empty());
    }
}
