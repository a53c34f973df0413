//! Recordings: decoded, and stored as they were sent and as WAV.

use std::path::Path;

use adda_protocol::media as wire;
use uuid::Uuid;

use crate::confined::Refusal;
use crate::features::media::description::{Description, StoredAudio};
use crate::features::media::error::MediaError;
use crate::features::media::service::{Media, NewFile, Owner};
use crate::features::media::sound::{self, Heard, SoundKind};

impl Media {
    /// Takes a recording that lies in a file.
    ///
    /// # Errors
    /// [`MediaError::NotARecording`], [`MediaError::TooLong`], the store, the database.
    pub(super) async fn add_recording(
        &self,
        owner: Owner,
        file: &Path,
    ) -> Result<wire::Media, MediaError> {
        let decoded = self
            .sound_decoders
            .decode::<Heard>(self.payer_of_decoding(owner), sound::COMMAND, file)
            .await;
        let (heard, wav) = decoded.map_err(|refusal| match refusal {
            Refusal::Unreadable => MediaError::NotARecording,
            Refusal::TooMuch => MediaError::TooLong,
            Refusal::Io(error) => error.into(),
        })?;

        let id = Uuid::new_v4();
        let (extension, mime) = sent_as(heard.kind);
        let sent = NewFile::whole(format!("audio/{id}.{extension}"), mime, file)?;
        let made = NewFile::whole(format!("audio/{id}.wav"), "audio/wav", wav.path())?;
        // A WAV file as it was sent would stand beside the one that was made, under the same name.
        let files = if heard.kind == SoundKind::Wav { vec![made] } else { vec![sent, made] };
        let (duration_ms, waveform) = (heard.duration_ms, heard.waveform);
        self.keep(owner, id, files, |sources| {
            Description::Audio(StoredAudio {
                id,
                duration_ms,
                waveform,
                sources,
                listened_at: None,
            })
        })
        .await
    }
}

/// What a recording of this kind is called, and its type.
fn sent_as(kind: SoundKind) -> (&'static str, &'static str) {
    match kind {
        SoundKind::Webm => ("webm", "audio/webm"),
        SoundKind::Ogg => ("ogg", "audio/ogg"),
        SoundKind::Mp4 => ("m4a", "audio/mp4"),
        SoundKind::Wav => ("wav", "audio/wav"),
        SoundKind::Mp3 => ("mp3", "audio/mpeg"),
        SoundKind::Flac => ("flac", "audio/flac"),
    }
}
