//! The store of files: a folder, or a bucket of an S3-compatible server.
//!
//! - A file is there whole or not at all, and stays: only whoever knows its name may ask to remove it.
//! - Whoever stores a file has noted its name before, so that none is without a row.

mod bucket;
mod client;

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{
    Error, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt,
};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

pub(crate) use self::bucket::BucketError;
use crate::config::Bucket;

/// A folder gets a file in pieces of so many bytes.
const PIECE: usize = 1 << 20;
/// Large files that are stored at the same time are in memory up to so many bytes.
const MOST_IN_MEMORY: usize = 64 << 20;
/// What has no more bytes waits for no large file: there are no more of these than uploads at the same time. A
/// part of an upload is no larger.
const SMALL: usize = 5 << 20;
/// The longest time that somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(15);
/// The unit in which that is counted.
const UNIT: usize = 64 << 10;

/// Says whose files these are, so that a store that was given to another database loses none to it.
const OWNER: &str = "database";

/// The folders of the store.
pub(crate) const FOLDERS: [&str; 5] = ["audio", "avatars", "files", "images", "uploads"];

/// A file that lies in the store.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    /// How long it is; nothing where it is not whole.
    pub(crate) bytes: Option<u64>,
    /// When it was written, in milliseconds of the clock.
    pub(crate) written_at: i64,
}

/// The store.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
    /// What may be in memory of large files, in [`UNIT`]s.
    memory: Arc<Semaphore>,
}

