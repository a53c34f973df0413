//! The use cases of media.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use adda_protocol::UserId;
use adda_protocol::media as wire;
use object_store::{GetRange, GetResult};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::addresses::Addresses;
use super::description::{Description, StoredAudio, StoredFile};
use super::error::MediaError;
use super::files::Files;
use super::sound::{self, SoundKind};
use super::store::{self, DiscardedRow};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::features::accounts::{Accounts, Person};
use crate::limits::Limit;

/// The longest recording that is taken, in bytes.
pub(super) const MOST_AUDIO_BYTES: u64 = 10 * 1024 * 1024;
/// Recordings that are decoded at the same time: each takes a processor.
const AT_ONCE: usize = 2;
/// An upload that no message carries goes after a day, and one that broke off after an hour.
const FORGOTTEN_AFTER_MS: i64 = 24 * 3_600 * 1_000;
const BROKEN_OFF_AFTER_MS: i64 = 3_600 * 1_000;

#[derive(Debug)]
pub(crate) struct Media {
    db: Db,
    clock: Clock,
    accounts: Arc<Accounts>,
    files: Files,
    addresses: Addresses,
    /// How many bytes a person may have.
    quota: u64,
    uploads: Limit<UserId>,
    permits: Semaphore,
}

impl Media {
    #[must_use]
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        accounts: Arc<Accounts>,
        files: Files,
        addresses: Addresses,
        quota: u64,
        rate_limits: bool,
    ) -> Self {
        Self {
            db,
            clock,
            accounts,
            files,
            addresses,
            quota,
            uploads: Limit::new(rate_limits, 20, Duration::from_secs(3)),
            permits: Semaphore::new(AT_ONCE),
        }
    }

    /// Forgets what the throttles need not remember.
    pub(crate) fn purge_limits(&self) {
        self.uploads.purge();
    }

    /// Whether the person may upload now: asked before anything is received.
    ///
    /// # Errors
    /// Too often, [`MediaError::QuotaExceeded`], the database.
    pub(super) async fn may_upload(&self, person: &Person) -> Result<(), MediaError> {
        self.uploads.check(&person.id)?;
        let bytes = store::bytes_of(self.db.read(), person.id).await?;
        let is_left = u64::try_from(bytes).is_ok_and(|bytes| bytes < self.quota);
        if is_left { Ok(()) } else { Err(MediaError::QuotaExceeded) }
    }

    /// Takes a recording that lies in a file, for its sender to attach it to a message. `pay` is told how long
    /// it was decoded, whatever became of it.
    ///
    /// # Errors
    /// [`MediaError::NotARecording`], [`MediaError::TooLong`], the store, the database.
    pub(super) async fn add_recording(
        &self,
        person: &Person,
        file: &Path,
        pay: impl FnOnce(Duration),
    ) -> Result<wire::Media, MediaError> {
        let permit = self.permits.acquire().await;
        let (wav, began) = (Scratch::beside(file), Instant::now());
        let heard = sound::hear(File::open(file)?, File::create_new(&wav.path)?).await;
        pay(began.elapsed());
        drop(permit);
        let heard = heard?;
        // It may have waited long for its turn.
        self.accounts.look_again(person.session_id).await?;

        let id = Uuid::new_v4();
        let (extension, mime) = sent_as(heard.kind);
        let sent = (format!("audio/{id}.{extension}"), mime, file);
        let made = (format!("audio/{id}.wav"), "audio/wav", wav.path.as_path());
        // A WAV file as it was sent would stand beside the one that was made, under the same name.
        let files: Vec<_> =
            if heard.kind == SoundKind::Wav { vec![made] } else { vec![sent, made] };
        self.begin(person, id, &files).await?;
        let mut sources = Vec::with_capacity(files.len());
        for (name, mime, from) in files {
            let bytes = i64::try_from(self.files.put(&name, from).await?).unwrap_or(i64::MAX);
            sources.push(StoredFile { name, mime: mime.to_owned(), bytes });
        }
        let audio =
            StoredAudio { id, duration_ms: heard.duration_ms, waveform: heard.waveform, sources };
        let description = Description::Audio(audio);
        let json = serde_json::to_string(&description).map_err(std::io::Error::from)?;
        let transaction = self.db.begin().await?;
        let is_there = store::finish_upload(&transaction, id, &json).await?;
        transaction.commit().await?;
        if !is_there {
            // It took so long that it was given up, and its files looked for before they were here.
            for file in description.files() {
                self.files.remove(&file.name).await?;
            }
            return Err(MediaError::NotFound);
        }
        Ok(description.wire(id, &self.addresses))
    }

    /// Notes an upload whose files are to be written, if they fit into what the person may have: several at
    /// once are counted one after the other.
    async fn begin(
        &self,
        person: &Person,
        id: Uuid,
        files: &[(String, &str, &Path)],
    ) -> Result<(), MediaError> {
        let names: Vec<String> = files.iter().map(|(name, ..)| name.clone()).collect();
        let lengths: std::io::Result<Vec<u64>> =
            files.iter().map(|(.., path)| Ok(path.metadata()?.len())).collect();
        let bytes = i64::try_from(lengths?.iter().sum::<u64>()).unwrap_or(i64::MAX);
        let transaction = self.db.begin().await?;
        db::lock_rows(&transaction, "users", ["id"], vec![[person.id]]).await?;
        let before = store::bytes_of(&transaction, person.id).await?;
        if u64::try_from(before.saturating_add(bytes)).is_ok_and(|bytes| bytes > self.quota) {
            return Err(MediaError::QuotaExceeded);
        }
        store::begin_upload(&transaction, id, person.id, self.clock.now_ms(), bytes, &names)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The file of this name, or a part of it, for whoever has its address; with its type, and for how many
    /// seconds more the address is good.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] for whoever has not, and for what is gone; the store, the database.
    pub(super) async fn open(
        &self,
        name: &str,
        until: i64,
        signature: &str,
        part: Option<Part>,
    ) -> Result<Opened, MediaError> {
        let good_for = self.addresses.good_for(name, until, signature);
        let good_for = good_for.ok_or(MediaError::NotFound)?;
        let id = id_of(name).ok_or(MediaError::NotFound)?;
        let description = store::description(self.db.read(), id).await?;
        let description = description.ok_or(MediaError::NotFound)?;
        let file = description.files().iter().find(|file| file.name == name);
        let file = file.ok_or(MediaError::NotFound)?;
        let length = u64::try_from(file.bytes).unwrap_or(0);
        let range = part.map(|part| part.of(length)).transpose()?;
        let is_part = range.is_some();
        let content = self.files.get(name, range.map(GetRange::Bounded)).await?;
        Ok(Opened { content, mime: file.mime.clone(), length, good_for, is_part })
    }

    /// Removes the files of what was given up, and what was uploaded for nothing.
    pub(crate) async fn tidy(&self) {
        if let Err(error) = self.sweep().await {
            tracing::warn!(%error, "media that nobody has could not be removed yet");
        }
    }

    async fn sweep(&self) -> Result<(), MediaError> {
        let now = self.clock.now_ms();
        let transaction = self.db.begin().await?;
        let (broken_off, before) = (now - BROKEN_OFF_AFTER_MS, now - FORGOTTEN_AFTER_MS);
        store::discard_uploads(&transaction, broken_off, before).await?;
        transaction.commit().await?;
        for row in store::discarded(self.db.read()).await? {
            if let Err(error) = self.remove(&row).await {
                // The others need not wait for it.
                tracing::warn!(%error, id = %row.id, "files of media could not be removed yet");
            }
        }
        Ok(())
    }

    async fn remove(&self, row: &DiscardedRow) -> Result<(), MediaError> {
        for name in row.files() {
            self.files.remove(&name).await?;
        }
        let transaction = self.db.begin().await?;
        store::forget_discarded(&transaction, row.id).await?;
        Ok(transaction.commit().await?)
    }
}

