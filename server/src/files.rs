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

use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{Error, GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader};
use tokio::sync::Semaphore;

pub(crate) use self::bucket::BucketError;
use crate::config::Bucket;

/// A folder gets a file in pieces of so many bytes.
const PIECE: usize = 1 << 20;
/// What is stored at the same time is in memory up to so many bytes.
const MOST_IN_MEMORY: usize = 64 << 20;
/// The unit in which that is counted.
const UNIT: usize = 64 << 10;

/// The store.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
    /// What may be in memory, in [`UNIT`]s.
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
        // A bucket gets it in one request: parts that a crash left there would be kept, and paid for, where
        // nobody sees them.
        let piece = if self.folder.is_some() { PIECE } else { usize::MAX };
        let held = usize::try_from(length).unwrap_or(usize::MAX).min(piece).min(MOST_IN_MEMORY);
        let units = u32::try_from(held.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let _memory = self
            .memory
            .acquire_many(units)
            .await
            .map_err(|closed| failed(io::Error::other(closed)))?;
        let mut part = BufReader::with_capacity(held.clamp(1, PIECE), file.take(length));
        let writer = BufWriter::with_capacity(self.store.clone(), Name::from(name), piece);
        let mut writer = writer.with_max_concurrency(1);
        let copied = match tokio::io::copy_buf(&mut part, &mut writer).await {
            Ok(bytes) if bytes == length => return writer.shutdown().await.map_err(failed),
            Ok(_) => io::ErrorKind::UnexpectedEof.into(),
            Err(error) => error,
        };
        // The first error is the one to tell.
        let _ = writer.abort().await;
        Err(failed(copied))
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
        self.store.get_opts(&Name::from(name), options).await
    }

    /// Removes a file, if it is there, and what is left where its writing broke off: a folder's store writes
    /// into `name#1` first.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Error> {
        if let Some(folder) = &self.folder {
            let unfinished = folder.join(format!("{name}#1"));
            if let Err(error) = tokio::fs::remove_file(&unfinished).await
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(failed(error));
            }
        }
        match self.store.delete(&Name::from(name)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }
}

fn failed(error: io::Error) -> Error {
    Error::Generic { store: "media", source: Box::new(error) }
}
