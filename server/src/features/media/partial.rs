//! Uploads that are received in parts, and go on where they stopped.
//!
//! What arrives is stored part after part, each under a name that was noted before, and counts as received
//! when its part is stored for good: so a line that is cut, or a server that is killed, costs the last
//! part at most, and any node can go on. The last part is stored nowhere: with it the file is whole and goes
//! the way of any upload, and that all was received and what was made of it are noted as one. So however often
//! the last part is sent, one thing is made of it.

use std::io::SeekFrom;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::time::timeout;
use uuid::Uuid;

use super::add::admit;
use super::error::MediaError;
use super::file_name;
use super::kind::Kind;
use super::service::{BROKEN_OFF_AFTER_MS, FORGOTTEN_AFTER_MS, Media, Owner};
use super::store::partial::{self as store, NewPartial, PartialRow};
use super::store::{DiscardedRow, discard_file};
use super::turns::Turn;
use crate::incoming::{IncomingError, ReceivedFile};

/// So much is received before it is stored as a part.
const PART: u64 = 4 << 20;
/// What is less is no part of its own where the line was cut: it is sent again.
const LEAST_PART: u64 = 64 << 10;
/// The longest time that reading them again may take.
const JOINED_WITHIN: Duration = Duration::from_secs(60);
/// In so many parts: as many as the longest file has of the least that are kept of cut lines, and more.
const MOST_PARTS: i64 = 1_000;
/// So many uploads of a person wait for their rest.
const MOST_WAITING: i64 = 20;

/// What is said of a file before it comes.
#[derive(Debug)]
pub(super) struct Announced {
    pub(super) bytes: u64,
    /// What its sender takes it for.
    pub(super) kind: Option<String>,
    /// What its sender calls it.
    pub(super) name: Option<String>,
}

/// How far an upload has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) bytes: u64,
    pub(super) received: u64,
    /// When it goes, where it is not finished.
    pub(super) until_ms: i64,
    /// What was made of it.
    pub(super) media_id: Option<Uuid>,
}

/// Where bytes that arrive belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) upload: Uuid,
    pub(super) offset: u64,
    /// How many are said to come; 0 where nothing is said.
    pub(super) announced: u64,
    pub(super) network: IpAddr,
}

impl From<&PartialRow> for Standing {
    fn from(row: &PartialRow) -> Self {
        Self {
            bytes: unsigned(row.bytes),
            received: unsigned(row.received),
            until_ms: expires(row.created_at, row.received),
            media_id: row.media_id,
        }
    }
}

impl Media {
    /// Begins an upload, of which nothing was received yet.
    ///
    /// # Errors
    /// What it may not be, too often, [`MediaError::QuotaExceeded`], [`MediaError::StorageFull`], the database.
    pub(super) async fn begin_partial(
        &self,
        owner: Owner,
        announced: Announced,
    ) -> Result<(Uuid, Standing), MediaError> {
        let Announced { bytes, kind, name } = announced;
        let known = kind.as_deref().map(|name| Kind::parse(name).ok_or(MediaError::NoSuchKind));
        if bytes == 0 {
            return Err(MediaError::Empty);
        }
        // What it is without a word is looked at when it is here.
        admit(known.transpose()?.unwrap_or(Kind::File), bytes)?;
        self.may_upload(owner, bytes).await?;
        let transaction = self.db.begin().await?;
        let length = signed(bytes);
        self.fits(&transaction, owner, length).await?;
        if store::waiting(&transaction, owner.user_id).await? >= MOST_WAITING {
            return Err(MediaError::TooManyUnfinished);
        }
        // Nobody guesses it, though only its owner may use it.
        let (id, created_at) = (Uuid::new_v4(), self.clock.now_ms());
        let name = name.as_deref().map(file_name::tidy);
        let new = NewPartial { id, owner_id: owner.user_id, created_at, bytes: length, kind, name };
        store::begin(&transaction, new).await?;
        self.count_in(&transaction, length, 0).await?;
        transaction.commit().await?;
        let until_ms = expires(created_at, 0);
        Ok((id, Standing { bytes, received: 0, until_ms, media_id: None }))
    }

    /// How far somebody's upload has come. Whoever sends to it at the moment is asked to stop.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], the database.
    pub(super) async fn standing(&self, owner: Owner, id: Uuid) -> Result<Standing, MediaError> {
        let (row, _turn) = self.turn_of(owner, id).await?;
        Ok(Standing::from(&row))
    }

