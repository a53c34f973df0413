//! Recordings and pictures within a frame of the socket, in base64.

use std::borrow::Cow;

use adda_protocol::media::{self as wire, InlineMedia};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::MediaError;
use super::kind::Kind;
use super::service::{Media, Owner};
use crate::incoming::UploadPermit;

/// The most bytes of what stands in a frame.
const MOST_BYTES: usize = 2 << 20;
/// The standard alphabet; some encoders leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What stood in a frame, decoded.
#[derive(Debug)]
pub(crate) struct Inline {
    kind: Kind,
    name: Option<String>,
    bytes: Vec<u8>,
}

impl Inline {
    /// A voice message.
    ///
    /// # Errors
    /// [`MediaError::NotBase64`], [`MediaError::TooLargeForFrame`].
    pub(crate) fn audio(media: InlineMedia) -> Result<Self, MediaError> {
        Self::decode(Kind::Audio, media)
    }

    /// A picture.
    ///
    /// # Errors
    /// [`MediaError::NotBase64`], [`MediaError::TooLargeForFrame`].
    pub(crate) fn image(media: InlineMedia) -> Result<Self, MediaError> {
        Self::decode(Kind::Image, media)
    }

    fn decode(kind: Kind, media: InlineMedia) -> Result<Self, MediaError> {
        let base64 = without_prefix(&media.data).ok_or(MediaError::NotBase64)?;
        if base64.trim_end_matches('=').len() > (MOST_BYTES * 4).div_ceil(3) {
            return Err(MediaError::TooLargeForFrame);
        }
        let bytes = BASE64.decode(base64.as_ref()).map_err(|_| MediaError::NotBase64)?;
        Ok(Self { kind, name: media.filename, bytes })
    }

    /// Tells it from anything else that could have stood there. It becomes part of what is stored: it may
    /// never change.
    #[must_use]
    pub(crate) fn hash(&self) -> [u8; 32] {
        let kind: &[u8] = if self.kind == Kind::Audio { b"audio" } else { b"image" };
        let name = self.name.as_deref().unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [kind, name.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(&self.bytes);
        hash.finalize().into()
    }
}

/// What comes after `data:…;base64,`, or all of it.
fn without_prefix(data: &str) -> Option<Cow<'_, str>> {
    // Both words may be written in capitals (RFC 2397, RFC 3986).
    let ends_with = |head: &str, end: &str| head.to_ascii_lowercase().ends_with(end);
    let data = match data.split_at_checked(5) {
        Some((scheme, data)) if scheme.eq_ignore_ascii_case("data:") => {
            data.split_once(',').filter(|(head, _)| ends_with(head, ";base64"))?.1
        }
        _ => data,
    };
    // Some encoders break lines.
    let has_breaks = data.contains(['\r', '\n']);
    Some(if has_breaks { data.replace(['\r', '\n'], "").into() } else { data.into() })
}

impl Media {
    /// Takes what stood in a frame, as if it had been uploaded.
    ///
    /// # Errors
    /// What it is not, too often, [`MediaError::QuotaExceeded`], the store, the database.
    pub(crate) async fn add_inline(
        &self,
        owner: Owner,
        inline: Inline,
        permit: UploadPermit,
    ) -> Result<wire::Media, MediaError> {
        self.may_upload(owner, inline.bytes.len() as u64).await?;
        let Inline { kind, name, bytes } = inline;
        let mut file = permit.keep(bytes).await?;
        file.name = name;
        self.add_as(kind, owner, &file).await
    }

    /// Takes back what was added, where no message came to carry it.
    pub(crate) async fn take_back(&self, owner: Owner, id: Uuid) {
        if let Err(error) = self.give_up(owner, id).await {
            // It goes after a day.
            tracing::warn!(%error, %id, "what no message carries is left for now");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(data: &str) -> Result<Vec<u8>, MediaError> {
        let media = InlineMedia { mime: None, data: data.to_owned(), filename: None };
        Inline::audio(media).map(|inline| inline.bytes)
    }

    #[test]
    fn base64_is_read_as_encoders_write_it() {
        for data in [
            "YWRkYSE=",
            "YWRkYSE",
            "data:audio/webm;codecs=opus;base64,YWRkYSE=",
            "data:;base64,YWRkYSE=",
            "DATA:audio/webm;BASE64,YWRkYSE=",
            "YWRk\r\nYSE=\n",
        ] {
            assert_eq!(decoded(data).unwrap(), b"adda!", "{data}");
        }
        assert_eq!(decoded("").unwrap(), b"");
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for data in [
            "YWRkYSE!",
            "Y",
            "YWRkYSF=",
            "YW Rk",
            "_-_-",
            "data:audio/webm,YWRkYSE=",
            "data:audio/webm;base64",
            "YWRkYSE==YWRk",
        ] {
            assert!(matches!(decoded(data), Err(MediaError::NotBase64)), "{data}");
        }
    }

    #[test]
    fn two_mebibytes_are_taken_and_one_byte_more_is_not() {
        let most = BASE64.encode(vec![7; MOST_BYTES]);
        assert_eq!(decoded(&most).unwrap().len(), MOST_BYTES);
        let more = BASE64.encode(vec![7; MOST_BYTES + 1]);
        assert!(matches!(decoded(&more), Err(MediaError::TooLargeForFrame)));
    }
}
