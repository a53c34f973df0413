//! The wire form of stored messages.

use std::sync::Arc;

use adda_protocol::Timestamp;
use adda_protocol::accounts::{UserRef, avatar_url};
use adda_protocol::messages::{Link, Message};
use poem_openapi::types::ToJSON;

use super::row::MessageRow;
use super::{links, mentions};
use crate::features::media::{Addresses, Carried, Description};

/// Makes the wire form of a row, the same for everybody. Built once and handed to whoever reads or
/// writes messages, so that what an encoding needs beside the row is known here alone.
#[derive(Clone, Debug)]
pub(crate) struct MessageEncoder {
    addresses: Addresses,
}

impl MessageEncoder {
    /// With what makes the addresses of what messages carry.
    #[must_use]
    pub(crate) fn new(addresses: Addresses) -> Self {
        Self { addresses }
    }

    /// A message of the room of this name.
    #[must_use]
    pub(crate) fn message(&self, row: &MessageRow, room: &str) -> Message {
        let links = row.text.as_deref().map(links::find_links).unwrap_or_default();
        let media = row.media.as_deref();
        let Carried { audio, images, files } =
            media.map(|json| Description::carried(json, &self.addresses)).unwrap_or_default();
        let offset = |scalars: usize| u32::try_from(scalars).unwrap_or(u32::MAX);
        let link = |link: links::FoundLink| Link {
            start: offset(link.start),
            end: offset(link.end),
            url: link.url,
        };
        Message {
            id: row.id,
            room: room.to_owned(),
            seq: row.seq,
            changed_seq: row.changed_seq,
            client_id: row.client_id,
            sender: UserRef {
                id: row.sender_id,
                username: row.username.clone(),
                display_name: row.display_name.clone(),
                avatar_url: avatar_url(row.avatar.as_deref()),
            },
            text: row.text.clone(),
            links: links.into_iter().map(link).collect(),
            mentions: mentions::decode(row.mentions.as_deref()),
            audio,
            images,
            files,
            created_at: Timestamp(row.created_at),
            edited_at: row.edited_at.map(Timestamp),
            deleted_at: row.deleted_at.map(Timestamp),
        }
    }

    pub(super) fn messages(&self, rows: &[MessageRow], room: &str) -> Vec<Message> {
        rows.iter().map(|row| self.message(row, room)).collect()
    }

    /// The JSON that is written once and shared by everybody who is told.
    pub(super) fn json(&self, row: &MessageRow, room: &str) -> Arc<str> {
        #[cfg(test)]
        assert_ne!(row.text.as_deref(), Some(crate::testing::DEFECT), "a defect");
        self.message(row, room).to_json_string().into()
    }
}
