//! What is stored of media, beside the message that carries them, and their wire form.

use adda_protocol::Timestamp;
use adda_protocol::media::{Audio, File, Image, ImageSize, Media, Source};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::addresses::Addresses;

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Description {
    Audio(StoredAudio),
    Image(StoredImage),
    File(StoredAttachment),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredAudio {
    pub(super) id: Uuid,
    pub(super) duration_ms: i64,
    pub(super) waveform: Vec<u8>,
    /// The small one first.
    pub(super) sources: Vec<StoredFile>,
    /// When whom it was sent to listened to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) listened_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredImage {
    pub(super) id: Uuid,
    pub(super) name: Option<String>,
    pub(super) thumbhash: String,
    pub(super) animated: bool,
    /// The picture itself.
    pub(super) whole: StoredPicture,
    /// Smaller ones, the smallest first.
    pub(super) sizes: Vec<StoredPicture>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredPicture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) file: StoredFile,
}

/// A file that is only downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredAttachment {
    pub(super) id: Uuid,
    /// What it is called.
    pub(super) name: String,
    /// What its name says that it is. It is never delivered as that.
    pub(super) mime: String,
    pub(super) file: StoredFile,
}

/// One file of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredFile {
    pub(super) name: String,
    pub(super) mime: String,
    pub(super) bytes: i64,
}

/// What a message carries, on the wire.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    pub(crate) audio: Option<Audio>,
    pub(crate) images: Vec<Image>,
    pub(crate) files: Vec<File>,
}

impl Description {
    /// As the text that is stored; a message's are a list of them.
    #[must_use]
    pub(crate) fn list_to_json(descriptions: &[Self]) -> Option<String> {
        serde_json::to_string(descriptions).ok()
    }

    /// The list that [`Description::list_to_json`] wrote; an empty one for anything else.
    #[must_use]
    pub(crate) fn list_from_json(json: &str) -> Vec<Self> {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// What is carried by a message with such a list.
    #[must_use]
    pub(crate) fn carried(json: &str, addresses: &Addresses) -> Carried {
        let mut carried = Carried::default();
        for description in Self::list_from_json(json) {
            match description {
                Self::Audio(audio) => carried.audio = Some(audio.wire(addresses)),
                Self::Image(image) => carried.images.push(image.wire(addresses)),
                Self::File(file) => carried.files.push(file.wire(addresses)),
            }
        }
        carried
    }

    /// The list of a voice message that is listened to now; nothing where it was before, and where there is no
    /// voice message.
    #[must_use]
    pub(crate) fn listened(json: &str, now: i64) -> Option<String> {
        let mut list: Vec<Self> = serde_json::from_str(json).ok()?;
        let audio = list.iter_mut().find_map(|description| match description {
            Self::Audio(audio) if audio.listened_at.is_none() => Some(audio),
            _ => None,
        })?;
        audio.listened_at = Some(now);
        Self::list_to_json(&list)
    }

    /// Whether a message that carries it carries nothing else.
    #[must_use]
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(self, Self::Audio(_))
    }

    /// What whoever sent it calls it, where it is called anything.
    #[must_use]
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Audio(_) => None,
            Self::Image(image) => image.name.as_deref(),
            Self::File(file) => Some(&file.name),
        }
    }

    /// The name under which one of its files is downloaded, where it is a download.
    pub(super) fn download_name(&self) -> Option<&str> {
        match self {
            Self::File(file) => Some(&file.name),
            Self::Audio(_) | Self::Image(_) => None,
        }
    }

    pub(super) fn files(&self) -> Vec<&StoredFile> {
        match self {
            Self::Audio(audio) => audio.sources.iter().collect(),
            Self::Image(image) => {
                let sizes = image.sizes.iter().map(|size| &size.file);
                std::iter::once(&image.whole.file).chain(sizes).collect()
            }
            Self::File(file) => vec![&file.file],
        }
    }

    pub(super) fn wire(self, id: Uuid, addresses: &Addresses) -> Media {
        let nothing = Media { id, audio: None, image: None, file: None };
        match self {
            Self::Audio(audio) => Media { audio: Some(audio.wire(addresses)), ..nothing },
            Self::Image(image) => Media { image: Some(image.wire(addresses)), ..nothing },
            Self::File(file) => Media { file: Some(file.wire(addresses)), ..nothing },
        }
    }
}

impl StoredAudio {
    fn wire(self, addresses: &Addresses) -> Audio {
        let source = |file: StoredFile| Source {
            url: addresses.of(&file.name),
            mime: file.mime,
            bytes: file.bytes,
        };
        Audio {
            id: self.id,
            duration_ms: self.duration_ms,
            waveform: self.waveform,
            sources: self.sources.into_iter().map(source).collect(),
            listened_at: self.listened_at.map(Timestamp),
        }
    }
}

impl StoredImage {
    fn wire(self, addresses: &Addresses) -> Image {
        let size = |size: StoredPicture| ImageSize {
            width: size.width,
            height: size.height,
            url: addresses.of(&size.file.name),
            mime: size.file.mime,
            bytes: size.file.bytes,
        };
        let whole = size(self.whole);
        let sizes: Vec<ImageSize> = self.sizes.into_iter().map(size).collect();
        Image {
            id: self.id,
            width: whole.width,
            height: whole.height,
            thumbhash: self.thumbhash,
            animated: self.animated,
            thumb_url: sizes.first().map_or(&whole.url, |smallest| &smallest.url).clone(),
            url: whole.url,
            mime: whole.mime,
            bytes: whole.bytes,
            sizes,
            name: self.name,
        }
    }
}

impl StoredAttachment {
    fn wire(self, addresses: &Addresses) -> File {
        File {
            id: self.id,
            name: self.name,
            mime: self.mime,
            bytes: self.file.bytes,
            url: addresses.of(&self.file.name),
        }
    }
}
