//! The folder in which files lie while they are received and looked at, and who may send one.

use std::fs::{self, TryLockError};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adda_protocol::{Code, Problem, UserId};
use futures_util::future::BoxFuture;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use uuid::Uuid;

use crate::failures::storage_problem;
use crate::keyed_permits::{KeyedPermit, KeyedPermits};

/// The longest time that somebody waits for a permit.
const PATIENCE: Duration = Duration::from_secs(15);

/// Files at once of one person, and how many more wait.
const OF_PERSON: (usize, usize) = (2, 10);
/// The same of one address: an office, or somebody with many accounts.
const OF_ADDRESS: (usize, usize) = (8, 40);
/// The same on the whole server.
const OF_ALL: (usize, usize) = (16, 200);

/// The folder in which files lie while they are received and looked at, and who may send.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    by_person: KeyedPermits<UserId>,
    by_address: KeyedPermits<IpAddr>,
    by_all: KeyedPermits<()>,
    /// Shared by all servers that use the folder.
    _lock: fs::File,
}

impl Uploads {
    /// Makes the folder, and removes from it what a server that ended left there, unless another uses it.
    ///
    /// # Errors
    /// The folder cannot be made or emptied.
    pub(crate) fn new(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut name = folder.clone().into_os_string();
        name.push("-lock");
        let lock = fs::File::options().create(true).truncate(false).write(true).open(name)?;
        match lock.try_lock() {
            Ok(()) => {
                empty(&folder)?;
                lock.lock_shared()?;
            }
            Err(TryLockError::WouldBlock) => lock.lock_shared()?,
            Err(TryLockError::Error(error)) => tracing::warn!(
                %error,
                "the folder of uploads cannot be locked: what an earlier server left there stays"
            ),
        }
        Ok(Self {
            _lock: lock,
            folder,
            by_person: KeyedPermits::new(OF_PERSON.0, OF_PERSON.1),
            by_address: KeyedPermits::new(OF_ADDRESS.0, OF_ADDRESS.1),
            by_all: KeyedPermits::new(OF_ALL.0, OF_ALL.1),
        })
    }

    /// The right of somebody at an address to send a file.
    ///
    /// # Errors
    /// [`IncomingError::NoTurn`] when too many others send.
    pub(crate) async fn permit(
        self: Arc<Self>,
        person: UserId,
        network: IpAddr,
    ) -> Result<UploadPermit, IncomingError> {
        let permits = async {
            let of_person = self.by_person.take(person).await?;
            let of_address = self.by_address.take(network).await?;
            Some((of_person, of_address, self.by_all.take(()).await?))
        };
        let permits = timeout(PATIENCE, permits).await.ok().flatten();
        let permits = permits.ok_or(IncomingError::NoTurn)?;
        Ok(UploadPermit { uploads: self, _permits: permits })
    }
}

fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What has another kind of name is not ours.
        if entry.file_name().to_str().is_some_and(|name| Uuid::try_parse(name).is_ok()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The right to send one file. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct UploadPermit {
    uploads: Arc<Uploads>,
    _permits: (KeyedPermit<UserId>, KeyedPermit<IpAddr>, KeyedPermit<()>),
}

/// Waits for it.
pub(crate) type UploadTurn = BoxFuture<'static, Result<UploadPermit, IncomingError>>;

impl UploadPermit {
    /// Uses it for bytes that came another way than in a form.
    pub(crate) async fn keep(self, bytes: &[u8]) -> io::Result<ReceivedFile> {
        let (mut file, received) = self.begin().await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        Ok(received)
    }

    /// Uses it for a file that is to be written.
    pub(crate) async fn begin(self) -> io::Result<(File, ReceivedFile)> {
        let path = self.uploads.folder.join(Uuid::new_v4().to_string());
        // It is removed whatever happens, also while it is made.
        let received = ReceivedFile { path, name: None, kind: None, _permit: self };
        Ok((File::create_new(&received.path).await?, received))
    }
}

/// A file that was received. It is removed, and its permit is given back, when this is dropped.
#[derive(Debug)]
pub(crate) struct ReceivedFile {
    path: PathBuf,
    /// What its sender calls it.
    pub(crate) name: Option<String>,
    /// What its sender takes it for.
    pub(crate) kind: Option<String>,
    _permit: UploadPermit,
}

impl ReceivedFile {
    /// Where it lies.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ReceivedFile {
    fn drop(&mut self) {
        // Just made by us: it is in no folder to be looked up on a disk.
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an upload is left until the next start");
        }
    }
}

/// Why a file may not come, or does not come to its end, or cannot be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IncomingError {
    /// Too many others are sending.
    #[error("no permit")]
    NoTurn,
    /// It did not go on fast enough.
    #[error("too slow")]
    TooSlow,
    /// Its sender is gone.
    #[error("it broke off")]
    BrokenOff,
    #[error("an upload could not be kept: {0}")]
    Folder(#[from] io::Error),
}

impl From<IncomingError> for Problem {
    fn from(error: IncomingError) -> Self {
        match error {
            IncomingError::NoTurn => Self {
                retry_after_ms: Some(5_000),
                ..Self::new(
                    Code::RateLimited,
                    "Too many files are being sent at the moment; send it again in a few seconds.",
                )
            },
            IncomingError::TooSlow | IncomingError::BrokenOff => Self::new(
                Code::RequestTimeout,
                "The file came too slowly, or stopped; send it again, over a better line.",
            ),
            IncomingError::Folder(error) => storage_problem(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_server_left_is_removed_at_the_next_start_and_what_another_receives_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = folder.path().join("incoming");
        let start = || Arc::new(Uploads::new(incoming.clone()).unwrap());
        let receive = async |server: &Arc<Uploads>| {
            let permit = server.clone().permit(1, IpAddr::from([127, 0, 0, 1]));
            permit.await.unwrap().keep(b"a picture").await.unwrap()
        };
        let (first, second) = (start(), start());
        let received = receive(&first).await;
        drop(second);
        let third = start();
        assert!(received.path().exists(), "the first server goes on");

        let left = incoming.join(Uuid::new_v4().to_string());
        fs::copy(received.path(), &left).unwrap();
        drop((received, first, third));
        assert!(left.exists());
        start();
        assert!(!left.exists());
    }
}