impl Files {
    /// In a folder, which is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or used.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
        // A message that carries it is acknowledged for good.
        Ok(Self::of(Arc::new(store.with_fsync(true)), Some(folder.to_owned())))
    }

    /// In a bucket. Its server may be away now: then whoever needs it is told so until it is back.
    ///
    /// # Errors
    /// The bucket is not there, or the keys do not open it.
    pub(crate) async fn in_bucket(bucket: &Bucket) -> Result<Self, BucketError> {
        let store = bucket::open(bucket)?;
        bucket::try_out(&store, bucket).await?;
        Ok(Self::of(store, None))
    }

    fn of(store: Arc<dyn ObjectStore>, folder: Option<PathBuf>) -> Self {
        Self { store, folder, memory: Arc::new(Semaphore::new(MOST_IN_MEMORY / UNIT)) }
    }

    /// Stores a part of a file under a name, whole or not at all.
    ///
    /// # Errors
    /// The file, the store.
    pub(crate) async fn put(&self, name: &str, from: &Path, part: Range<u64>) -> Result<(), Error> {
        let mut file = File::open(from).await.map_err(failed)?;
        file.seek(SeekFrom::Start(part.start)).await.map_err(failed)?;
        let length = part.end - part.start;
        let piece = self.piece();
        let held = usize::try_from(length).unwrap_or(usize::MAX).min(piece).min(MOST_IN_MEMORY);
        let _memory =
            if held > SMALL { Some(self.memory_for(held).await.map_err(failed)?) } else { None };
        let mut part = BufReader::with_capacity(held.clamp(1, PIECE), file.take(length));
        let mut writer = self.writer(name);
        let copied = match tokio::io::copy_buf(&mut part, &mut writer).await {
            Ok(bytes) if bytes == length => return writer.shutdown().await.map_err(failed),
            Ok(_) => io::ErrorKind::UnexpectedEof.into(),
            Err(error) => error,
        };
        // The first error is the one to tell.
        let _ = writer.abort().await;
        Err(failed(copied))
    }

    /// Copies a file of another store, whole or not at all. Nobody else may write it meanwhile.
    ///
    /// # Errors
    /// It is not there; one of the stores.
    pub(crate) async fn copy_from(&self, other: &Self, name: &str) -> Result<(), Error> {
        self.remove_unfinished(name).await?;
        let mut pieces = other.get(name, None).await?.into_stream();
        let mut writer = self.writer(name);
        let copied = async {
            while let Some(piece) = pieces.try_next().await? {
                writer.put(piece).await?;
            }
            Ok(())
        };
        match copied.await {
            Ok(()) => writer.shutdown().await.map_err(failed),
            Err(error) => {
                // The first error is the one to tell.
                let _ = writer.abort().await;
                Err(error)
            }
        }
    }

    fn writer(&self, name: &str) -> BufWriter {
        let writer = BufWriter::with_capacity(self.store.clone(), Name::from(name), self.piece());
        writer.with_max_concurrency(1)
    }

    /// A bucket gets a file in one request: parts that a crash left there would be kept, and paid for, where
    /// nobody sees them.
    fn piece(&self) -> usize {
        if self.folder.is_some() { PIECE } else { usize::MAX }
    }

    async fn memory_for(&self, bytes: usize) -> io::Result<SemaphorePermit<'_>> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        timeout(PATIENCE, self.memory.acquire_many(units)).await?.map_err(io::Error::other)
    }

    /// A file, or a part of it.
    ///
    /// # Errors
    /// There is none of this name; the store.
    pub(crate) async fn get(
        &self,
        name: &str,
        range: Option<GetRange>,
    ) -> Result<GetResult, Error> {
        let options = GetOptions { range, ..GetOptions::default() };
        match self.store.get_opts(&Name::from(name), options).await {
            Err(gone @ Error::NotFound { .. }) => {
                self.is_there().await?;
                Err(gone)
            }
            found => found,
        }
    }

    /// Whether this is the folder that the server was started with. An empty one in its place, where a disk is
    /// not mounted, knows nothing of what is gone. A bucket's server says so itself.
    async fn is_there(&self) -> Result<(), Error> {
        let Some(folder) = &self.folder else { return Ok(()) };
        tokio::fs::metadata(folder.join(OWNER)).await.map(drop).map_err(failed)
    }

    /// How long a file is, if it is there.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn length(&self, name: &str) -> Result<Option<u64>, Error> {
        match self.store.head(&Name::from(name)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All files whose names begin with this folder, whole ones and, where this is a folder, what is left of
    /// others.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Listed>, Error> {
        match &self.folder {
            // Its store passes over what is not whole.
            Some(root) => listed(&root.join(folder), folder).await.map_err(failed),
            None => {
                let listed = |found: ObjectMeta| Listed {
                    name: found.location.to_string(),
                    bytes: Some(found.size),
                    written_at: found.last_modified.timestamp_millis(),
                };
                self.store.list(Some(&Name::from(folder))).map_ok(listed).try_collect().await
            }
        }
    }

    /// Whose files these are: the epochs of the databases that were ever served with them.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn owners(&self) -> Result<Vec<String>, Error> {
        match self.store.get(&Name::from(OWNER)).await {
            Ok(found) => {
                let bytes = found.bytes().await?;
                Ok(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect())
            }
            Err(Error::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Notes that files of this database may be here from now on.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn belong_to(&self, epoch: &str) -> Result<(), Error> {
        let mut owners = self.owners().await?;
        if !owners.iter().any(|owner| owner == epoch) {
            owners.push(epoch.to_owned());
            self.store.put(&Name::from(OWNER), owners.join("\n").into()).await?;
        }
        if owners.len() > 1 {
            tracing::warn!(
                "files of another database lie here as well: none is ever taken for left over. If all are this \
                 one's, after a backup was restored, remove the file `database` beside them and start again"
            );
        }
        Ok(())
    }

    /// Removes a file, if it is there, and what is left where its writing broke off.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Error> {
        self.remove_unfinished(name).await?;
        match self.store.delete(&Name::from(name)).await {
            Err(Error::NotFound { .. }) => self.is_there().await,
            removed => removed,
        }
    }

    /// Removes what is left where the writing of a file broke off: a folder's store writes into `name#1` first.
    async fn remove_unfinished(&self, name: &str) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            let unfinished = folder.join(format!("{name}#1"));
            if let Err(error) = tokio::fs::remove_file(&unfinished).await
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(failed(error));
            }
        }
        Ok(())
    }
}

/// The files of a folder on the disk, by the names that they have in the store.
async fn listed(path: &Path, folder: &str) -> io::Result<Vec<Listed>> {
    let mut entries = match tokio::fs::read_dir(path).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries?,
    };
    let mut files = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        let metadata = match entry.metadata().await {
            // It was removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata?,
        };
        let Ok(name) = entry.file_name().into_string() else { continue };
        // What is being written, or was when the server ended, is the file's own business.
        let (name, is_whole) = match name.rsplit_once('#') {
            Some((whole, _)) => (whole.to_owned(), false),
            None => (name, true),
        };
        let written = metadata.modified()?.duration_since(std::time::UNIX_EPOCH);
        let written = written.map_or(0, |since| since.as_millis());
        files.push(Listed {
            name: format!("{folder}/{name}"),
            bytes: is_whole.then_some(metadata.len()),
            written_at: i64::try_from(written).unwrap_or(i64::MAX),
        });
    }
    Ok(files)
}

fn failed(error: io::Error) -> Error {
    Error::Generic { store: "media", source: Box::new(error) }
}
