//! What is stored of a recording, beside the message that carries it, and its wire form.

use adda_protocol::media::{Audio, Media, Source};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::addresses::Addresses;

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Description {
    Audio(StoredAudio),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredAudio {
    pub(super) id: Uuid,
    pub(super) duration_ms: i64,
    pub(super) waveform: Vec<u8>,
    /// The small one first.
    pub(super) sources: Vec<StoredFile>,
}

/// One file of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredFile {
    pub(super) name: String,
    pub(super) mime: String,
    pub(super) bytes: i64,
}

impl Description {
    /// As the text that is stored; a message's are a list of them.
    #[must_use]
    pub(crate) fn list_to_json(descriptions: &[Self]) -> Option<String> {
        serde_json::to_string(descriptions).ok()
    }

    /// What [`Description::list_to_json`] wrote; empty for anything else.
    #[must_use]
    pub(crate) fn list_from_json(json: Option<&str>) -> Vec<Self> {
        json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    /// Whether a message that carries it carries nothing else.
    #[must_use]
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(self, Self::Audio(_))
    }

    pub(super) fn files(&self) -> &[StoredFile] {
        match self {
            Self::Audio(audio) => &audio.sources,
        }
    }

    /// The voice message, where it is one.
    #[must_use]
    pub(crate) fn audio(&self, addresses: &Addresses) -> Option<Audio> {
        let Self::Audio(audio) = self;
        let source = |file: &StoredFile| Source {
            url: addresses.of(&file.name),
            mime: file.mime.clone(),
            bytes: file.bytes,
        };
        Some(Audio {
            id: audio.id,
            duration_ms: audio.duration_ms,
            waveform: audio.waveform.clone(),
            sources: audio.sources.iter().map(source).collect(),
        })
    }

    pub(super) fn wire(&self, id: Uuid, addresses: &Addresses) -> Media {
        Media { id, audio: self.audio(addresses) }
    }
}
