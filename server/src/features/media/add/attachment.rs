//! Files of any kind: kept as they are, delivered as downloads.

use std::path::Path;

use adda_protocol::media as wire;
use uuid::Uuid;

use crate::features::media::description::{Description, StoredAttachment};
use crate::features::media::error::MediaError;
use crate::features::media::file_name;
use crate::features::media::service::{Media, NewFile, Owner};

impl Media {
    /// Takes a file as it is, for download.
    pub(super) async fn add_attachment(
        &self,
        owner: Owner,
        file: &Path,
        name: Option<&str>,
    ) -> Result<wire::Media, MediaError> {
        let id = Uuid::new_v4();
        let name = file_name::tidy(name.unwrap_or_default());
        let mime = mime_guess::from_path(&name).first_or_octet_stream().to_string();
        let files = vec![NewFile::whole(format!("files/{id}"), file_name::DELIVERED_AS, file)?];
        self.keep(owner, id, files, |mut files| {
            let file = files.remove(0);
            Description::File(StoredAttachment { id, name, mime, file })
        })
        .await
    }
}
