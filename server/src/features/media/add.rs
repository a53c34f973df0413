//! What becomes of an upload: what it is taken for decides.

mod attachment;
mod picture;
mod recording;

use std::path::Path;

use adda_protocol::media as wire;
use tokio::io::AsyncReadExt;

use super::error::MediaError;
use super::kind::Kind;
use super::service::{Media, Owner};
use crate::incoming::ReceivedFile;

impl Media {
    /// Takes what was uploaded, for its sender to attach it to a message.
    ///
    /// # Errors
    /// What it is not, [`MediaError::QuotaExceeded`], the store, the database.
    pub(super) async fn add(
        &self,
        owner: Owner,
        file: &ReceivedFile,
    ) -> Result<wire::Media, MediaError> {
        let path = file.path();
        let kind = match &file.kind {
            Some(name) => Kind::parse(name).ok_or(MediaError::NoSuchKind)?,
            None => Kind::of(&beginning(path).await?),
        };
        self.add_as(kind, owner, file).await
    }

    /// The same for something that is known to be of a kind.
    pub(super) async fn add_as(
        &self,
        kind: Kind,
        owner: Owner,
        file: &ReceivedFile,
    ) -> Result<wire::Media, MediaError> {
        let path = file.path();
        admit(kind, tokio::fs::metadata(path).await?.len())?;
        match kind {
            Kind::Audio => self.add_recording(owner, path).await,
            Kind::Image => self.add_picture(owner, path, file.name.as_deref()).await,
            Kind::File => self.add_attachment(owner, path, file.name.as_deref()).await,
        }
    }
}

/// Whether a file of a kind may have so many bytes.
///
/// # Errors
/// [`MediaError::TooLarge`].
pub(super) const fn admit(kind: Kind, bytes: u64) -> Result<(), MediaError> {
    if bytes > kind.most_bytes() { Err(MediaError::TooLarge(kind)) } else { Ok(()) }
}

/// How a file begins.
async fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    tokio::fs::File::open(path).await?.take(64).read_to_end(&mut beginning).await?;
    Ok(beginning)
}
