//! Pictures: never kept as they were sent, but made anew in several sizes.

use std::path::Path;

use adda_pictures::{Remade, Version};
use adda_protocol::media as wire;
use uuid::Uuid;

use crate::features::media::description::{Description, StoredFile, StoredImage, StoredPicture};
use crate::features::media::error::MediaError;
use crate::features::media::file_name;
use crate::features::media::picture::{self, Answer};
use crate::features::media::service::{Media, NewFile, Owner};

impl Media {
    /// Takes a picture that lies in a file.
    ///
    /// # Errors
    /// [`MediaError::NotAPicture`], [`MediaError::HeifNotTaken`], [`MediaError::PictureTooLarge`], the store,
    /// the database.
    pub(super) async fn add_picture(
        &self,
        owner: Owner,
        file: &Path,
        name: Option<&str>,
    ) -> Result<wire::Media, MediaError> {
        let (remade, made) = self
            .picture_decoders
            .decode::<Answer<Remade>>(self.payer_of_decoding(owner), picture::REMAKE, file)
            .await
            .map_err(picture::refused)?;
        let Remade { full, stills, thumbhash, animated } = remade.made()?;

        let id = Uuid::new_v4();
        let versions: Vec<Version> = std::iter::once(full).chain(stills).collect();
        let to_store = versions.iter().enumerate().map(|(at, version)| NewFile {
            name: name_of(id, version, at == 0),
            mime: version.mime.as_str(),
            from: made.path(),
            part: version.bytes.clone(),
        });
        let name = name.map(file_name::tidy);
        self.keep(owner, id, to_store.collect(), |files| {
            let mut sizes: Vec<StoredPicture> = versions.iter().zip(files).map(stored).collect();
            let whole = sizes.remove(0);
            Description::Image(StoredImage { id, name, thumbhash, animated, whole, sizes })
        })
        .await
    }
}

/// The smaller ones are told apart by their longest side.
fn name_of(id: Uuid, version: &Version, is_whole: bool) -> String {
    let ending = version.mime.as_str().trim_start_matches("image/");
    if is_whole {
        format!("images/{id}.{ending}")
    } else {
        format!("images/{id}-{}.{ending}", version.width.max(version.height))
    }
}

fn stored((version, file): (&Version, StoredFile)) -> StoredPicture {
    StoredPicture { width: version.width, height: version.height, file }
}
