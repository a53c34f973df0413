//! Where the files of media are: a folder, by `object_store`.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

/// The store.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
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
        Ok(Self { store: Arc::new(store.with_fsync(true)), folder: folder.to_owned() })
    }

    /// Stores a part of a file under a name, whole or not at all.
    pub(super) async fn put(
        &self,
        name: &str,
        from: &Path,
        part: Range<u64>,
    ) -> Result<(), object_store::Error> {
        let failed = |error: io::Error| object_store::Error::Generic {
            store: "media",
            source: Box::new(error),
        };
        let mut file = File::open(from).await.map_err(failed)?;
        file.seek(SeekFrom::Start(part.start)).await.map_err(failed)?;
        let length = part.end - part.start;
        let mut part = file.take(length);
        let mut writer = BufWriter::new(self.store.clone(), Name::from(name));
        let copied = match tokio::io::copy(&mut part, &mut writer).await {
            Ok(bytes) if bytes == length => writer.shutdown().await,
            Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) => Err(error),
        };
        if copied.is_err() {
            // The first error is the one to tell.
            let _ = writer.abort().await;
        }
        copied.map_err(failed)
    }

    /// A file, or a part of it.
    pub(super) async fn get(
        &self,
        name: &str,
        range: Option<GetRange>,
    ) -> Result<GetResult, object_store::Error> {
        let options = GetOptions { range, ..GetOptions::default() };
        self.store.get_opts(&Name::from(name), options).await
    }

    /// Removes a file, if it is there, and what is left where its writing broke off: the store writes into
    /// `name#1` first.
    pub(super) async fn remove(&self, name: &str) -> Result<(), object_store::Error> {
        let unfinished = self.folder.join(format!("{name}#1"));
        if let Err(error) = tokio::fs::remove_file(&unfinished).await
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(object_store::Error::Generic { store: "media", source: Box::new(error) });
        }
        match self.store.delete(&Name::from(name)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }
}
