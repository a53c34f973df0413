//! Pictures.

use std::path::Path;
use std::time::Duration;

use adda_protocol::media as wire;

use super::error::MediaError;
use super::service::{Media, Owner};

impl Media {
    pub(super) async fn add_picture(
        &self,
        _owner: Owner,
        _file: &Path,
        _name: Option<&str>,
        _pay: impl FnOnce(Duration),
    ) -> Result<wire::Media, MediaError> {
        Err(MediaError::NotAPicture)
    }
}
