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
use tokio::runtime::Handle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::failures::storage_problem;
use crate::keyed_permits::{KeyedPermit, KeyedPermits};

/// The longest time that somebody waits for a permit.
const PATIENCE: Duration = Duration::from_secs(15);

/// A file that is no larger than this is small: as much as stands in a frame, and photographs seldom are.
const SMALL: u64 = 2 << 20;

/// How many may be somewhere at once, and how many more wait.
type Most = (usize, usize);

/// Small files that are received, wait for a decoder, are decoded and stored. They are so many that pictures
/// which wait for a decoder keep no recording from coming.
const SMALL_FILES: Places =
    Places { of_person: (4, 10), of_address: (120, 120), of_all: (240, 240) };
/// The same of all others: what they take of the disk.
const LARGE_FILES: Places = Places { of_person: (2, 10), of_address: (8, 40), of_all: (16, 200) };
/// Large frames that arrive, until they lie on the disk: what they take of the memory.
const FRAMES: Places = Places { of_person: (2, 10), of_address: (8, 40), of_all: (16, 200) };

/// Of one person, of one address (an office, or somebody with many accounts), and on the whole server.
#[derive(Debug)]
struct Places {
    of_person: Most,
    of_address: Most,
    of_all: Most,
}

#[derive(Debug)]
struct Taken {
    by_person: KeyedPermits<UserId>,
    by_address: KeyedPermits<IpAddr>,
    by_all: KeyedPermits<()>,
}

/// It is given back when this is dropped.
type Place = (KeyedPermit<UserId>, KeyedPermit<IpAddr>, KeyedPermit<()>);

impl Taken {
    fn new(places: &Places) -> Self {
        let Places { of_person, of_address, of_all } = places;
        Self {
            by_person: KeyedPermits::new(of_person.0, of_person.1),
            by_address: KeyedPermits::new(of_address.0, of_address.1),
            by_all: KeyedPermits::new(of_all.0, of_all.1),
        }
    }

    /// Waits for a place; `None` when too many wait already.
    async fn take(&self, person: UserId, network: IpAddr) -> Option<Place> {
        let of_person = self.by_person.take(person).await?;
        let of_address = self.by_address.take(network).await?;
        Some((of_person, of_address, self.by_all.take(()).await?))
    }
}

/// The folder in which files lie while they are received and looked at, and who may send.
#[derive(Debug)]
pub(crate) struct Uploads {
    folder: PathBuf,
    small: Taken,
    large: Taken,
    frames: Taken,
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
            small: Taken::new(&SMALL_FILES),
            large: Taken::new(&LARGE_FILES),
            frames: Taken::new(&FRAMES),
        })
    }

    /// The right of somebody at an address to send a file of at most so many bytes; 0 where nobody knows.
    ///
    /// # Errors
    /// [`IncomingError::NoTurn`] when too many others send.
    pub(crate) async fn permit(
        self: Arc<Self>,
        person: UserId,
        network: IpAddr,
        bytes: u64,
    ) -> Result<UploadPermit, IncomingError> {
        let files = if (1..=SMALL).contains(&bytes) { &self.small } else { &self.large };
        let file = with_patience(files.take(person, network)).await?;
        Ok(UploadPermit { uploads: self, file, frame: None })
    }

    /// The same for what arrives in a large frame, and takes memory until it lies on the disk.
    ///
    /// # Errors
    /// [`IncomingError::NoTurn`] when too many others send.
    pub(crate) async fn permit_of_frame(
        self: Arc<Self>,
        person: UserId,
        network: IpAddr,
    ) -> Result<UploadPermit, IncomingError> {
        let places = async {
            let frame = self.frames.take(person, network).await?;
            Some((self.small.take(person, network).await?, Some(frame)))
        };
        let (file, frame) = with_patience(places).await?;
        Ok(UploadPermit { uploads: self, file, frame })
    }
}

async fn with_patience<T>(place: impl Future<Output = Option<T>>) -> Result<T, IncomingError> {
    timeout(PATIENCE, place).await.ok().flatten().ok_or(IncomingError::NoTurn)
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
    file: Place,
    /// Of what arrives in a frame.
    frame: Option<Place>,
}

/// Waits for it.
pub(crate) type UploadTurn = BoxFuture<'static, Result<UploadPermit, IncomingError>>;

impl UploadPermit {
    /// Uses it for bytes that came in a frame. The next frame may arrive then.
    pub(crate) async fn keep(mut self, bytes: Vec<u8>) -> io::Result<ReceivedFile> {
        let frame = self.frame.take();
        let (mut file, received) = self.begin().await?;
        file.write_all(&bytes).await?;
        file.flush().await?;
        drop((bytes, frame));
        Ok(received)
    }

