//! Pictures of people: a small square each, under a new name, open to whoever has its address.
//!
//! Its row is the person's own. Until that names it, it is noted as an upload; in the transaction in which it
//! does, the one before is listed to be removed. So whatever breaks off leaves none without a row.

use std::path::Path;

use adda_pictures::Version;
use adda_protocol::accounts::Me;
use uuid::Uuid;

use super::error::MediaError;
use super::picture::{self, Answer};
use super::service::{Media, Opened, Owner};
use super::store::{self, DiscardedRow};
use crate::features::accounts::Person;

/// In seconds; longer than anything is kept elsewhere.
const A_YEAR: i64 = 365 * 24 * 3_600;

/// The name in the store of the picture that a row calls so.
pub(super) fn file_of(avatar: &str) -> String {
    format!("avatars/{avatar}")
}

impl Media {
    /// Whether the person may change their picture again already, and have one decoded: asked before it is
    /// received.
    ///
    /// # Errors
    /// Too often.
    pub(super) fn may_change_avatar(&self, person: &Person) -> Result<(), MediaError> {
        self.may_decode(Owner::from(person))?;
        Ok(self.avatar_limit.check(&person.id)?)
    }

    /// Gives the person the picture in this file.
    ///
    /// # Errors
    /// [`MediaError::NotAPicture`], [`MediaError::HeifNotTaken`], [`MediaError::PictureTooLarge`], the store,
    /// the database.
    pub(super) async fn set_avatar(&self, person: &Person, file: &Path) -> Result<Me, MediaError> {
        let owner = Owner::from(person);
        let (square, made) = self
            .picture_decoders
            .decode::<Answer<Version>>(self.payer_of_decoding(owner), picture::SQUARE, file)
            .await
            .map_err(picture::refused)?;
        let square = square.made()?;
        // It may have waited long for its turn.
        self.accounts.look_again(person.session_id).await?;

        let id = Uuid::new_v4();
        let avatar = format!("{id}.jpg");
        let name = file_of(&avatar);
        let transaction = self.db.begin().await?;
        let (now, names) = (self.clock.now_ms(), [name.clone()]);
        // Nobody has many of these: they count for nothing.
        store::begin_upload(&transaction, id, owner.user_id, now, 0, &names).await?;
        transaction.commit().await?;
        self.files.put(&name, made.path(), square.bytes).await?;
        match self.replace_avatar(person, Some((id, avatar))).await {
            // It took so long that it was given up, perhaps before its file was here.
            Err(MediaError::NotFound) => {
                self.files.remove(&name).await?;
                Err(MediaError::NotFound)
            }
            replaced => replaced,
        }
    }

    /// Takes the person's picture away.
    ///
    /// # Errors
    /// The database.
    pub(super) async fn remove_avatar(&self, person: &Person) -> Result<Me, MediaError> {
        self.replace_avatar(person, None).await
    }

    async fn replace_avatar(
        &self,
        person: &Person,
        new: Option<(Uuid, String)>,
    ) -> Result<Me, MediaError> {
        let transaction = self.db.begin().await?;
        let (upload, avatar) = new.unzip();
        let changed = self.accounts.set_avatar(&transaction, person, avatar).await?;
        if let Some(upload) = upload
            && !store::end_upload(&transaction, upload).await?
        {
            return Err(MediaError::NotFound);
        }
        let before = changed.before().map(|before| DiscardedRow::of(file_of(before)));
        if let Some(before) = &before {
            store::discard_file(&transaction, before).await?;
        }
        transaction.commit().await?;
        let me = self.accounts.tell_avatar(&changed);
        if let Some(before) = before
            && let Err(error) = self.remove(&before).await
        {
            // Nobody is told of its name any more, and the next look removes it.
            tracing::warn!(%error, "the picture before could not be removed yet");
        }
        Ok(me)
    }

    /// The picture of this name, which is good for ever.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], the store.
    pub(super) async fn open_avatar(&self, name: &str) -> Result<Opened, MediaError> {
        let id = name.strip_suffix(".jpg").and_then(|id| Uuid::try_parse(id).ok());
        let id = id.ok_or(MediaError::NotFound)?;
        let content =
            match self.files.get(&file_of(&format!("{}.jpg", id.hyphenated())), None).await {
                // One that somebody had before.
                Err(object_store::Error::NotFound { .. }) => return Err(MediaError::NotFound),
                found => found?,
            };
        let (mime, length) = ("image/jpeg".to_owned(), content.meta.size);
        Ok(Opened { content, mime, length, good_for: A_YEAR, is_part: false, download_name: None })
    }
}
