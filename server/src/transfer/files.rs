//! The files, from one store to the other.

use std::path::PathBuf;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use super::error::TransferError;
use super::step::{Doing, Step};
use crate::config::Bucket;
use crate::files::{FOLDERS, Files};

/// Where files are.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Folder(PathBuf),
    Bucket(Bucket),
}

impl Place {
    /// Whether this is the other one as well.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Folder(one), Self::Folder(other)) => {
                one == other
                    || one
                        .canonicalize()
                        .ok()
                        .is_some_and(|one| other.canonicalize().ok() == Some(one))
            }
            (Self::Bucket(one), Self::Bucket(other)) => one.url() == other.url(),
            _ => false,
        }
    }

    async fn open(&self) -> Result<Files, TransferError> {
        match self {
            Self::Bucket(bucket) => Ok(Files::in_bucket(bucket).await?),
            Self::Folder(folder) => Files::in_folder(folder).map_err(|source| {
                TransferError::Folder { folder: folder.display().to_string(), source }
            }),
        }
    }

    /// The store as it is: where a folder is meant, one that is there.
    async fn open_to_read(&self) -> Result<Files, TransferError> {
        if let Self::Folder(folder) = self
            && !folder.is_dir()
        {
            let source = std::io::ErrorKind::NotFound.into();
            return Err(TransferError::Folder { folder: folder.display().to_string(), source });
        }
        self.open().await
    }
}

/// Copies each file that the other store has not, and sees that both are the same; answers how many there are, and
/// how many of them were copied.
pub(super) async fn copy(
    from: &Place,
    to: &Place,
    epoch: &str,
    told: &impl Fn(Step<'_>),
) -> Result<(u64, u64), TransferError> {
    let (from, to) = (from.open_to_read().await?, to.open().await?);
    to.belong_to(epoch).await.map_err(TransferError::List)?;
    let (mut all, mut copied) = (0, 0);
    for folder in FOLDERS {
        let listed = from.list(folder).await.map_err(TransferError::List)?;
        let whole: Vec<_> = listed.into_iter().filter(|file| file.bytes.is_some()).collect();
        let of = whole.len() as u64;
        let tell = |done| told(Step { doing: Doing::Files, name: folder, done, of });
        for (done, file) in (1..).zip(&whole) {
            let copying = copy_one(&from, &to, &file.name, file.bytes).await;
            copied += u64::from(copying?);
            tell(done);
        }
        if of == 0 {
            tell(0);
        }
        all += of;
    }
    Ok((all, copied))
}

/// Copies a file unless it is there already; answers whether it was not.
async fn copy_one(
    from: &Files,
    to: &Files,
    name: &str,
    bytes: Option<u64>,
) -> Result<bool, TransferError> {
    let failed = |source| TransferError::File { name: name.to_owned(), source };
    let wanted = hash(from, name).await.map_err(failed)?;
    let is_there = to.length(name).await.map_err(failed)? == bytes
        && hash(to, name).await.map_err(failed)? == wanted;
    if is_there {
        return Ok(false);
    }
    to.copy_from(from, name).await.map_err(failed)?;
    if hash(to, name).await.map_err(failed)? != wanted {
        return Err(TransferError::FileDiffers(name.to_owned()));
    }
    Ok(true)
}

/// How long a file is, and the hash of it, read piece by piece.
async fn hash(files: &Files, name: &str) -> Result<(u64, [u8; 32]), object_store::Error> {
    let mut pieces = files.get(name, None).await?.into_stream();
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = pieces.try_next().await? {
        hash.update(&piece);
        bytes += piece.len() as u64;
    }
    Ok((bytes, hash.finalize().into()))
}