    /// Uses it for a file that is to be written.
    pub(crate) async fn begin(self) -> io::Result<(File, ReceivedFile)> {
        let path = self.uploads.folder.join(Uuid::new_v4().to_string());
        // It is removed whatever happens, also while it is made.
        let file = Scratch::new(path, self.file);
        let received = ReceivedFile { name: None, kind: None, file };
        Ok((File::create_new(received.path()).await?, received))
    }
}

/// A file that was received. It is removed, and its place is given back, when this is dropped.
#[derive(Debug)]
pub(crate) struct ReceivedFile {
    /// What its sender calls it.
    pub(crate) name: Option<String>,
    /// What its sender takes it for.
    pub(crate) kind: Option<String>,
    file: Scratch,
}

impl ReceivedFile {
    /// Where it lies.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }
}

/// A file that is removed when this is dropped, if it was made; then what it held on to is given back.
#[derive(Debug)]
pub(crate) struct Scratch<P: Send + 'static = Place> {
    path: PathBuf,
    place: Option<P>,
}

impl<P: Send + 'static> Scratch<P> {
    fn new(path: PathBuf, place: P) -> Self {
        Self { path, place: Some(place) }
    }

    /// In the folder of another one, which is emptied at start.
    pub(crate) fn beside(file: &Path, place: P) -> Self {
        Self::new(file.with_file_name(Uuid::new_v4().to_string()), place)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl<P: Send + 'static> Drop for Scratch<P> {
    fn drop(&mut self) {
        let (path, place) = (std::mem::take(&mut self.path), self.place.take());
        // A file system may take long to free what is large, for which nobody else waits.
        let remove = move || {
            if let Err(error) = fs::remove_file(path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(%error, "a file is left until the next start");
            }
            drop(place);
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
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
    use futures_util::FutureExt;

    use super::*;

    const OFFICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn uploads() -> (tempfile::TempDir, Arc<Uploads>) {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(folder.path().join("incoming")).unwrap();
        (folder, Arc::new(uploads))
    }

    /// However often a test has asked before.
    fn at_once<T>(permit: impl Future<Output = T>) -> Option<T> {
        tokio::task::unconstrained(permit).now_or_never()
    }

    #[tokio::test]
    async fn a_recording_in_a_frame_waits_for_no_pictures_of_whatever_size() {
        let (_folder, uploads) = uploads();
        let mut photographs = Vec::new();
        for person in (1..=8).flat_map(|person| [person, person]) {
            let network = if person <= 4 { OFFICE } else { HOME };
            photographs.push(uploads.clone().permit(person, network, 5 << 20).await.unwrap());
        }
        let mut next = Box::pin(uploads.clone().permit(9, OFFICE, 5 << 20));
        assert!(next.as_mut().now_or_never().is_none(), "nobody else sends a photograph");
        // Fifty people, each with two small ones that wait for their decoder.
        let mut small = Vec::new();
        for person in (1..=50).flat_map(|person| [person, person]) {
            let permit = at_once(uploads.clone().permit_of_frame(person, OFFICE));
            small.push(permit.expect("nobody waits").unwrap().keep(vec![7; 9]).await.unwrap());
        }
        for person in [1, 51] {
            let recording = at_once(uploads.clone().permit_of_frame(person, OFFICE));
            assert!(recording.is_some_and(|permit| permit.is_ok()), "of {person}");
        }
    }

    #[tokio::test]
    async fn a_frame_takes_memory_until_it_lies_on_the_disk() {
        let (_folder, uploads) = uploads();
        let first = uploads.clone().permit_of_frame(1, OFFICE).await.unwrap();
        let _second = uploads.clone().permit_of_frame(1, OFFICE).await.unwrap();
        let mut third = Box::pin(uploads.clone().permit_of_frame(1, OFFICE));
        assert!(third.as_mut().now_or_never().is_none(), "two arrive");
        let _received = first.keep(b"a voice".to_vec()).await.unwrap();
        assert!(third.await.is_ok());
    }

    #[tokio::test]
    async fn neither_a_person_nor_an_address_takes_all_places() {
        let (_folder, uploads) = uploads();
        for bytes in [1, SMALL, SMALL + 1, 0] {
            let mut taken = Vec::new();
            let mut take = |person: UserId, network| {
                let permit = at_once(uploads.clone().permit(person, network, bytes));
                let is_taken = permit.is_some();
                taken.extend(permit);
                is_taken
            };
            while take(1, OFFICE) {}
            assert!(take(2, OFFICE), "of a person with {bytes} bytes");
            while (2..1_000).any(|person| take(person, OFFICE)) {}
            assert!(take(1_000, HOME), "of an address with {bytes} bytes");
        }
    }

    #[tokio::test]
    async fn what_a_server_left_is_removed_at_the_next_start_and_what_another_receives_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = folder.path().join("incoming");
        let start = || Arc::new(Uploads::new(incoming.clone()).unwrap());
        let receive = async |server: &Arc<Uploads>| {
            let permit = server.clone().permit(1, OFFICE, 9);
            permit.await.unwrap().keep(b"a picture".to_vec()).await.unwrap()
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
