//! The use cases of media.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use adda_protocol::media as wire;
use adda_protocol::{RoomName, UserId};
use object_store::{GetRange, GetResult};
use sea_orm::DbErr;
use tokio::time::Instant;
use uuid::Uuid;

use super::addresses::Addresses;
use super::decoding::Decoders;
use super::description::{Description, StoredFile};
use super::error::MediaError;
use super::store::{self, DiscardedRow, partial};
use super::turns::Turns;
use crate::budget::{Asks, Budgets, Payer};
use crate::clock::Clock;
use crate::config::MediaQuota;
use crate::db::{self, Db, Transaction};
use crate::features::accounts::{Accounts, Person};
use crate::features::rooms::Rooms;
use crate::files::Files;
use crate::incoming::Uploads;
use crate::limits::Limit;

/// An upload that no message carries goes after a day, and one that broke off after an hour.
pub(super) const FORGOTTEN_AFTER_MS: i64 = 24 * 3_600 * 1_000;
pub(super) const BROKEN_OFF_AFTER_MS: i64 = 3_600 * 1_000;
/// A round ends when what could not be removed took so long: where the store is away, each waits in vain.
const MOST_IN_VAIN: Duration = Duration::from_secs(10);
/// Of so many it is told in a round.
const MOST_TOLD: usize = 3;

/// Whose something is that is uploaded, by which session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) user_id: UserId,
    pub(crate) session_id: Uuid,
    /// The upload that it was received by, where that came in parts.
    pub(super) partial: Option<Uuid>,
}

impl From<&Person> for Owner {
    fn from(person: &Person) -> Self {
        Self::new(person.id, person.session_id)
    }
}

impl Owner {
    pub(crate) fn new(user_id: UserId, session_id: Uuid) -> Self {
        Self { user_id, session_id, partial: None }
    }
}

#[derive(Debug)]
pub(crate) struct Media {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) accounts: Arc<Accounts>,
    pub(super) files: Files,
    incoming: Arc<Uploads>,
    /// Who sends to uploads that are received in parts.
    pub(super) turns: Turns,
    addresses: Addresses,
    quota: MediaQuota,
    upload_limit: Limit<UserId>,
    pub(super) avatar_limit: Limit<UserId>,
    budgets: Arc<Budgets>,
    /// A picture takes much longer than a recording, which people wait for.
    pub(super) sound_decoders: Decoders,
    pub(super) picture_decoders: Decoders,
}

impl Media {
    #[must_use]
    pub(crate) fn new(
        db: Db,
        clock: Clock,
        accounts: Arc<Accounts>,
        files: Files,
        incoming: Arc<Uploads>,
        addresses: Addresses,
        quota: MediaQuota,
        budgets: Arc<Budgets>,
    ) -> Self {
        Self {
            db,
            clock,
            accounts,
            files,
            incoming,
            turns: Turns::new(),
            addresses,
            quota,
            upload_limit: Limit::new(budgets.is_enabled(), 60, Duration::from_secs(3)),
            avatar_limit: Limit::new(budgets.is_enabled(), 10, Duration::from_secs(30)),
            budgets,
            sound_decoders: Decoders::new(),
            picture_decoders: Decoders::new(),
        }
    }

    /// Where files are received, and who may send.
    #[must_use]
    pub(crate) fn incoming(&self) -> &Arc<Uploads> {
        &self.incoming
    }

    /// Forgets what the throttles need not remember.
    pub(crate) fn purge_limits(&self) {
        self.upload_limit.purge();
        self.avatar_limit.purge();
    }

    /// Whether the person may upload so many bytes now: asked before anything is received.
    ///
    /// # Errors
    /// Too often, [`MediaError::QuotaExceeded`], [`MediaError::StorageFull`], the database.
    pub(super) async fn may_upload(&self, owner: Owner, bytes: u64) -> Result<(), MediaError> {
        self.upload_limit.check(&owner.user_id)?;
        self.may_decode(owner)?;
        let more = bytes.max(1);
        let usage = self.usage(owner.user_id).await?;
        if usage.used_bytes.saturating_add(more) > usage.quota_bytes {
            return Err(MediaError::QuotaExceeded);
        }
        if usage.total_used_bytes.saturating_add(more) > usage.total_quota_bytes {
            return Err(MediaError::StorageFull);
        }
        Ok(())
    }

