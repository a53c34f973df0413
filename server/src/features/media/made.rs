//! What the server made itself, taken as if somebody had uploaded it.

use std::net::{IpAddr, Ipv4Addr};

use adda_protocol::UserId;
use uuid::Uuid;

use super::error::MediaError;
use super::service::{Media, Owner};
use crate::features::accounts::Person;
use crate::incoming::ReceivedFile;

impl Media {
    /// Takes something for its owner to attach it to a message.
    ///
    /// # Errors
    /// [`MediaError::QuotaExceeded`], [`MediaError::StorageFull`], the store, the database.
    pub(crate) async fn add_made(
        &self,
        person: &Person,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Uuid, MediaError> {
        let mut file = self.received(person.id, bytes).await?;
        file.name = Some(name.to_owned());
        Ok(self.add(Owner::from(person), &file).await?.id)
    }

    /// Gives somebody a picture.
    ///
    /// # Errors
    /// The store, the database.
    pub(crate) async fn give_avatar(
        &self,
        person: &Person,
        bytes: Vec<u8>,
    ) -> Result<(), MediaError> {
        let file = self.received(person.id, bytes).await?;
        self.set_avatar(person, file.path()).await.map(drop)
    }

    async fn received(&self, user: UserId, bytes: Vec<u8>) -> Result<ReceivedFile, MediaError> {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let permit = self.incoming().clone().permit(user, here, bytes.len() as u64).await?;
        Ok(permit.keep(bytes).await?)
    }
}