/// A file that is being read.
pub(super) struct Opened {
    pub(super) content: GetResult,
    pub(super) mime: String,
    /// How long the whole of it is.
    pub(super) length: u64,
    /// For how many seconds more its address is good.
    pub(super) good_for: i64,
    /// Whether a part of it was asked for.
    pub(super) is_part: bool,
}

/// One part of a file, as it is asked for (RFC 9110, section 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// From a byte on, up to another, if that is said.
    From(u64, Option<u64>),
    /// The last bytes.
    Last(u64),
}

impl Part {
    /// From a header; `None` for what is no range, and for several at once, which may be answered by the
    /// whole.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
        match (first.trim(), last.trim()) {
            ("", last) => Some(Self::Last(last.parse().ok()?)),
            (first, "") => Some(Self::From(first.parse().ok()?, None)),
            (first, last) => {
                let (first, last) = (first.parse().ok()?, last.parse().ok()?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    fn of(self, length: u64) -> Result<Range<u64>, MediaError> {
        let part = match self {
            Self::From(first, last) => {
                first..last.map_or(length, |last| last.saturating_add(1).min(length))
            }
            Self::Last(bytes) => length.saturating_sub(bytes)..length,
        };
        if part.is_empty() { Err(MediaError::BeyondTheEnd(length)) } else { Ok(part) }
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

/// The id in a file's name.
fn id_of(name: &str) -> Option<Uuid> {
    let (_, file) = name.split_once('/')?;
    Uuid::try_parse(file.split_once('.')?.0).ok()
}

/// A file for the time of the work on it.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// In the folder of another one.
    fn beside(file: &Path) -> Self {
        Self { path: file.with_file_name(Uuid::new_v4().to_string()) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a recording is left until the next start");
        }
    }
}