    /// How much a person has, and may have, and how much all people.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn usage(&self, user_id: UserId) -> Result<wire::MediaUsage, MediaError> {
        let theirs = store::bytes_of(self.db.read(), user_id, None).await?;
        let of_all = store::total(self.db.read()).await?;
        Ok(wire::MediaUsage {
            used_bytes: u64::try_from(theirs).unwrap_or(0),
            quota_bytes: self.quota.of_person,
            total_used_bytes: u64::try_from(of_all).unwrap_or(0),
            total_quota_bytes: self.quota.of_all,
        })
    }

    /// Whether the person may have an upload made whole now: as often as they may upload.
    ///
    /// # Errors
    /// Too often.
    pub(super) fn may_finish(&self, owner: Owner) -> Result<(), MediaError> {
        Ok(self.upload_limit.check(&owner.user_id)?)
    }

    /// Whether the person may have something decoded now.
    ///
    /// # Errors
    /// Too often.
    pub(super) fn may_decode(&self, owner: Owner) -> Result<(), MediaError> {
        self.payer_of_decoding(owner).admit(Duration::ZERO, Asks::AtOnce)?;
        Ok(())
    }

    pub(super) fn payer_of_decoding(&self, owner: Owner) -> Payer {
        self.budgets.decoding(owner.user_id)
    }

    /// Stores files, and says what they are once all are there. Their row comes first, so that no file is
    /// without one.
    pub(super) async fn keep(
        &self,
        owner: Owner,
        id: Uuid,
        files: Vec<NewFile<'_>>,
        describe: impl FnOnce(Vec<StoredFile>) -> Description,
    ) -> Result<wire::Media, MediaError> {
        // It may have waited long for its turn.
        self.accounts.look_again(owner.session_id).await?;
        let bytes = files.iter().map(NewFile::bytes).sum();
        self.begin(owner, id, &files, bytes).await?;
        let stored = match self.put(files).await {
            Ok(stored) => stored,
            Err(error) => {
                if let Err(error) = self.break_off(id, bytes).await {
                    tracing::warn!(%error, "what was not stored counts for an hour more");
                }
                return Err(error);
            }
        };
        let description = describe(stored);
        let json = serde_json::to_string(&description).map_err(std::io::Error::from)?;
        let transaction = self.db.begin().await?;
        let is_first = match owner.partial {
            Some(partial) => partial::complete(&transaction, partial, id).await?,
            None => true,
        };
        if is_first && store::finish_upload(&transaction, id, &json).await? {
            transaction.commit().await?;
            return Ok(description.wire(id, &self.addresses));
        }
        drop(transaction);
        // Another node was quicker with the same upload, or its owner has cancelled it; or it took so long that
        // it was given up, and its files looked for before they were here.
        self.give_up(owner, id).await?;
        for file in description.files() {
            self.files.remove(&file.name).await?;
        }
        Err(MediaError::NotFound)
    }

    async fn put(&self, files: Vec<NewFile<'_>>) -> Result<Vec<StoredFile>, MediaError> {
        let mut stored = Vec::with_capacity(files.len());
        for file in files {
            self.files.put(&file.name, file.from, file.part.clone()).await?;
            let bytes = file.bytes();
            stored.push(StoredFile { name: file.name, mime: file.mime.to_owned(), bytes });
        }
        Ok(stored)
    }

    /// Counts an upload no more whose files could not all be stored, so that whoever tries again does not count
    /// for each time.
    async fn break_off(&self, id: Uuid, bytes: i64) -> Result<(), MediaError> {
        let transaction = self.db.begin().await?;
        store::break_off(&transaction, id, bytes).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes back an upload of theirs that no message carries.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn give_up(&self, owner: Owner, id: Uuid) -> Result<(), MediaError> {
        let transaction = self.db.begin().await?;
        store::discard_upload(&transaction, id, owner.user_id).await?;
        Ok(transaction.commit().await?)
    }

    /// Notes an upload whose files are to be written, if they fit into what the person may have, and all people:
    /// several at once are counted one after the other.
    async fn begin(
        &self,
        owner: Owner,
        id: Uuid,
        files: &[NewFile<'_>],
        bytes: i64,
    ) -> Result<(), MediaError> {
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let transaction = self.db.begin().await?;
        self.fits(&transaction, owner, bytes).await?;
        store::begin_upload(&transaction, id, owner.user_id, self.clock.now_ms(), bytes, &names)
            .await?;
        let announced = match owner.partial {
            Some(partial) => partial::announced(&transaction, partial).await?,
            None => 0,
        };
        self.count_in(&transaction, bytes, announced).await?;
        Ok(transaction.commit().await?)
    }

    /// Counts bytes with those of all people, of which so many are counted already. To be asked last.
    pub(super) async fn count_in(
        &self,
        transaction: &Transaction,
        bytes: i64,
        counted: i64,
    ) -> Result<(), MediaError> {
        let most = i64::try_from(self.quota.of_all).unwrap_or(i64::MAX).saturating_add(counted);
        let is_counted = store::count_in(transaction, bytes, most).await?;
        if is_counted { Ok(()) } else { Err(MediaError::StorageFull) }
    }

    /// Looks whether so many bytes more fit into what the person may have, and lets nothing else of theirs in
    /// until the transaction ends.
    pub(super) async fn fits(
        &self,
        transaction: &Transaction,
        owner: Owner,
        bytes: i64,
    ) -> Result<(), MediaError> {
        db::lock_rows(transaction, "users", ["id"], vec![[owner.user_id]]).await?;
        let before = store::bytes_of(transaction, owner.user_id, owner.partial).await?;
        if u64::try_from(before.saturating_add(bytes))
            .is_ok_and(|bytes| bytes > self.quota.of_person)
        {
            return Err(MediaError::QuotaExceeded);
        }
        Ok(())
    }

    /// What is uploaded or carried, with fresh addresses, for whoever may read the room or uploaded it.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] for everybody else, the database.
    pub(super) async fn fresh(
        &self,
        rooms: &Rooms,
        user_id: UserId,
        id: Uuid,
    ) -> Result<wire::Media, MediaError> {
        let held = store::held(self.db.read(), id).await?.ok_or(MediaError::NotFound)?;
        match &held.room {
            Some(name) => drop(rooms.find(user_id, &RoomName::stored(name.clone())).await?),
            None if held.owner_id == user_id => {}
            None => return Err(MediaError::NotFound),
        }
        Ok(held.description()?.wire(id, &self.addresses))
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
        part: Option<GetRange>,
    ) -> Result<Opened, MediaError> {
        let good_for = self.addresses.good_for(name, until, signature);
        let good_for = good_for.ok_or(MediaError::NotFound)?;
        let id = id_of(name).ok_or(MediaError::NotFound)?;
        let held = store::held(self.db.read(), id).await?.ok_or(MediaError::NotFound)?;
        let description = held.description()?;
        let files = description.files();
        let file = files.iter().find(|file| file.name == name).ok_or(MediaError::NotFound)?;
        let length = u64::try_from(file.bytes).unwrap_or(0);
        let is_part = part.is_some();
        let range = part.map(|part| within(&part, length)).transpose()?;
        let content = self.files.get(name, range.map(GetRange::Bounded)).await?;
        if content.meta.size != length {
            // Somebody was in the folder, or something between here and the bucket answered in its place.
            let source = format!("{name} has {} bytes and should have {length}", content.meta.size);
            return Err(
                object_store::Error::Generic { store: "media", source: source.into() }.into()
            );
        }
        let mime = file.mime.clone();
        let download_name = description.download_name().map(str::to_owned);
        Ok(Opened { content, mime, length, good_for, is_part, download_name })
    }

    /// Gives up what was being stored when the server ended, so that it counts for nobody: called before anybody
    /// uploads, where no other server can be storing it.
    ///
    /// # Errors
    /// The database.
    pub(crate) async fn break_off_unfinished(&self) -> Result<(), DbErr> {
        let transaction = self.db.begin().await?;
        for (id, bytes) in store::unfinished(&transaction).await? {
            store::break_off(&transaction, id, bytes).await?;
        }
        transaction.commit().await
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
        partial::discard_overdue(&transaction, broken_off, before).await?;
        transaction.commit().await?;
        let (mut failed, mut in_vain) = (0, Duration::ZERO);
        for row in store::discarded(self.db.read()).await? {
            let begun = Instant::now();
            let Err(error) = self.remove(&row).await else { continue };
            (failed, in_vain) = (failed + 1, in_vain + begun.elapsed());
            if in_vain > MOST_IN_VAIN {
                return Err(error);
            }
            if failed <= MOST_TOLD {
                tracing::warn!(%error, id = %row.id, "files of media could not be removed yet");
            }
        }
        Ok(())
    }

    pub(super) async fn remove(&self, row: &DiscardedRow) -> Result<(), MediaError> {
        for name in row.files()? {
            self.files.remove(&name).await?;
        }
        let transaction = self.db.begin().await?;
        store::forget_discarded(&transaction, row).await?;
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
    /// The name under which it is saved, where it is only downloaded.
    pub(super) download_name: Option<String>,
}

/// A file that is to be stored: some of the bytes of another one.
#[derive(Debug)]
pub(super) struct NewFile<'a> {
    pub(super) name: String,
    pub(super) mime: &'static str,
    pub(super) from: &'a Path,
    pub(super) part: Range<u64>,
}

impl<'a> NewFile<'a> {
    /// All bytes of a file.
    pub(super) fn whole(name: String, mime: &'static str, from: &'a Path) -> std::io::Result<Self> {
        Ok(Self { name, mime, from, part: 0..from.metadata()?.len() })
    }

    fn bytes(&self) -> i64 {
        i64::try_from(self.part.end - self.part.start).unwrap_or(i64::MAX)
    }
}

/// The bytes that a part has of a file of this length.
fn within(part: &GetRange, length: u64) -> Result<Range<u64>, MediaError> {
    let range = part.as_range(length).ok().filter(|range| !range.is_empty());
    range.ok_or(MediaError::BeyondTheEnd(length))
}

/// The id in a file's name.
fn id_of(name: &str) -> Option<Uuid> {
    let (_, file) = name.split_once('/')?;
    // `id.ending`, and `id-size.ending` of a picture's smaller ones.
    Uuid::try_parse(file.get(..36)?).ok()
}