    /// Receives what arrives for somebody's upload, until it ends or somebody else goes on with it.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], [`MediaError::StandsAt`], [`MediaError::BeyondItsLength`], why it did not
    /// come to its end, and those of [`Media::add`].
    pub(super) async fn go_on(
        &self,
        owner: Owner,
        place: Place,
        arriving: impl Stream<Item = Result<Bytes, IncomingError>> + Send + Unpin,
    ) -> Result<Standing, MediaError> {
        let (row, turn) = self.turn_of(owner, place.upload).await?;
        if row.media_id.is_some() {
            // Its sender has not heard of it.
            return Ok(Standing::from(&row));
        }
        let turn = turn.ok_or(IncomingError::NoTurn)?;
        if place.offset != unsigned(row.received) {
            return Err(MediaError::StandsAt(unsigned(row.received)));
        }
        if place.announced > unsigned(row.bytes - row.received) {
            return Err(MediaError::BeyondItsLength);
        }
        if place.announced == 0 || place.announced == unsigned(row.bytes - row.received) {
            // All that came before is read again, however little comes now.
            self.may_finish(owner)?;
        }
        self.may_decode(owner)?;
        // All of it lies here in the end.
        let (incoming, bytes) = (self.incoming().clone(), unsigned(row.bytes));
        let permit = incoming.permit(owner.user_id, place.network, bytes).await?;
        let (file, mut received) = permit.begin().await?;
        (received.kind, received.name) = (row.kind.clone(), row.name.clone());
        let mut file = Receiving::at(place.offset, file, received).await?;
        let ended = self.receive(owner, &row, &turn, &mut file, arriving).await;
        let is_kept = match &ended {
            Err(MediaError::BeyondItsLength) => false,
            _ if file.end == unsigned(row.bytes) => return self.finish(owner, &row, file).await,
            Ok(()) => file.waits() > 0,
            Err(_) => file.waits() >= LEAST_PART,
        };
        if is_kept {
            self.store_part(owner, &row, &mut file).await?;
        }
        match ended {
            Err(MediaError::StandsAt(_)) => Err(MediaError::StandsAt(file.stored)),
            Err(error) => Err(error),
            Ok(()) => Ok(Standing::from(&PartialRow { received: signed(file.stored), ..row })),
        }
    }

    /// Has all uploads that come in parts stored as far as they came, and takes no more of them: the server stops.
    pub(crate) fn stop_receiving(&self) {
        self.turns.stop();
    }

    /// Gives up somebody's upload, and what was made of it, unless a message carries that.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], the database.
    pub(super) async fn cancel(&self, owner: Owner, id: Uuid) -> Result<(), MediaError> {
        let (_, _turn) = self.turn_of(owner, id).await?;
        let transaction = self.db.begin().await?;
        let discarded = store::discard(&transaction, id, owner.user_id).await?;
        transaction.commit().await?;
        match discarded.ok_or(MediaError::NotFound)? {
            Some(media_id) => self.give_up(owner, media_id).await,
            None => Ok(()),
        }
    }

    /// Somebody's upload as it is when nobody else sends to it. The turn is missing where somebody does for
    /// too long.
    async fn turn_of(
        &self,
        owner: Owner,
        id: Uuid,
    ) -> Result<(PartialRow, Option<Turn>), MediaError> {
        // Nobody's upload is stopped by anybody else.
        self.find_partial(owner, id).await?;
        let turn = self.turns.take(id).await;
        Ok((self.find_partial(owner, id).await?, turn))
    }

    async fn find_partial(&self, owner: Owner, id: Uuid) -> Result<PartialRow, MediaError> {
        let after = self.clock.now_ms() - FORGOTTEN_AFTER_MS;
        let found = store::find(self.db.read(), id, owner.user_id, after).await?;
        found.ok_or(MediaError::NotFound)
    }

    /// Writes down what arrives, and stores part after part of it but for the last.
    async fn receive(
        &self,
        owner: Owner,
        row: &PartialRow,
        turn: &Turn,
        file: &mut Receiving,
        mut arriving: impl Stream<Item = Result<Bytes, IncomingError>> + Send + Unpin,
    ) -> Result<(), MediaError> {
        loop {
            let next = tokio::select! {
                biased;
                () = turn.is_wanted() => return Err(MediaError::StandsAt(file.stored)),
                next = arriving.next() => next,
            };
            let Some(bytes) = next.transpose()? else { return Ok(()) };
            if file.end + bytes.len() as u64 > unsigned(row.bytes) {
                return Err(MediaError::BeyondItsLength);
            }
            file.take(&bytes).await?;
            if file.waits() >= PART && file.end < unsigned(row.bytes) {
                self.store_part(owner, row, file).await?;
            }
        }
    }

    /// Stores what waits for it as a part.
    async fn store_part(
        &self,
        owner: Owner,
        row: &PartialRow,
        file: &mut Receiving,
    ) -> Result<(), MediaError> {
        // Its id says when it was begun.
        let (id, begins_at) = (store::id_at(self.clock.now_ms()), signed(file.stored));
        let transaction = self.db.begin().await?;
        if store::count_parts(&transaction, row.id).await? >= MOST_PARTS {
            return Err(MediaError::TooManyParts);
        }
        if !store::begin_part(&transaction, id, row.id, begins_at).await? {
            drop(transaction);
            return Err(self.is_elsewhere(owner, row.id).await?);
        }
        transaction.commit().await?;
        let name = store::file_of(id);
        let part = file.stored..file.end;
        let bytes = signed(file.waits());
        file.flush().await?;
        if let Err(error) = self.files.put(&name, file.received.path(), part).await {
            if let Err(error) = self.remove_soon(name).await {
                tracing::warn!(%error, "what there is of a part stays for an hour");
            }
            return Err(error.into());
        }
        let transaction = self.db.begin().await?;
        if store::end_part(&transaction, id, row.id, begins_at, bytes).await? {
            transaction.commit().await?;
            file.stored = file.end;
            return Ok(());
        }
        drop(transaction);
        // Another node was quicker, or the upload is gone. Its row goes with the note that removes its file.
        let transaction = self.db.begin().await?;
        store::discard_part(&transaction, id).await?;
        transaction.commit().await?;
        Err(self.is_elsewhere(owner, row.id).await?)
    }

    /// Lists what there is of a part that could not be stored, which counts for nobody. Its note stays until it is
    /// overdue: what a bucket's server was slow to do may be done after that.
    async fn remove_soon(&self, name: String) -> Result<(), MediaError> {
        let transaction = self.db.begin().await?;
        discard_file(&transaction, &DiscardedRow::of(name)).await?;
        Ok(transaction.commit().await?)
    }

    /// Where an upload stands with which somebody else was quicker.
    async fn is_elsewhere(&self, owner: Owner, id: Uuid) -> Result<MediaError, MediaError> {
        let row = self.find_partial(owner, id).await?;
        Ok(MediaError::StandsAt(unsigned(row.received)))
    }

    /// Makes of a whole file what it is to be.
    async fn finish(
        &self,
        owner: Owner,
        row: &PartialRow,
        file: Receiving,
    ) -> Result<Standing, MediaError> {
        let joined = timeout(JOINED_WITHIN, self.with_its_beginning(row, file)).await;
        let added = match joined.map_err(std::io::Error::from)? {
            Ok(received) => {
                self.add(Owner { partial: Some(row.id), ..owner }, &received).await.map(drop)
            }
            Err(error) => Err(error),
        };
        match added {
            // Another node may have been quicker.
            Ok(()) | Err(MediaError::NotFound) => {}
            // It will never be anything else: whoever sends the last byte again reads all of it anew.
            Err(error) if error.is_of_the_file() => {
                if self.forget(owner, row.id).await? {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        let row = self.find_partial(owner, row.id).await?;
        let standing = row.media_id.map(|_| Standing::from(&row));
        standing.ok_or(MediaError::StandsAt(unsigned(row.received)))
    }

    /// Gives up an upload of which nothing can be made; `false` where another node has made something of it,
    /// perhaps while its parts were read here.
    async fn forget(&self, owner: Owner, id: Uuid) -> Result<bool, MediaError> {
        let transaction = self.db.begin().await?;
        let is_made = store::discard(&transaction, id, owner.user_id).await?.flatten().is_some();
        if !is_made {
            transaction.commit().await?;
        }
        Ok(!is_made)
    }

    /// Writes what came before in front of what came now.
    async fn with_its_beginning(
        &self,
        row: &PartialRow,
        file: Receiving,
    ) -> Result<ReceivedFile, MediaError> {
        let Receiving { mut file, received, .. } = file;
        file.seek(SeekFrom::Start(0)).await?;
        let mut written = 0;
        for part in store::parts(self.db.read(), row.id).await? {
            // Those that were stored just now stand here already.
            if written >= unsigned(row.received) {
                break;
            }
            let found = match self.files.get(&store::file_of(part), None).await {
                // What somebody took away does not come back.
                Err(object_store::Error::NotFound { path, .. }) => {
                    tracing::error!(path, "a part of an upload is missing");
                    return Err(MediaError::Incomplete);
                }
                found => found?,
            };
            let mut content = found.into_stream();
            while let Some(bytes) = content.try_next().await? {
                written += bytes.len() as u64;
                file.write_all(&bytes).await?;
            }
        }
        file.flush().await?;
        if written == unsigned(row.received) { Ok(received) } else { Err(MediaError::Incomplete) }
    }
}

/// A file that is being received from some place of it on. What came before is a hole.
struct Receiving {
    file: File,
    received: ReceivedFile,
    /// Up to where it is stored, and up to where it is here.
    stored: u64,
    end: u64,
}

impl Receiving {
    async fn at(offset: u64, mut file: File, received: ReceivedFile) -> std::io::Result<Self> {
        file.seek(SeekFrom::Start(offset)).await?;
        Ok(Self { file, received, stored: offset, end: offset })
    }

    async fn take(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes).await?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// How much is here and is not stored.
    fn waits(&self) -> u64 {
        self.end - self.stored
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush().await
    }
}

/// When an upload goes that is not finished: one of which nothing came waits for nobody.
const fn expires(created_at: i64, received: i64) -> i64 {
    created_at + if received == 0 { BROKEN_OFF_AFTER_MS } else { FORGOTTEN_AFTER_MS }
}

fn unsigned(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
